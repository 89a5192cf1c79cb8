"""Asks the package index for known vulnerabilities of the locked dependencies: ``python -m requirements.audit FILE…``.

A vulnerability fails, and so does a lock file that cannot be read. That nobody could be asked does not, and is said: a
build must not depend on somebody else's service, nor take its silence for consent. Each file is audited by itself, as
two of them may pin one package differently.
"""

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

_SECONDS = 120
_QUICKLY = ("--timeout", "5", "--progress-spinner", "off")
_AS_LOCKED = ("--disable-pip", "--require-hashes", "--format", "json")
_ITS_OWN_WORDS = "ERROR:pip_audit._cli:"
_OF_THE_NETWORK = "Tip: your network"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to print, and whether the build may go on."""

    text: str
    passed: bool


def judge(output: str, complaint: str) -> Verdict:
    """Judge what pip-audit printed to standard output and standard error.

    It ends with the same status for a vulnerability and for a service that does not answer, so its report decides.
    """
    dependencies = _dependencies(output)
    if dependencies is None:
        last = next(reversed(complaint.strip().splitlines()), "no answer")
        if last.startswith(_ITS_OWN_WORDS) and _OF_THE_NETWORK not in last:
            return Verdict(f"Not audited, the lock cannot be read: {last.removeprefix(_ITS_OWN_WORDS)}", passed=False)
        return Verdict(f"Not audited, the vulnerability service is out of reach: {last.strip()}", passed=True)
    audited = [dependency for dependency in dependencies if "skip_reason" not in dependency]
    found = sorted({line for dependency in audited for line in _vulnerabilities(dependency)})
    if found:
        return Verdict("\n".join(("Vulnerable dependencies:", *(f"  {line}" for line in found))), passed=False)
    if not audited:
        return Verdict("Not audited, the vulnerability service knows none of the dependencies.", passed=True)
    return Verdict(_without_any(len(audited), len(dependencies)), passed=True)


def _dependencies(output: str) -> Sequence[dict[str, Any]] | None:
    try:
        dependencies: Sequence[dict[str, Any]] = json.loads(output)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return None
    return dependencies


def _vulnerabilities(dependency: dict[str, Any]) -> Iterable[str]:
    for vulnerability in dependency["vulns"]:
        fixed = ", ".join(vulnerability["fix_versions"]) or "no version yet"
        yield f"{dependency['name']} {dependency['version']}: {vulnerability['id']}, fixed in {fixed}"


def _without_any(audited: int, locked: int) -> str:
    unknown = f"; the service does not know the other {locked - audited}" if audited < locked else ""
    return f"No known vulnerabilities in {audited} of {locked} locked dependencies{unknown}."


def main(files: Sequence[str]) -> int:
    """Audit lock files; return the exit status."""
    verdicts = {file: _audit(file) for file in files}
    for file, verdict in verdicts.items():
        print(f"{file}: {verdict.text}")  # noqa: T201 -- it is a command
    return 0 if all(verdict.passed for verdict in verdicts.values()) else 1


def _audit(file: str) -> Verdict:
    command = (sys.executable, "-m", "pip_audit", *_QUICKLY, *_AS_LOCKED, "--requirement", file)
    try:
        ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_SECONDS)  # noqa: S603 -- our own tool
    except subprocess.TimeoutExpired:
        return judge("", f"no answer in {_SECONDS} seconds")
    return judge(ended.stdout, ended.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
