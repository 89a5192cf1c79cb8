"""Checking an upgrade before it is made."""

from typing import Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.use_cases.check_upgrade import CheckUpgrade
from domain.errors import InvalidVersionError
from domain.semver import SemVer
from domain.upgrades.configs import ResourceConfig
from entrypoints.http.models.upgrade_check import UPGRADE_CHECK_BODY_EXAMPLE, UpgradeCheckBody
from entrypoints.http.openapi import responses
from entrypoints.http.requests.admission import Admission
from entrypoints.http.requests.decoding import decode_struct
from entrypoints.http.requests.invalid_requests import FieldError, InvalidRequestError
from entrypoints.http.requests.parameters import provider_name, version_or_latest
from entrypoints.http.routes.providers import VersionParameter
from entrypoints.presenters.upgrades import UPGRADE_CHECK_EXAMPLE, UpgradeCheckView, upgrade_view

_CheckOperation = responses.operation_with_body(UpgradeCheckBody, "One bucket", UPGRADE_CHECK_BODY_EXAMPLE)


@post(
    "/providers/{prefix:str}/{name:str}/versions/{target:str}/check",
    status_code=200,
    tags=["Providers"],
    summary="Check whether resources survive an upgrade",
    description="Validates the configs of resources under a version, and looks at the outputs that they use. Only what "
    "is worse than under `from` breaks. `latest` works here too. At most 256 KiB and 100 resources. Values of configs "
    "are neither logged, stored nor shown. Takes no token.",
    operation_id="checkUpgrade",
    operation_class=_CheckOperation,
    responses={200: responses.response("What becomes of each resource.", UPGRADE_CHECK_EXAMPLE)},
)
async def check_upgrade(
    request: Request[Any, Any, Any],
    prefix: FromPath[str],
    name: FromPath[str],
    target: VersionParameter,
    check_upgrade: NamedDependency[CheckUpgrade],
    admission: NamedDependency[Admission],
) -> UpgradeCheckView:
    """Check a dependent's resources against one public version."""
    provider = provider_name(prefix, name)
    version = version_or_latest(provider, target)
    with admission.admit_check():
        body = await admission.read_check(request, lambda sent: decode_struct(sent, UpgradeCheckBody))
        resources = [ResourceConfig(used.resource, used.name, used.config, tuple(used.uses)) for used in body.resources]
        return upgrade_view(await check_upgrade.execute(provider, version, _before(body.from_version), resources))


def _before(written: str | None) -> SemVer | None:
    try:
        return None if written is None else SemVer.parse(written)
    except InvalidVersionError as error:
        raise InvalidRequestError([FieldError(("body", "from"), error.detail, error.code)]) from None
