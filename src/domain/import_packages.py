"""Which packages a wheel makes importable."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Self

MAX_LENGTH = 200
_SOURCE_SUFFIXES = (".py", ".pyc")
_EXTENSION_SUFFIXES = (".so", ".pyd")
_LIBRARY_FOLDERS = ("purelib", "platlib")
_MAX_DEPTH = 64  # beyond what anybody imports; keeps hostile paths from costing the square of their length


@dataclass(frozen=True, slots=True)
class ImportPackages:
    """The packages that a wheel makes importable.

    Attributes:
        roots: Dotted names of the outermost regular packages and modules.
        modules: Dotted names of all modules; a regular package is the module ``<package>.__init__``.
    """

    roots: tuple[str, ...]
    modules: frozenset[str]

    @classmethod
    def of(cls, members: Iterable[str], *, import_names: Sequence[str] = (), top_level: str = "") -> Self:
        """Read the layout of a wheel.

        The declared names of PEP 794 win, then the files themselves (namespace folders without ``__init__.py`` are
        descended into), then setuptools' ``top_level.txt``. What could not be a name in an ``import`` is left out.
        """
        importable = [parts for member in members if (parts := _importable(member))]
        regular = {parts[:-1] for parts in importable if parts[-1] == "__init__"}
        found = sorted({".".join(_root(parts, regular)) for parts in importable})
        declared = [name.partition(";")[0].strip() for name in import_names if "private" not in name.partition(";")[2]]
        roots = _names(declared) or _names(found) or _names(top_level.split())
        return cls(roots, frozenset(".".join(parts) for parts in importable))

    @property
    def only(self) -> str | None:
        """The one package that a runtime would mean, or None when there are several or none.

        Modules with a leading underscore are helpers of another package, so they do not count.
        """
        public = [root for root in self.roots if not root.startswith("_")]
        return public[0] if len(public) == 1 else None

    def __contains__(self, name: str) -> bool:
        """Tell whether the name is one of the packages, or a module or sub-package inside one.

        A folder that holds roots as its own modules is a package too (PEP 420), though nothing says it is one.
        """
        if name in self.roots:
            return True
        if any(root.rpartition(".")[0] == name and root in self.modules for root in self.roots):
            return True
        within = any(name.startswith(f"{root}.") for root in self.roots)
        return within and any(module == name or module.startswith(f"{name}.") for module in self.modules)

    def __str__(self) -> str:
        """List the packages for a sentence."""
        return ", ".join(self.roots[:10]) + (", …" if len(self.roots) > 10 else "") if self.roots else "none"


def _names(candidates: Iterable[str]) -> tuple[str, ...]:
    """Return what can be imported by name, once each."""
    return tuple(name for name in dict.fromkeys(candidates) if len(name) <= MAX_LENGTH and _is_dotted(name.split(".")))


def _is_dotted(parts: Sequence[str]) -> bool:
    return all(map(str.isidentifier, parts))


def _importable(member: str) -> tuple[str, ...]:
    """Return the dotted parts of the module that a file is, or nothing if it is none."""
    if member.count("/") > _MAX_DEPTH:
        return ()
    parts = member.split("/")
    if parts[0].endswith(".data"):
        if len(parts) < 3 or parts[1] not in _LIBRARY_FOLDERS:
            return ()
        parts = parts[2:]
    parts[-1] = _stem(parts[-1])
    return () if parts == ["__init__"] or not _is_dotted(parts) else tuple(parts)


def _stem(filename: str) -> str:
    """Return a module file's name without its suffix and an extension module's platform tag; nothing for others."""
    if filename.endswith(_SOURCE_SUFFIXES):
        return filename.rpartition(".")[0]
    return filename.partition(".")[0] if filename.endswith(_EXTENSION_SUFFIXES) else ""


def _root(parts: tuple[str, ...], regular: Collection[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the outermost regular package around a module, or the module itself."""
    for end in range(1, len(parts)):
        if parts[:end] in regular:
            return parts[:end]
    return parts
