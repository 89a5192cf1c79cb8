"""Which packages a wheel makes importable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.wheel.paths import ImportPackages

_DIST_INFO = ("pkg-1.0.dist-info/METADATA", "pkg-1.0.dist-info/WHEEL", "pkg-1.0.dist-info/RECORD")


def _packages(*members: str, import_names: tuple[str, ...] = (), top_level: str = "") -> ImportPackages:
    return ImportPackages.of((*members, *_DIST_INFO), import_names=import_names, top_level=top_level)


@pytest.mark.parametrize(
    ("members", "only"),
    [
        (["gcp_provider/__init__.py", "gcp_provider/a.py", "gcp_provider/sub/__init__.py"], "gcp_provider"),
        (["gcp_provider.py"], "gcp_provider"),
        (["google/cloud/x/__init__.py", "google/cloud/x/y.py"], "google.cloud.x"),
        (["google/cloud/x.py"], "google.cloud.x"),
        (["fast.cpython-311-x86_64-linux-gnu.so"], "fast"),
        (["fast.abi3.so"], "fast"),
        (["fast.cp312-win_amd64.pyd"], "fast"),
        (["fast/__init__.cpython-311-x86_64-linux-gnu.so", "fast/a.cpython-311-x86_64-linux-gnu.so"], "fast"),
        (["pkg/__init__.pyc"], "pkg"),
        (["pkg/__init__.py", "_pkg_helper.py", "_cffi.abi3.so"], "pkg"),
        (["pkg.py", "__pycache__/pkg.cpython-311.pyc"], "pkg"),
        (["pkg-1.0.data/purelib/pkg/__init__.py"], "pkg"),
        (["pkg-1.0.data/platlib/pkg/__init__.py", "pkg/data.json"], "pkg"),
        (["pkg/__init__.py", "pkg-1.0.data/scripts/tool.py", "pkg-1.0.data/data/share/x.py"], "pkg"),
        (["pkg/__init__.py", "pkg-stubs/__init__.pyi", "not-a-name.py", "x.min.py"], "pkg"),
        (["pkg/__init__.py", "__init__.py"], "pkg"),
        (["pkg/__init__.py", "pkg/templates/a-b/c.py"], "pkg"),
        (["pkg/__init__.py", "other/__init__.py"], None),
        (["gcp_provider/__init__.py", "tests/__init__.py", "tests/test_a.py"], None),
        (["google/cloud/x/__init__.py", "google/cloud/y/__init__.py"], None),
        (["_only_private/__init__.py"], None),
        (["pkg/data.json"], None),
        ([], None),
    ],
)
def test_the_one_package_that_a_layout_points_at_is_inferred(members: list[str], only: str | None) -> None:
    assert _packages(*members).only == only


def test_modules_and_sub_packages_are_inside() -> None:
    packages = _packages("pkg/__init__.py", "pkg/a.py", "pkg/sub/__init__.py", "pkg/sub/b.py", "pkg/space/c.py")

    for name in ("pkg", "pkg.a", "pkg.sub", "pkg.sub.b", "pkg.space", "pkg.space.c"):
        assert name in packages
    for name in ("", "a", "sub", "pkg.", "pkg.b", "pkg.su", "pk", "pkgs", "pkg.a.b", "pkg.data", ".pkg", "pkg..a"):
        assert name not in packages


def test_an_init_file_at_the_top_is_no_package() -> None:
    assert _packages("__init__.py", "pkg/__init__.py").roots == ("pkg",)


def test_every_one_of_several_packages_is_inside() -> None:
    packages = _packages("gcp/__init__.py", "gcp/a.py", "tests/__init__.py", "_helper.py")

    assert all(name in packages for name in ("gcp", "gcp.a", "tests", "_helper"))


def test_a_namespace_is_no_package_of_the_wheel_unless_its_modules_lie_in_it() -> None:
    assert "google" not in _packages("google/cloud/x/__init__.py")
    assert "google.cloud" not in _packages("google/cloud/x/__init__.py")
    assert "gcp_provider" in _packages("gcp_provider/bucket.py", "gcp_provider/network.py")


def test_declared_names_win_over_files_and_files_over_top_level() -> None:
    members = ("pkg/__init__.py", "tests/__init__.py")

    assert _packages(*members, import_names=("pkg",)).only == "pkg"
    assert "tests" not in _packages(*members, import_names=("pkg",))
    assert _packages("pkg/__init__.py", top_level="other\n").only == "pkg"
    assert _packages(top_level="pkg\n").only == "pkg"
    assert "pkg" in _packages(top_level="pkg\n")


@pytest.mark.parametrize(
    ("import_names", "roots"),
    [
        (("pkg", "_helper; private"), ("pkg",)),
        (("pkg ; private", "other"), ("other",)),
        (("pkg", "pkg"), ("pkg",)),
        (("google.cloud.x",), ("google.cloud.x",)),
        (("pkg;private",), ("files",)),
        (("",), ("files",)),
        (("not a name", "x" * 201, "1a", "a..b", "a\x00b", "../x"), ("files",)),
    ],
)
def test_only_public_names_that_can_be_imported_are_taken(
    import_names: tuple[str, ...], roots: tuple[str, ...]
) -> None:
    assert _packages("files/__init__.py", import_names=import_names).roots == roots


def test_packages_are_listed_for_a_sentence() -> None:
    assert str(_packages("b.py", "a.py")) == "a, b"
    assert str(_packages()) == "none"
    assert str(_packages(*(f"m{number:02d}.py" for number in range(11)))).endswith("m09, …")


def test_names_beyond_what_is_recorded_are_not_inferred() -> None:
    assert _packages("a" * 201 + ".py").only is None


@pytest.mark.hostile
@pytest.mark.parametrize(
    "members",
    [[f"m{number}.py" for number in range(60_000)], [f"p/{'a/' * 30_000}b{number}.py" for number in range(200)]],
    ids=["many roots", "deep paths"],
)
def test_hostile_layouts_cost_no_more_than_their_size(members: list[str]) -> None:
    """Either takes minutes, or all the memory, where the cost grows with the square."""
    packages = ImportPackages.of(members)

    assert packages.only is None
    assert "m59999.x" not in packages


_PARTS = st.sampled_from(["a", "b", "_c", "__init__", "x-1.data", "purelib", "", "..", "é", "__pycache__"])
_FILES = st.builds(
    lambda folders, stem, suffix: "/".join([*folders, stem + suffix]),
    st.lists(_PARTS, max_size=4),
    _PARTS,
    st.sampled_from([".py", ".so", ".abi3.so", "", ".txt"]),
)


@given(st.lists(_FILES, max_size=8), st.lists(st.text(), max_size=2), st.text())
def test_every_root_is_inside_and_can_be_imported(files: list[str], import_names: list[str], top_level: str) -> None:
    packages = ImportPackages.of(files, import_names=import_names, top_level=top_level)

    assert all(root in packages for root in packages.roots)
    assert all(part.isidentifier() for root in packages.roots for part in root.split("."))
    assert packages.only is None or packages.only in packages
