"""How much of an archive is looked at before it is refused."""

from dataclasses import dataclass

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveCaps:
    """Upper bounds on what a reader takes from one archive.

    Attributes:
        members: Entries, folders included.
        directory_bytes: Size of the central directory, which is held in memory whole.
        inflated_bytes: What all members inflate to.
        dist_info_bytes: What the files that lie directly in ``*.dist-info`` inflate to, which are held in memory.
        ratio: What the members may inflate to, as a multiple of the archive's size.
        unrated_bytes: Up to this much inflates at any ratio: short texts compress very well.
    """

    members: int = 100_000
    directory_bytes: int = 16 * _MIB
    inflated_bytes: int = 2048 * _MIB
    dist_info_bytes: int = 32 * _MIB
    ratio: int = 100
    unrated_bytes: int = 64 * _MIB

    def inflatable_bytes(self, archive_bytes: int) -> int:
        """Return how many bytes an archive of that size may inflate to."""
        return min(self.inflated_bytes, max(self.unrated_bytes, self.ratio * archive_bytes))
