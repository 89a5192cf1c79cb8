"""Output of ``check`` for files of resources: a line for each, and the newest safe version."""

from rich.text import Text

from domain.upgrades.answers import ConfigVerdict, OutputState
from entrypoints.cli.output import show
from entrypoints.client.upgrade_check import CheckedFiles
from entrypoints.presenters.upgrades import CheckedResourceView, OutputUseView

_STATES = {
    OutputState.GONE: "is gone",
    OutputState.TYPE_CHANGED: "has another type",
    OutputState.MAY_BE_MISSING: "may be missing now",
    OutputState.MAY_BE_NULL: "may be null now",
}


def show_upgrade(answer: CheckedFiles) -> None:
    """Print what the registry answered of one provider."""
    view = answer.view
    for file, resource in zip(answer.files, view.resources, strict=True):
        names = (f"{file}:", view.canonical, resource.resource, resource.name)
        show(_line(" ".join(_printable(name) for name in names if name), resource))
    if view.breaks:
        broken = sum(resource.breaks for resource in view.resources)
        safe = view.newest_safe or "none of those that were tried"
        text = f"{view.canonical} {view.to_version} breaks {broken} of {len(view.resources)}"
        show(Text(_printable(f"{text}; the newest safe version: {safe}")), err=True)


def _line(named: str, resource: CheckedResourceView) -> Text:
    if resource.breaks:
        problems = [_at(error.path, error.message) for error in resource.errors]
        more = resource.error_count - len(resource.errors)
        problems += [f"and {more} more errors"] if more else []
        problems += [_output(output) for output in resource.outputs if output.breaks]
        return Text("✗ ", "red") + Text(f"{named}: {'; '.join(problems)}")
    if resource.verdict is ConfigVerdict.UNKNOWN:
        return Text("? ", "yellow") + Text(f"{named}: unknown; there is no schema, or it could not be decided")
    if resource.verdict is ConfigVerdict.INVALID:
        doubt = "; it has too many errors to compare all of them" if resource.is_truncated else ""
        return Text("! ", "yellow") + Text(f"{named}: invalid, as it was before{doubt}")
    notes = [_at(note.path, note.message) for note in resource.notes]
    return Text("! ", "yellow") + Text(f"{named}: {'; '.join(notes)}") if notes else Text("✓ ", "green") + Text(named)


def _output(output: OutputUseView) -> str:
    state = _STATES.get(output.state, "does not fit the field that it feeds")
    return _at(output.path or "", f"output {f'{output.resource}.{output.field}'.rstrip('.')} {state}")


def _at(path: str, message: str) -> str:
    return _printable(f"{path}: {message}" if path else message)


def _printable(text: str) -> str:
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)
