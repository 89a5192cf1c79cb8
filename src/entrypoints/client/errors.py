"""Why a registration failed. ``docs/cli.md`` lists the exit statuses."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar


class ClientError(Exception):
    """Root of all of them.

    Attributes:
        code: Stable slug.
        exit_status: What the command ends with.
        detail: Human sentence; never shows a secret.
    """

    code: str
    exit_status: ClassVar[int]

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class UnusableError(ClientError):
    """The project, an option or a setting is wrong; nothing was sent."""

    code = "unusable"
    exit_status = 2


class WheelAmbiguousError(ClientError):
    """The release has several wheels, and none is plainly the one to register."""

    code = "wheel_ambiguous"
    exit_status = 2


class ReleaseNotVisibleError(ClientError):
    """The package index did not show the release in time."""

    code = "release_not_visible"
    exit_status = 3


class OutOfReachError(ClientError):
    """A service did not answer in all attempts. Safe to run again."""

    code = "out_of_reach"
    exit_status = 4


class RefusedError(ClientError):
    """A service refused the request.

    Attributes:
        status: Of the answer; None if there was none, since it is known here what the registry would say.
        errors: The bad fields, each with ``loc`` and ``msg``.
    """

    exit_status = 1

    def __init__(
        self,
        detail: str,
        *,
        code: str,
        status: int | None = None,
        errors: Sequence[Mapping[str, Any]] = (),
        request_id: str | None = None,
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.status = status
        self.errors = tuple(errors)
        self.request_id = request_id
