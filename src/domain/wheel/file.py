"""What identifies a wheel file: its name, as the binary distribution format defines it, and its SHA-256 digest."""

import hashlib
import re
from dataclasses import dataclass
from typing import Self

from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from domain.errors import InvalidDigestError, InvalidWheelFilenameError

_HEX = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Sha256Digest:
    """A SHA-256 digest in lower-case hexadecimal.

    Raises:
        InvalidDigestError: It is not 64 characters of ``0-9a-f``.
    """

    hex: str

    def __post_init__(self) -> None:
        if not _HEX.fullmatch(self.hex):
            msg = "send the SHA-256 digest as 64 lower-case hexadecimal characters, as sha256sum prints it"
            raise InvalidDigestError(msg)

    def __str__(self) -> str:
        return self.hex


def sha256_of(data: bytes) -> Sha256Digest:
    return Sha256Digest(hashlib.sha256(data).hexdigest())


# packaging.utils.parse_wheel_filename admits trailing underscores, newlines and non-ASCII; this does not. Dots and
# capitals in the name are against the specification, yet published, and consumers must tolerate them.
_TAGS = r"[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*"
"""Some tags with dots between them: ``py2.py3``."""
_FILENAME = re.compile(
    r"(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._]*[A-Za-z0-9])?)"
    r"-(?P<version>[A-Za-z0-9_.!+]+)"
    r"(?:-(?P<build>[0-9][A-Za-z0-9_.]*))?"
    rf"-(?P<tag>{_TAGS}-{_TAGS}-{_TAGS})"
    r"\.whl",
    re.ASCII,
)
_SEMVER_NUMBERS = 3


@dataclass(frozen=True, slots=True)
class WheelFilename:
    """``name-version[-build]-python-abi-platform.whl``, taken apart.

    Source: the binary distribution format specification, "File name convention".

    Attributes:
        text: The file name as it was written.
        distribution: The normalised distribution name.
        version: The PEP 440 version.
        build: The build tag, if there is one.
        tag: The compatibility tag, ``python-abi-platform``.
    """

    text: str
    distribution: NormalizedName
    version: Version
    build: str | None
    tag: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Take a file name apart.

        Raises:
            InvalidWheelFilenameError: It is no wheel file name, or its version is none of PEP 440.
        """
        parts = _FILENAME.fullmatch(text)
        if parts is None:
            msg = "not a wheel file name; build tools write name-version[-build]-python-abi-platform.whl"
            raise InvalidWheelFilenameError(msg)
        try:
            version = Version(parts["version"].replace("_", "-"))
        except ValueError:  # InvalidVersion, or int() declining more than 4300 digits
            msg = f"the wheel file name's version {parts['version']!r} is not a PEP 440 version"
            raise InvalidWheelFilenameError(msg) from None
        return cls(text, canonicalize_name(parts["name"]), version, parts["build"], parts["tag"])

    @property
    def normalised(self) -> str:
        """The spelling that is equal for every two file names between which installers cannot tell.

        Name, version, build number and tags are compared as values: ``Foo.Bar-1.0-py3.py2-none-any.whl`` is
        ``foo_bar-1.0.0-py2.py3-none-any.whl``. Versions have three numbers at least, as those of providers do.
        """
        build = () if self.build is None else (_normalised_build(self.build),)
        tags = (".".join(sorted(set(part.split(".")))) for part in self.tag.lower().split("-"))
        name = self.distribution.replace("-", "_")
        return "-".join((name, _normalised_version(self.version), *build, *tags)) + ".whl"

    def __str__(self) -> str:
        return self.text


def _normalised_version(version: Version) -> str:
    numbers = list(version.release)
    while len(numbers) > _SEMVER_NUMBERS and numbers[-1] == 0:
        numbers.pop()
    numbers += [0] * (_SEMVER_NUMBERS - len(numbers))
    epoch = f"{version.epoch}!" if version.epoch else ""
    return epoch + ".".join(map(str, numbers)) + str(version).removeprefix(version.base_version)


def _normalised_build(build: str) -> str:
    digits = re.match(r"0*([0-9]+)", build, re.ASCII)
    return build.lower() if digits is None else digits[1] + build[digits.end() :].lower()
