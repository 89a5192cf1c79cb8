"""Tells a pipeline what the client said: ``python summary.py MODE FOLDER``, with one JSON document for each command.

On GitHub it goes to the job's summary, to annotations and to outputs; elsewhere to standard output. Needs nothing but
Python.
"""

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_NO_PREVIOUS = {"provider_not_found", "version_not_found"}
_MOST_CHANGES = 50


def lines_of(mode: str, results: Mapping[str, Mapping[str, Any]], registry: str) -> Iterator[str]:
    """Yield the summary in Markdown."""
    for name, result in results.items():
        if name == "register":
            yield from _registered(mode, result, registry)
        elif name == "compare":
            yield from _compared(result)
        else:
            yield from _checked(result)


def page_url(result: Mapping[str, Any], registry: str) -> str | None:
    """Return the address of the version's page, if there is one."""
    version = result.get("version")
    if not isinstance(version, Mapping) or result.get("outcome") not in {"created", "unchanged"}:
        return None
    return f"{registry.rstrip('/')}/catalog/{version['canonical']}/{version['version']}"


def _registered(mode: str, result: Mapping[str, Any], registry: str) -> Iterator[str]:
    version = result.get("version")
    if result.get("outcome") in {"created", "unchanged"} and isinstance(version, Mapping):
        outcome = {
            ("release", "created"): "is registered",
            ("release", "unchanged"): "was registered before; nothing was written",
            ("dry-run", "created"): "would be registered",
            ("dry-run", "unchanged"): "is registered already; nothing would be written",
            ("check", "created"): "would be registered, as far as is known without a secret",
        }[mode, result["outcome"]]
        name = f"{version['canonical']} {version['version']}"
        url = page_url(result, registry) if mode == "release" or result["outcome"] == "unchanged" else None
        yield f"### {f'[{_text(name)}]({url})' if url else _text(name)} {outcome}"
        yield ""
        if version.get("wheel_sha256"):
            yield f"SHA-256 of the wheel: `{version['wheel_sha256']}`"
            yield ""
    else:
        yield from _failed("The release was refused", result)
    compared = result.get("compatibility")
    if isinstance(compared, Mapping) and compared.get("report"):
        yield from _changes(compared["report"], str(compared.get("baseline")))


def _compared(result: Mapping[str, Any]) -> Iterator[str]:
    if result.get("code") in _NO_PREVIOUS:
        yield from ("Nothing is published to compare the schemas with.", "")
    elif "report" in result:
        yield from _changes(result["report"], str(result.get("from_version")))
    else:
        yield from _failed("The schemas could not be compared", result)


def _checked(result: Mapping[str, Any]) -> Iterator[str]:
    if "problems" not in result:
        yield from _failed("The project could not be checked", result)
        return
    which = f"{result.get('provider')} {result.get('version')}"
    outcome = "nothing here for which a registry would refuse it" if result.get("passed") else "would be refused"
    yield from (f"### {_text(which)}: {outcome}", "")
    for problem in result["problems"]:
        yield f"- `{_text(problem['place'])}`: {_text(problem['detail'])} (`{_text(problem['code'])}`)"
    for wheel in result.get("wheels") or ():
        if wheel.get("passed"):
            yield f"- {_text(Path(wheel['file']).name)}: all checks passed, SHA-256 `{wheel.get('sha256')}`"
    for note in result.get("notes") or ():
        yield f"- Note: {_text(note)}"
    yield ""


def _changes(report: Mapping[str, Any], since: str) -> Iterator[str]:
    changes = report.get("changes") or []
    if not changes:
        yield from (f"No change of the schemas since {_text(since)}.", "")
        return
    yield from (f"#### Changes of the schemas since {_text(since)}", "", "| verdict | where | what |", "|---|---|---|")
    for change in changes[:_MOST_CHANGES]:
        where = ".".join(part for part in (str(change.get("resource") or ""), str(change.get("path") or "")) if part)
        what = f"{_text(str(change.get('message')))} (`{_text(str(change.get('rule')))}`)"
        yield f"| {_text(str(change.get('verdict')))} | {_text(where)} | {what} |"
    if len(changes) > _MOST_CHANGES:
        yield f"| | | and {len(changes) - _MOST_CHANGES} more |"
    yield from ("", f"A release must raise at least: {_text(str(report.get('required_bump')))}.", "")


def _failed(head: str, result: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"### {_text(head)}", "")
    yield f"`{_text(str(result.get('code')))}`: {_text(str(result.get('detail') or 'see the log'))}"
    yield ""
    for problem in result.get("errors") or ():
        place = ".".join(str(part) for part in problem.get("loc", ()))
        yield f"- `{_text(place)}`: {_text(str(problem.get('msg')))}"
    if result.get("request_id"):
        yield from ("", f"Request id `{_text(str(result['request_id']))}`")


def _text(text: str) -> str:
    """Return text that means nothing to Markdown or HTML: names and sentences may come from elsewhere."""
    flat = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace("`", "'")
    return re.sub(r"([\\|\[\]*#!])", r"\\\1", flat)


def _annotations(results: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for result in results.values():
        if result.get("code") and result.get("code") not in _NO_PREVIOUS:
            yield _error(str(result["code"]), str(result.get("detail") or "refused"))
        for problem in result.get("problems") or ():
            yield _error(str(problem["code"]), f"{problem['place']}: {problem['detail']}")


def _error(title: str, detail: str) -> str:
    return f"::error title={_command(title, ',:')}::{_command(detail)}"


def _command(text: str, more: str = "") -> str:
    """Escape text for a workflow command, so that it cannot begin another one."""
    for each in "%\r\n" + more:
        text = text.replace(each, f"%{ord(each):02X}")
    return text


def _append(variable: str, text: str) -> None:
    with Path(os.environ[variable]).open("a", encoding="utf-8") as file:
        file.write(text)


def main(mode: str, folder: Path) -> None:
    """Write the summary, the annotations and the outputs."""
    results: dict[str, Mapping[str, Any]] = {}
    for path in sorted(folder.glob("*.json")):
        text = path.read_text(encoding="utf-8")
        results[path.stem] = json.loads(text) if text.strip() else {"code": "unusable", "detail": "see the log"}
    registry = os.environ.get("REGISTRY_URL", "")
    summary = "\n".join(lines_of(mode, results, registry)) + "\n"
    if os.environ.get("GITHUB_STEP_SUMMARY"):
        _append("GITHUB_STEP_SUMMARY", summary)
    sys.stdout.write(summary)
    if os.environ.get("GITHUB_ACTIONS") == "true":
        sys.stdout.writelines(f"{line}\n" for line in _annotations(results))
    if os.environ.get("GITHUB_OUTPUT"):
        result = results.get("register", {})
        version = result.get("version")
        outputs = {
            "outcome": result.get("outcome", ""),
            "version": version.get("version", "") if isinstance(version, Mapping) else "",
            "page-url": page_url(result, registry) or "",
        }
        _append("GITHUB_OUTPUT", "".join(f"{name}={_command(str(value))}\n" for name, value in outputs.items()))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
