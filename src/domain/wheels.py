"""What makes a wheel acceptable, decided on what a reader found in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser

from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from domain.digests import Sha256Digest
from domain.errors import WheelFault, WheelRefusedError
from domain.import_packages import ImportPackages
from domain.wheel_filenames import WheelFilename

_REQUIRED_FILES = ("WHEEL", "METADATA", "RECORD")
_SUPPORTED_MAJOR = "1"
_LONGEST_FIELD = 2000


@dataclass(frozen=True, slots=True)
class WheelArchive:
    """What a reader found in a wheel, unjudged.

    Attributes:
        members: Paths of all files, as they stand in the archive; folders are left out.
        dist_info: Contents of the files that lie directly in a ``*.dist-info`` folder, by path.
    """

    members: tuple[str, ...]
    dist_info: Mapping[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenWheel:
    """A wheel that is what it was announced to be.

    Attributes:
        sha256: Computed over the fetched bytes.
        size: In bytes.
        distribution: Normalised distribution name.
        requires_python: The wheel's ``Requires-Python``, or None if there is none that installers could read.
        summary: The first 2000 characters of the wheel's ``Summary``, or None.
        package_name: The importable package that the layout points at, or None when it is ambiguous.
    """

    sha256: Sha256Digest
    size: int
    filename: str
    distribution: NormalizedName
    requires_python: str | None
    summary: str | None
    package_name: str | None


def check_digest(announced: Sha256Digest | None, computed: Sha256Digest) -> None:
    """Return if the fetched bytes are the announced ones, or none were announced.

    Raises:
        WheelRefusedError: They differ.
    """
    if announced is not None and announced != computed:
        raise WheelRefusedError(
            WheelFault.DIGEST_MISMATCH,
            f"the bytes at the URL have the SHA-256 digest {computed}, not the announced {announced}; "
            "announce the digest of the uploaded file, and never replace a file once uploaded",
        )


def check_filename_version(filename: WheelFilename, version: Version) -> None:
    """Return if the file name carries the registered version.

    Raises:
        WheelRefusedError: It carries another one.
    """
    if filename.version != version:
        raise WheelRefusedError(
            WheelFault.VERSION_MISMATCH,
            f"the wheel file name says version {filename.version}, the registration {version}; "
            "register the version that the wheel was built as",
        )


def prove(
    archive: WheelArchive, *, filename: WheelFilename, package_name: str | None, sha256: Sha256Digest, size: int
) -> ProvenWheel:
    """Judge a wheel's contents against its file name and the announced package.

    Raises:
        WheelRefusedError: The first rule that the wheel breaks.
    """
    folder = _dist_info_folder(archive, filename)
    for required in _REQUIRED_FILES:
        if f"{folder}/{required}" not in archive.dist_info:
            raise WheelRefusedError(
                WheelFault.FILE_MISSING,
                f"the wheel's *.dist-info folder has no {required}; build it with a PEP 517 build backend",
            )
    _check_format(_headers(archive.dist_info[f"{folder}/WHEEL"]))
    metadata = _headers(archive.dist_info[f"{folder}/METADATA"])
    _check_identity(metadata, filename)
    packages = ImportPackages.of(
        archive.members,
        import_names=[str(name) for name in metadata.get_all("Import-Name", ())],
        top_level=archive.dist_info.get(f"{folder}/top_level.txt", b"").decode("utf-8", "replace"),
    )
    if package_name is not None and package_name not in packages:
        raise WheelRefusedError(
            WheelFault.PACKAGE_NOT_IN_WHEEL,
            f"the wheel has no importable package {package_name!r}; it offers {packages}",
        )
    return ProvenWheel(
        sha256=sha256,
        size=size,
        filename=filename.text,
        distribution=filename.distribution,
        requires_python=_requires_python(metadata),
        summary=(_field(metadata, "Summary") or "")[:_LONGEST_FIELD] or None,
        package_name=packages.only,
    )


def _dist_info_folder(archive: WheelArchive, filename: WheelFilename) -> str:
    folders = {
        path.split("/", 1)[0]
        for path in archive.members
        if path.split("/", 1)[0].endswith(".dist-info") and "/" in path
    }
    if len(folders) != 1:
        raise WheelRefusedError(
            WheelFault.DIST_INFO_MISSING,
            f"a wheel has exactly one top-level *.dist-info folder, this archive has {len(folders)}",
        )
    folder = folders.pop()
    name, _, version = folder.removesuffix(".dist-info").rpartition("-")  # the version has none
    _check_name(name, filename, where="the *.dist-info folder")
    _check_version(version, filename, where="the *.dist-info folder")
    return folder


def _check_format(wheel: Message) -> None:
    version = _field(wheel, "Wheel-Version") or ""
    if version.partition(".")[0] != _SUPPORTED_MAJOR:
        raise WheelRefusedError(
            WheelFault.FORMAT_UNSUPPORTED,
            f"the WHEEL file says Wheel-Version {_quoted(version)}; installers understand major version 1 only",
        )


def _check_identity(metadata: Message, filename: WheelFilename) -> None:
    names, versions = metadata.get_all("Name", []), metadata.get_all("Version", [])
    if len(names) != 1 or len(versions) != 1:  # installers differ in which of several they read
        raise WheelRefusedError(WheelFault.METADATA_INVALID, "the METADATA file must have one Name and one Version")
    name, version = names[0].strip(), versions[0].strip()
    _check_name(name, filename, where="METADATA")
    _check_version(version, filename, where="METADATA")


def _check_name(name: str, filename: WheelFilename, *, where: str) -> None:
    if not name.isascii() or canonicalize_name(name) != filename.distribution:  # a Kelvin sign lowers to a plain k
        raise WheelRefusedError(
            WheelFault.NAME_MISMATCH,
            f"{where} names the distribution {_quoted(name)}, the file name {filename.distribution!r}; "
            "upload the file under the name that the build gave it",
        )


def _check_version(text: str, filename: WheelFilename, *, where: str) -> None:
    try:
        matches = Version(text.replace("_", "-")) == filename.version
    except ValueError:  # InvalidVersion, or int() declining more than 4300 digits
        matches = False
    if not matches:
        raise WheelRefusedError(
            WheelFault.VERSION_MISMATCH,
            f"{where} says version {_quoted(text)}, the file name {filename.version}; "
            "upload the file under the name that the build gave it",
        )


def _requires_python(metadata: Message) -> str | None:
    """Return the field if installers can read it; an unreadable one is common and harms nobody, so it is dropped."""
    text = _field(metadata, "Requires-Python") or ""
    try:
        return str(SpecifierSet(text)) or None if len(text) <= _LONGEST_FIELD else None
    except ValueError:  # InvalidSpecifier, or int() declining more than 4300 digits
        return None


def _headers(data: bytes) -> Message:
    """Read core metadata, which is UTF-8, as headers; the parser of whole messages recurses without bound."""
    return HeaderParser().parsestr(data.decode("utf-8", "replace"))


def _field(message: Message, name: str) -> str | None:
    """Return a header's text without folding and control characters."""
    value = message.get(name)
    if value is None:
        return None
    return "".join(character if character.isprintable() else " " for character in value).strip()


def _quoted(value: str) -> str:
    """Return hostile text in a form that fits into a sentence."""
    return repr(value if len(value) <= 100 else f"{value[:100]}…")
