"""Whether an upgrade breaks a dependent's resources."""

from typing import Annotated

from msgspec import Meta, Struct

from domain.compatibility.coverage import Coverage
from domain.upgrades.answers import ConfigVerdict, Note, NoteKind, OutputState, OutputUse, ResourceAnswer, UpgradeAnswer
from domain.upgrades.configs import written
from domain.upgrades.validation import ConfigError

_MAX_SHOWN = 20
_Path = Annotated[str, Meta(description="Where in the config, such as `network.subnets[0].cidr`; empty for all of it.")]


class ConfigErrorView(Struct, kw_only=True):
    """Why a config is not valid. No value of it is shown."""

    path: _Path
    keyword: Annotated[str, Meta(description="Of the schema; `resource` if the resource type is gone.")]
    message: str


class NoteView(Struct, kw_only=True):
    """What else the version means for a config."""

    kind: NoteKind
    path: _Path
    message: str


class OutputUseView(Struct, kw_only=True):
    """What became of an output that is used."""

    resource: str
    field: Annotated[str, Meta(description="Empty for a dependency on the whole resource.")]
    path: Annotated[str | None, Meta(description="Where the config refers to it; null if it was named in `uses`.")]
    state: OutputState
    fits: Annotated[
        Coverage | None, Meta(description="Whether the field that it feeds takes all that it may be; null if none.")
    ]
    breaks: Annotated[bool, Meta(description="Whether that is worse than in the version in use.")]


class CheckedResourceView(Struct, kw_only=True):
    """What becomes of one resource."""

    resource: str
    name: str | None
    verdict: ConfigVerdict
    was_invalid: Annotated[
        bool | None, Meta(description="Whether the version in use refuses it already; null if that is not known.")
    ]
    breaks: Annotated[bool, Meta(description="Whether there is a new error, or a used output is worse than before.")]
    errors: Annotated[list[ConfigErrorView], Meta(description="Those that are new; at most 20.")]
    error_count: Annotated[int, Meta(description="How many are new.")]
    is_truncated: Annotated[
        bool,
        Meta(description="Whether there are 200 errors or more, of which no more are compared; then it is not safe."),
    ]
    notes: Annotated[list[NoteView], Meta(description="Nothing of this is refused; at most 50.")]
    outputs: list[OutputUseView]


class UpgradeCheckView(Struct, kw_only=True):
    """Whether an upgrade breaks a dependent's resources."""

    canonical: str
    from_version: str | None
    to_version: str
    breaks: bool
    resources: Annotated[list[CheckedResourceView], Meta(description="In the order of the request.")]
    newest_safe: Annotated[
        str | None,
        Meta(description="The highest published version above the one in use that is known to break nothing of this."),
    ]
    versions_tried: Annotated[int, Meta(description="How many were tried for that, from the highest down; at most 20.")]
    is_search_complete: Annotated[bool, Meta(description="False if none was found and there were more to try.")]


def upgrade_view(answer: UpgradeAnswer) -> UpgradeCheckView:
    """Return the public representation of a check."""
    return UpgradeCheckView(
        canonical=answer.provider.canonical,
        from_version=None if answer.before is None else answer.before.text,
        to_version=answer.target.text,
        breaks=answer.breaks,
        resources=[_resource_view(resource) for resource in answer.resources],
        newest_safe=None if answer.newest_safe is None else answer.newest_safe.text,
        versions_tried=answer.versions_tried,
        is_search_complete=answer.is_search_complete,
    )


def _resource_view(answer: ResourceAnswer) -> CheckedResourceView:
    return CheckedResourceView(
        resource=answer.resource,
        name=answer.name,
        verdict=answer.verdict,
        was_invalid=answer.was_invalid,
        breaks=answer.breaks,
        errors=[_error_view(error) for error in answer.errors[:_MAX_SHOWN]],
        error_count=len(answer.errors),
        is_truncated=answer.is_truncated,
        notes=[_note_view(note) for note in answer.notes],
        outputs=[_output_view(output) for output in answer.outputs],
    )


def _error_view(error: ConfigError) -> ConfigErrorView:
    return ConfigErrorView(path=written(error.path), keyword=error.keyword, message=error.message)


def _note_view(note: Note) -> NoteView:
    return NoteView(kind=note.kind, path=written(note.path), message=note.message)


def _output_view(output: OutputUse) -> OutputUseView:
    return OutputUseView(
        resource=output.resource,
        field=output.field,
        path=None if output.path is None else written(output.path),
        state=output.state,
        fits=output.fits,
        breaks=output.breaks,
    )


UPGRADE_CHECK_EXAMPLE = UpgradeCheckView(
    canonical="platform/gcp",
    from_version="1.3.2",
    to_version="2.0.0",
    breaks=True,
    resources=[
        CheckedResourceView(
            resource="bucket",
            name="assets",
            verdict=ConfigVerdict.INVALID,
            was_invalid=False,
            breaks=True,
            errors=[ConfigErrorView(path="", keyword="required", message='"region" is a required property')],
            error_count=1,
            is_truncated=False,
            notes=[
                NoteView(kind=NoteKind.IMMUTABLE, path="location", message="it can no longer be changed once it exists")
            ],
            outputs=[
                OutputUseView(
                    resource="bucket", field="url", path=None, state=OutputState.MAY_BE_NULL, fits=None, breaks=True
                )
            ],
        )
    ],
    newest_safe="1.4.0",
    versions_tried=2,
    is_search_complete=True,
)
