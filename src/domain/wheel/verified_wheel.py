"""Verifying a wheel by what a reader found in its archive."""

import dataclasses
import re
from dataclasses import dataclass
from email.message import Message

from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from domain.errors import WheelProblem, WheelRefusedError
from domain.verification import VerificationLog
from domain.wheel.archive import WheelArchive, verify_record
from domain.wheel.entry_points import validate_entry_points
from domain.wheel.file import Sha256Digest, WheelFilename
from domain.wheel.metadata import LONGEST_FIELD, ProjectMetadata, Readme, body, field, headers, quoted, requires_python
from domain.wheel.paths import ImportPackages, scripts_in, validate_data_folders

_REQUIRED_FILES = ("WHEEL", "METADATA", "RECORD")
_WHEEL_VERSION = "Wheel-Version"
_DIRECT_URL = "direct_url.json"
_SUPPORTED = re.compile(r"1(?:\.[0-9]+)+", re.ASCII)  # uv requires the dot, pip the numbers
_LONGEST_TOP_LEVEL = 64 * 1024  # bytes that are looked at for a hint


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedWheel:
    """A wheel that is what was announced.

    Attributes:
        sha256: Computed over the fetched bytes.
        size: In bytes.
        distribution: Normalised distribution name.
        requires_python: The wheel's ``Requires-Python``, or None if there is none that installers could read.
        summary: The first 2000 characters of the wheel's ``Summary``, or None.
        package_name: The importable package that the layout points at, or None when it is ambiguous.
        readme: The wheel's long description, or None.
        project: What the wheel says of its project; None on rows from before it was kept, and in lists.
        name: The distribution's name as ``METADATA`` spells it; there only when the wheel was just verified.
        metadata: Its ``METADATA``; there only when the wheel was just verified.
        is_mirrored: Whether there is a copy of it, as far as was asked.
    """

    sha256: Sha256Digest
    size: int
    filename: str
    distribution: NormalizedName
    requires_python: str | None
    summary: str | None
    package_name: str | None
    readme: Readme | None = None
    project: ProjectMetadata | None = None
    name: str | None = dataclasses.field(default=None, compare=False)
    metadata: bytes | None = dataclasses.field(default=None, compare=False, repr=False)
    is_mirrored: bool = dataclasses.field(default=False, compare=False)


def verify_digest(announced: Sha256Digest | None, computed: Sha256Digest) -> str:
    """Say how the fetched bytes compare with the announced digest.

    Raises:
        WheelRefusedError: They differ.
    """
    if announced is None:
        return f"computed {computed}; none was announced"
    if announced != computed:
        raise WheelRefusedError(
            WheelProblem.DIGEST_MISMATCH,
            f"the wheel has the SHA-256 digest {computed}, not the announced {announced}; "
            "announce the digest of the uploaded file, and never replace a file once uploaded",
        )
    return f"computed {computed}, as announced"


def verify_filename(filename: WheelFilename, *, distribution: str | None = None, version: Version | None = None) -> str:
    """Say that the file name carries the claimed distribution and version, where they are claimed.

    Raises:
        WheelRefusedError: It carries others.
    """
    if distribution is not None and canonicalize_name(distribution) != filename.distribution:
        raise WheelRefusedError(
            WheelProblem.NAME_MISMATCH,
            f"the wheel file name says distribution {filename.distribution!r}, not {quoted(distribution)}; "
            "name the distribution that the wheel was built from",
        )
    if version is not None and filename.version != version:
        raise WheelRefusedError(
            WheelProblem.VERSION_MISMATCH,
            f"the wheel file name says version {filename.version}, the registration {version}; "
            "register the version that the wheel was built as",
        )
    return f"{filename} is of {filename.distribution} {filename.version}"


def verify(
    archive: WheelArchive,
    *,
    filename: WheelFilename,
    package_name: str | None,
    sha256: Sha256Digest,
    size: int,
    log: VerificationLog,
) -> VerifiedWheel:
    """Verify a wheel's contents against its file name and the announced package, and record each check.

    Raises:
        WheelRefusedError: The first rule that the wheel breaks.
    """
    paths = archive.paths
    with log.check("dist_info") as check:
        folder = _dist_info_folder(archive, filename)
        validate_data_folders(paths, archive.folders, dist_info=folder)
        check.detail = f"one *.dist-info folder, of {filename.distribution} {filename.version}, with its files"
    with log.check("wheel_format") as check:
        wheel = archive.dist_info[f"{folder}/WHEEL"]
        _check_encoding(wheel, file="WHEEL", problem=WheelProblem.FORMAT_UNSUPPORTED)
        check.detail = _check_format(headers(wheel, file="WHEEL"))
    with log.check("metadata") as check:
        core_metadata = archive.dist_info[f"{folder}/METADATA"]
        _check_encoding(core_metadata, file="METADATA", problem=WheelProblem.METADATA_INVALID)
        metadata = headers(core_metadata, file="METADATA")
        _check_identity(metadata, filename)
        check.detail = f"METADATA and file name agree on {filename.distribution} {filename.version}"
    with log.check("record") as check:
        check.detail = verify_record(archive, folder)
    with log.check("entry_points") as check:
        entry_points = archive.dist_info.get(f"{folder}/entry_points.txt", b"")
        scripts = validate_entry_points(entry_points, files=scripts_in(paths))
        check.detail = f"{scripts} scripts, each a plain file name"
    packages = ImportPackages.of(
        paths,
        import_names=[str(name) for name in metadata.get_all("Import-Name", ())],
        top_level=archive.dist_info.get(f"{folder}/top_level.txt", b"")[:_LONGEST_TOP_LEVEL].decode("utf-8", "replace"),
    )
    with log.check("package") as check:
        check.detail = _check_package(package_name, packages)
    return VerifiedWheel(
        sha256=sha256,
        size=size,
        filename=filename.text,
        distribution=filename.distribution,
        requires_python=requires_python(metadata),
        summary=(field(metadata, "Summary") or "")[:LONGEST_FIELD] or None,
        package_name=packages.only,
        name=field(metadata, "Name"),
        readme=Readme.of(metadata, body(core_metadata)),
        project=ProjectMetadata.of(metadata),
        metadata=core_metadata,
    )


def _dist_info_folder(archive: WheelArchive, filename: WheelFilename) -> str:
    # pip counts files too, and importlib.metadata finds folders whatever the case of their names.
    names = {path.partition("/")[0] for path in (*archive.paths, *archive.folders)}
    folders = {name for name in names if name.lower().endswith(".dist-info")}
    if len(folders) != 1 or folders.issubset(archive.paths):
        found = ", ".join(map(quoted, sorted(folders)[:3])) or "none"
        raise WheelRefusedError(
            WheelProblem.DIST_INFO_MISSING,
            "a wheel has exactly one top-level name that ends in .dist-info, which is a folder; "
            f"this archive has {found}; build it with a PEP 517 build backend",
        )
    folder = folders.pop()
    name, _, version = folder.removesuffix(".dist-info").rpartition("-")  # the version has none
    _check_name(name, filename, where="the *.dist-info folder")
    _check_version(version, filename, where="the *.dist-info folder")
    if any(path.lower() == f"{folder}/{_DIRECT_URL}".lower() for path in archive.dist_info):
        raise WheelRefusedError(
            WheelProblem.LAYOUT_INVALID,
            f"the wheel holds {_DIRECT_URL}, in which installers note where a distribution came from; "
            "build the wheel from the sources, not from an installed distribution",
        )
    for required in _REQUIRED_FILES:
        if f"{folder}/{required}" not in archive.dist_info:
            raise WheelRefusedError(
                WheelProblem.FILE_MISSING,
                f"the wheel's *.dist-info folder has no {required}; build it with a PEP 517 build backend",
            )
    return folder


def _check_encoding(data: bytes, *, file: str, problem: WheelProblem) -> None:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise WheelRefusedError(
            problem,
            f"the wheel's {file} file is not UTF-8 at byte {error.start}, so pip does not install it; "
            "save the project's metadata as UTF-8 and rebuild the wheel",
        ) from None


def _check_format(wheel: Message) -> str:
    version = next((field(wheel, name) or "" for name in wheel if name == _WHEEL_VERSION), "")  # uv minds the case
    if not _SUPPORTED.fullmatch(version):
        raise WheelRefusedError(
            WheelProblem.FORMAT_UNSUPPORTED,
            f"the WHEEL file says {_WHEEL_VERSION} {quoted(version)}; installers understand 1.0 and later minor "
            "versions only, so build with a current backend",
        )
    return f"Wheel-Version {quoted(version)} has the major version 1"


def _check_identity(metadata: Message, filename: WheelFilename) -> None:
    names, versions = (
        [text.strip() for text in dict.fromkeys(metadata.get_all(field_name, []))] for field_name in ("Name", "Version")
    )
    if len(names) != 1 or len(versions) != 1:  # installers differ in which of several they read
        raise WheelRefusedError(
            WheelProblem.METADATA_INVALID,
            "the METADATA file must have one Name and one Version; build it with a PEP 517 build backend",
        )
    _check_name(names[0], filename, where="METADATA")
    _check_version(versions[0], filename, where="METADATA")


def _check_name(name: str, filename: WheelFilename, *, where: str) -> None:
    if not name.isascii() or canonicalize_name(name) != filename.distribution:  # a Kelvin sign lowers to a plain k
        raise WheelRefusedError(
            WheelProblem.NAME_MISMATCH,
            f"{where} names the distribution {quoted(name)}, the file name {filename.distribution!r}; "
            "upload the file under the name that the build gave it",
        )


def _check_version(text: str, filename: WheelFilename, *, where: str) -> None:
    try:
        matches = Version(text.replace("_", "-")) == filename.version
    except ValueError:  # InvalidVersion, or int() declining more than 4300 digits
        matches = False
    if not matches:
        raise WheelRefusedError(
            WheelProblem.VERSION_MISMATCH,
            f"{where} says version {quoted(text)}, the file name {filename.version}; "
            "upload the file under the name that the build gave it",
        )


def _check_package(announced: str | None, packages: ImportPackages) -> str:
    if announced is None:
        return f"the wheel offers {packages}; a runtime imports {packages.only or 'nothing by inference'}"
    if announced not in packages:
        raise WheelRefusedError(
            WheelProblem.PACKAGE_NOT_IN_WHEEL,
            f"the wheel has no importable package {announced!r}; it offers {packages}; announce one of these, or none",
        )
    return f"{announced} is importable from the wheel"
