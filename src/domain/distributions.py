"""Which files stand on a distribution's page, where installers choose by name and version alone."""

from collections.abc import Iterable, Sequence

from domain.versions import ProviderVersion, VersionStatus


def installable_files(versions: Iterable[ProviderVersion]) -> Sequence[ProviderVersion]:
    """Choose one version for each file name among the public versions of a distribution, in the order of publication.

    Installers take the highest version of a page, whoever put it there. So a page has one namespace only: the
    platform's if it publishes the distribution, else the one that published it first. Should several providers of it
    share a file name, the one that is not yanked stands for it, and the earlier of two.
    """
    public = list(versions)
    owner = _owner(public)
    files: dict[str, ProviderVersion] = {}
    for version in public:
        if version.name.prefix == owner and version.wheel is not None:
            known = files.get(version.wheel.filename)
            if known is None or (known.status is VersionStatus.YANKED and version.status is VersionStatus.PUBLISHED):
                files[version.wheel.filename] = version
    return list(files.values())


def _owner(versions: Sequence[ProviderVersion]) -> str | None:
    chosen = next((each for each in versions if each.name.is_platform), None) or next(iter(versions), None)
    return chosen.name.prefix if chosen else None
