"""What makes a wheel acceptable, decided on what a reader found in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import InvalidVersion, Version

from domain.digests import Sha256Digest
from domain.errors import WheelFault, WheelRefusedError
from domain.import_packages import ImportPackages
from domain.wheel_filenames import WheelFilename

_REQUIRED_FILES = ("WHEEL", "METADATA", "RECORD")
_SUPPORTED_MAJOR = "1"


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
        requires_python: The wheel's ``Requires-Python``, or None.
        summary: The wheel's ``Summary``, or None.
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
                WheelFault.FILE_MISSING, f"the wheel has no {folder}/{required}; build it with a PEP 517 build backend"
            )
    _check_format(message_from_bytes(archive.dist_info[f"{folder}/WHEEL"]))
    metadata = message_from_bytes(archive.dist_info[f"{folder}/METADATA"])
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
        summary=_field(metadata, "Summary"),
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
    name, _, version = folder.removesuffix(".dist-info").partition("-")
    _check_name(name, filename, where=f"the folder {folder}")
    _check_version(version, filename, where=f"the folder {folder}")
    return folder


def _check_format(wheel: Message) -> None:
    version = _field(wheel, "Wheel-Version") or ""
    if version.partition(".")[0] != _SUPPORTED_MAJOR:
        raise WheelRefusedError(
            WheelFault.FORMAT_UNSUPPORTED,
            f"the WHEEL file says Wheel-Version {version!r}; installers understand major version 1 only",
        )


def _check_identity(metadata: Message, filename: WheelFilename) -> None:
    name, version = _field(metadata, "Name"), _field(metadata, "Version")
    if name is None or version is None:
        raise WheelRefusedError(WheelFault.METADATA_INVALID, "the METADATA file lacks a Name or a Version")
    _check_name(name, filename, where="METADATA")
    _check_version(version, filename, where="METADATA")


def _check_name(name: str, filename: WheelFilename, *, where: str) -> None:
    if canonicalize_name(name) != filename.distribution:
        raise WheelRefusedError(
            WheelFault.NAME_MISMATCH,
            f"{where} names the distribution {name!r}, the file name {filename.distribution!r}; "
            "upload the file under the name that the build gave it",
        )


def _check_version(text: str, filename: WheelFilename, *, where: str) -> None:
    try:
        matches = Version(text.replace("_", "-")) == filename.version
    except InvalidVersion:
        matches = False
    if not matches:
        raise WheelRefusedError(
            WheelFault.VERSION_MISMATCH,
            f"{where} says version {text!r}, the file name {filename.version}; "
            "upload the file under the name that the build gave it",
        )


def _requires_python(metadata: Message) -> str | None:
    """Return the field if installers can read it; an unreadable one is common and harms nobody, so it is dropped."""
    text = _field(metadata, "Requires-Python")
    try:
        return None if text is None else str(SpecifierSet(text))
    except InvalidSpecifier:
        return None


def _field(message: Message, name: str) -> str | None:
    value = message.get(name)
    return None if value is None else _printable(str(value))


def _printable(value: str) -> str:
    """Return a header's text without folding, control characters or undecodable bytes."""
    decoded = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(character if character.isprintable() else " " for character in decoded).strip()
