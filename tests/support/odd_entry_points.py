"""Odd ``entry_points.txt`` files, by what pip and uv make of a wheel that has them."""

from collections.abc import Iterator, Mapping

from domain.errors import WheelProblem
from tests.support.odd_wheels import BOTH, NEITHER, PIP, UV, OddWheel, a_demo

_SCRIPTS = "[console_scripts]\n"
_OTHER = "[other.group]\n"
_LONG = "a" * 255

READ_ALIKE = {
    "a script": f"{_SCRIPTS}a = demo:main\n",
    "a graphical script": "[gui_scripts]\na = demo:main\n",
    "a dotted callable": f"{_SCRIPTS}a = demo:main.run\n",
    "a dotted module": f"{_SCRIPTS}a = demo.sub.module:main\n",
    "underscores": f"{_SCRIPTS}a = _demo._sub:_main\n",
    "letters beyond ASCII": f"{_SCRIPTS}é = démo:main\n",
    "an extra": f"{_SCRIPTS}a = demo:main [x]\n",
    "an extra without a space": f"{_SCRIPTS}a = demo:main[x]\n",
    "extras": f"{_SCRIPTS}a = demo:main [x-y, z]\n",
    "an extra between spaces": f"{_SCRIPTS}a = demo:main  [ x ]  \n",
    "a name with a dot, a hyphen and a digit": f"{_SCRIPTS}a-b.c2 = demo:main\n",
    "a name that begins with a hyphen": f"{_SCRIPTS}-a = demo:main\n",
    "a name that begins with a dot": f"{_SCRIPTS}.a = demo:main\n",
    "a name with a number sign": f"{_SCRIPTS}a#b = demo:main\n",
    "a name with a comma": f"{_SCRIPTS}a,b = demo:main\n",
    "a name of the longest size": f"{_SCRIPTS}{_LONG} = demo:main\n",
    "a name like the interpreter's": f"{_SCRIPTS}python2 = demo:main\npython3.x = demo:main\npython-x = demo:main\n",
    "the names of pip": f"{_SCRIPTS}pip = demo:main\npip3 = demo:main\n",
    "no spaces": f"{_SCRIPTS}a=demo:main\n",
    "tabs": f"{_SCRIPTS}a\t=\tdemo:main\n",
    "lines that end as on Windows": f"{_SCRIPTS}a = demo:main\n".replace("\n", "\r\n"),
    "lines that end as on an old Macintosh": f"{_SCRIPTS}a = demo:main\n".replace("\n", "\r"),
    "no line end": f"{_SCRIPTS}a = demo:main",
    "blank lines": f"\n\n{_SCRIPTS}\n\na = demo:main\n\n",
    "a comment": f"# c\n{_SCRIPTS}# b = demo\na = demo:main\n  # c\nb = demo:main\n",
    "a semicolon before any group": f"; c\n{_SCRIPTS}a = demo:main\n",
    "indented alike": f"  {_SCRIPTS}  a = demo:main\n  b = demo:main\n",
    "indented groups": "\n    [other]\n    a = demo:main\n    [console_scripts]\n    b = demo:main\n",
    "an indented line in another group": f"{_OTHER}a = demo\n  b = demo\n{_SCRIPTS}c = demo:main\n",
    "one name in both groups of scripts": f"{_SCRIPTS}a = demo:main\n[gui_scripts]\na = demo:main\n",
    "another group without a callable": f"{_OTHER}a = demo\nb =\nc = !!!\nx y = z\n",
    "a group of an odd name": "[a b/c]\nx = demo:main\n",
    "a group between spaces": "[ console_scripts ]\na = demo\n",
    "a group in capitals": "[Console_Scripts]\na = demo\n",
    "names in another group that differ in case": f"{_OTHER}a = demo\nA = demo\n",
    "an empty group": _SCRIPTS,
    "nothing": "",
}
"""Installed by both, with the same scripts: accepted."""

READ_DIFFERENTLY = {
    "a name with a space": f"{_SCRIPTS}a b = demo:main\n",
    "a name with a tab": f"{_SCRIPTS}a\tb = demo:main\n",
    "a hyphen in the callable": f"{_SCRIPTS}a = demo:ma-in\n",
    "a dot at the end of the callable": f"{_SCRIPTS}a = demo:main.\n",
    "text after a group": "[console_scripts] x\na = demo:main\n",
    "a comment after a group": "[console_scripts] # x\na = demo:main\n",
    "brackets in a group": "[x[y]]\na = demo:main\n",
    "an indented group after an entry": f"{_SCRIPTS}a = demo:main\n  [x]\nb = demo:main\n",
    "indented scripts after an entry": f"{_OTHER}b = demo:main\n  {_SCRIPTS}a = demo:main\n",
    "entries of every group": f"[DEFAULT]\nx = demo:main\n{_SCRIPTS}a = demo:main\n",
    "a form feed": f"{_SCRIPTS}a = demo:main\x0c\n",
    "a line separator": f"{_SCRIPTS}a = demo:main\u2028\n",
}
"""Installed by both, with other scripts, or read as other groups."""

UNSAFE = {
    "a name on another drive": f"{_SCRIPTS}a:b = demo:main\n",
    "a name with a wildcard": f"{_SCRIPTS}a*? = demo:main\n",
    "a name with a quote": f'{_SCRIPTS}"a" = demo:main\n',
    "a name with a pipe": f"{_SCRIPTS}a|b = demo:main\n",
    "a name of a device": f"{_SCRIPTS}CON = demo:main\n",
    "a name of a device with a suffix": f"{_SCRIPTS}nul.exe = demo:main\n",
    "a name with a dot at the end": f"{_SCRIPTS}a. = demo:main\n",
    "a name with an invisible character": f"{_SCRIPTS}a\u200db = demo:main\n",
    "names that differ in case": f"{_SCRIPTS}a = demo:main\nA = demo:main\n",
    "names that differ in case in both groups": f"{_SCRIPTS}a = demo:main\n[gui_scripts]\nA = demo:main\n",
    "names that differ in composition": f"{_SCRIPTS}\u00e9 = demo:main\ne\u0301 = demo:main\n",
}
"""Installed by both on Linux, and elsewhere not or as another file."""

ONLY_PIP = {
    "an entry twice": f"{_SCRIPTS}a = demo:main\na = demo:main\n",
    "two entries of one name": f"{_SCRIPTS}a = demo:main\na = demo:other\n",
    "two entries of one name in another group": f"{_OTHER}a = demo\na = demo\n",
    "a group twice": f"{_SCRIPTS}a = demo:main\n{_SCRIPTS}b = demo:main\n",
    "another group twice": f"{_OTHER}a = demo\n{_OTHER}b = demo\n",
    "a callable with a space": f"{_SCRIPTS}a = demo:main x\n",
    "a call": f"{_SCRIPTS}a = demo:main()\n",
    "a semicolon after the callable": f"{_SCRIPTS}a = demo:main ; x\n",
    "a comment after the callable": f"{_SCRIPTS}a = demo:main # x\n",
    "a comma after the callable": f"{_SCRIPTS}a = demo:main, demo:other\n",
    "a NUL after the callable": f"{_SCRIPTS}a = demo:main\x00\n",
    "a line end of another kind between entries": f"{_SCRIPTS}a = demo:main\x0bb = demo:main\n",
    "an indented line after an entry": f"{_SCRIPTS}a = demo:main\n  b = demo:main\n",
    "an indented line after a comment": f"{_SCRIPTS}a = demo:main\n# c\n  b = demo:main\n",
    "two equals signs": f"{_SCRIPTS}a == demo:main\n",
    "no name": f"{_SCRIPTS} = demo:main\n",
    "an interpreter": f"{_SCRIPTS}python = demo:main\n",
    "an interpreter in capitals": f"{_SCRIPTS}Python = demo:main\n",
    "an interpreter with a version": f"{_SCRIPTS}python3.11 = demo:main\n",
    "an interpreter without a console": "[gui_scripts]\npythonw = demo:main\n",
    "a name in a folder": f"{_SCRIPTS}x/a = demo:main\n",
    "no group": "a = demo:main\n",
    "a group without a name": "[]\na = demo:main\n",
    "a byte order mark": f"\ufeff{_SCRIPTS}a = demo:main\n",
}
ONLY_UV = {
    "spaces around the colon": f"{_SCRIPTS}a = demo : main\n",
    "a space after the colon": f"{_SCRIPTS}a = demo: main\n",
    "a hyphen in the module": f"{_SCRIPTS}a = de-mo:main\n",
    "a relative module": f"{_SCRIPTS}a = .demo:main\n",
    "two dots in the module": f"{_SCRIPTS}a = demo..x:main\n",
    "a dot at the end of the module": f"{_SCRIPTS}a = demo.:main\n",
    "an extra with a dot": f"{_SCRIPTS}a = demo:main [x.y]\n",
    "an extra with a space": f"{_SCRIPTS}a = demo:main [x y]\n",
    "a hyphen in the second extra": f"{_SCRIPTS}a = demo:main [x, y-z]\n",
    "a comma after the extra": f"{_SCRIPTS}a = demo:main [x,]\n",
    "a space before the comma": f"{_SCRIPTS}a = demo:main [x , y]\n",
    "brackets in the extras": f"{_SCRIPTS}a = demo:main [x[y]]\n",
    "a bracket in the name": f"{_SCRIPTS}a] = demo:main\n",
    "a name that begins with a bracket": f"{_SCRIPTS}[a = demo:main\n",
    "a semicolon for a comment": f"{_SCRIPTS}; c\na = demo:main\n",
    "a continued line": f"{_SCRIPTS}a = demo:\n  main\n",
}
BY_NEITHER: Mapping[str, str | bytes] = {
    "no callable": f"{_SCRIPTS}a = demo\n",
    "an empty callable": f"{_SCRIPTS}a = a:\n",
    "no callable of a graphical script": "[gui_scripts]\na = demo\n",
    "no object": f"{_SCRIPTS}a =\n",
    "no module": f"{_SCRIPTS}a = :main\n",
    "no callable and an extra": f"{_SCRIPTS}a = demo [x]\n",
    "two colons": f"{_SCRIPTS}a = demo:main:run\n",
    "an extra that is not closed": f"{_SCRIPTS}a = demo:main [x\n",
    "no extra in the brackets": f"{_SCRIPTS}a = demo:main []\n",
    "a path for a module": f"{_SCRIPTS}a = demo/x:main\n",
    "a placeholder": f"{_SCRIPTS}a = demo:%(x)s\n",
    "an object in quotes": f'{_SCRIPTS}a = "demo:main"\n',
    "an equals sign in the name": f"{_SCRIPTS}a=b = demo:main\n",
    "a colon for the equals sign": f"{_SCRIPTS}a : demo:main\n",
    "no equals sign": f"{_SCRIPTS}a\n",
    "no equals sign in another group": f"{_OTHER}a\n",
    "a name that no file system holds": f"{_SCRIPTS}{_LONG}a = demo:main\n",
    "Latin-1": _SCRIPTS.encode() + b"# \xe9\na = demo:main\n",
}


def _wheels() -> Iterator[tuple[str, OddWheel]]:
    invalid = WheelProblem.ENTRY_POINTS_INVALID
    kinds: tuple[tuple[Mapping[str, str | bytes], frozenset[str], WheelProblem | None], ...] = (
        (READ_ALIKE, BOTH, None),
        (READ_DIFFERENTLY, BOTH, invalid),
        (UNSAFE, BOTH, invalid),
        (ONLY_PIP, PIP, invalid),
        (ONLY_UV, UV, invalid),
        (BY_NEITHER, NEITHER, invalid),
    )
    for texts, installed_by, problem in kinds:
        for case, text in texts.items():
            yield (
                f"entry points: {case}",
                OddWheel(data=a_demo(entry_points=text), installed_by=installed_by, problem=problem),
            )


WHEELS: Mapping[str, OddWheel] = dict(_wheels())
