"""Which packages a wheel makes importable."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Self

_MODULE_SUFFIXES = (".py", ".pyc", ".so", ".pyd")
_LIBRARY_FOLDERS = ("purelib", "platlib")


@dataclass(frozen=True, slots=True)
class ImportPackages:
    """The packages that a wheel makes importable.

    Attributes:
        roots: Dotted names of the outermost regular packages and modules.
        modules: Dotted names of everything importable at or below the roots.
    """

    roots: tuple[str, ...]
    modules: frozenset[str]

    @classmethod
    def of(cls, members: Iterable[str], *, import_names: Sequence[str] = (), top_level: str = "") -> Self:
        """Read the layout of a wheel.

        The declared names of PEP 794 win, then the files themselves (namespace folders without ``__init__.py`` are
        descended into), then setuptools' ``top_level.txt``.
        """
        importable = [parts for member in members if (parts := _importable(member))]
        regular = {parts[:-1] for parts in importable if parts[-1] == "__init__"}
        roots = {_root(parts, regular) for parts in importable}
        modules = {".".join(parts[: end + 1]) for parts in importable for end in range(len(parts))}
        declared = [name.split(";")[0].strip() for name in import_names if "private" not in name.partition(";")[2]]
        chosen = [name for name in declared if name] or sorted(".".join(root) for root in roots) or top_level.split()
        within = {name for name in modules if any(name == root or name.startswith(f"{root}.") for root in chosen)}
        return cls(tuple(chosen), frozenset(within - {name for name in within if name.endswith("__init__")}))

    @property
    def only(self) -> str | None:
        """The one package that a runtime would mean, or None when there are several or none.

        Modules with a leading underscore are helpers of another package, so they do not count.
        """
        public = [root for root in self.roots if not root.startswith("_")]
        return public[0] if len(public) == 1 else None

    def __contains__(self, name: str) -> bool:
        """Tell whether the name is one of the packages, or a module or sub-package inside one."""
        return name in self.roots or name in self.modules

    def __str__(self) -> str:
        """List the packages for a sentence."""
        return ", ".join(self.roots[:10]) + (", …" if len(self.roots) > 10 else "") if self.roots else "none"


def _importable(member: str) -> tuple[str, ...]:
    """Return the dotted parts of the module that a file is, or nothing if it is none."""
    parts = member.split("/")
    if parts[0].endswith(".data"):
        if len(parts) < 3 or parts[1] not in _LIBRARY_FOLDERS:
            return ()
        parts = parts[2:]
    if not parts[-1].endswith(_MODULE_SUFFIXES):
        return ()
    parts[-1] = parts[-1].partition(".")[0]  # also strips the platform tag of an extension module
    return tuple(parts) if all(part.isidentifier() for part in parts) else ()


def _root(parts: tuple[str, ...], regular: Collection[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the outermost regular package around a module, or the module itself."""
    for end in range(1, len(parts)):
        if parts[:end] in regular:
            return parts[:end]
    return parts
