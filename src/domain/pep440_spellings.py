"""Versions in PEP 440's spelling, and the Semantic Versions that equal them."""

from packaging.version import InvalidVersion, Version

_PRE_RELEASES = {"a": "alpha", "b": "beta", "rc": "rc"}
_NUMBERS = 3


def semver_spelling(written: str) -> str | None:
    """Return the Semantic Version that equals a PEP 440 version: ``1.4.0rc1`` is ``1.4.0-rc.1``. None without one."""
    version = _read(written)
    return None if version is None or _reason(version) else _respelled(version)


def advice(written: str) -> str:
    """Return what to send instead of a version that is not SemVer 2.0.0, as the end of a sentence."""
    version = _read(written)
    if version is None:
        return "; send MAJOR.MINOR.PATCH, such as 1.4.0 or 2.0.0-rc.1"
    reason = _reason(version)
    return f", and none stands for it: {reason}" if reason else f"; send {_respelled(version)}"


def _read(written: str) -> Version | None:
    try:
        return Version(written)
    except InvalidVersion:
        return None


def _reason(version: Version) -> str:
    """Say why no Semantic Version equals it; empty if one does."""
    if version.epoch:
        return "SemVer has no epochs; leave it out"
    if any(version.release[_NUMBERS:]):
        return f"SemVer has three numbers and this has {len(version.release)}; use three"
    if version.is_postrelease:
        return "SemVer has no post-releases; raise the patch number instead"
    if version.pre and version.dev is not None:
        return (
            "SemVer would sort the development release of a pre-release after it; "
            "release it as a pre-release or as a development release"
        )
    return ""


def _respelled(version: Version) -> str:
    spelled = f"{version.major}.{version.minor}.{version.micro}"
    if version.pre:
        spelled += f"-{_PRE_RELEASES[version.pre[0]]}.{version.pre[1]}"
    elif version.dev is not None:
        spelled += f"-dev.{version.dev}"
    return f"{spelled}+{version.local}" if version.local else spelled
