"""Yanking and restoring, on the routes of both realms."""

from typing import Any

import structlog
from litestar import Request, delete, put
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from application.use_cases.lifecycle import RestoreVersion, YankVersion
from domain.customers import Customer
from domain.errors import InvalidTextError
from domain.lifecycle import Restoration, Yank
from domain.names import ProviderName
from domain.registrants import Account, ConsoleMachine, Registrant
from domain.semver import SemVer
from domain.versions import validate_yank_reason
from entrypoints.http.models.yank import YANK_EXAMPLE, YankBody
from entrypoints.http.openapi import responses
from entrypoints.http.requests.admission import Admission
from entrypoints.http.requests.decoding import decode_struct
from entrypoints.http.requests.invalid_requests import FieldError, InvalidRequestError
from entrypoints.http.requests.parameters import exact_path_only, exact_version, provider_name
from entrypoints.http.requests.request_ids import request_id
from entrypoints.http.routes.console import authenticated_machine
from entrypoints.http.routes.customers import authenticated_publisher
from entrypoints.presenters.versions import PUBLISHED_EXAMPLE, YANKED_EXAMPLE, ProviderVersionView, version_view

CUSTOMER_ROUTE = "/providers/{prefix:str}/{name:str}/versions/{version:str}/yank"
CONSOLE_ROUTE = f"/console{CUSTOMER_ROUTE}"
_YANKING = (
    "Take a published version out of `latest`. It stays readable, and installable by exact version. Safe to repeat: a "
    "version that is yanked already keeps its first reason and time."
)
_RESTORING = "Undo a yank. Safe to repeat: a published version stays as it is. No body is read."
_YANK_RESPONSES = {200: responses.response("The version is yanked.", YANKED_EXAMPLE)}
_RESTORE_RESPONSES = {200: responses.response("The version is published.", PUBLISHED_EXAMPLE)}


_YankOperation = responses.operation_with_body(YankBody, "A broken release", YANK_EXAMPLE)


@put(
    CONSOLE_ROUTE,
    tags=["Console"],
    summary="Yank a first-party version",
    description=_YANKING,
    operation_id="yankPlatformProviderVersion",
    operation_class=_YankOperation,
    responses=_YANK_RESPONSES,
    security=[{"ConsoleMachine": []}],
    dependencies={"machine": Provide(authenticated_machine)},
    guards=[exact_path_only],
)
async def yank_platform_version(
    request: Request[Any, Any, Any],
    prefix: FromPath[str],
    name: FromPath[str],
    version: FromPath[str],
    machine: NamedDependency[ConsoleMachine],
    yank_version: NamedDependency[YankVersion],
    admission: NamedDependency[Admission],
) -> ProviderVersionView:
    """Authenticate, then read the body, then look at what it is about."""
    reason = await _read_reason(request, admission, Account.of(machine))
    return await _yank(request, yank_version, machine, (prefix, name, version), reason)


@delete(
    CONSOLE_ROUTE,
    status_code=200,
    tags=["Console"],
    summary="Restore a first-party version",
    description=_RESTORING,
    operation_id="restorePlatformProviderVersion",
    responses=_RESTORE_RESPONSES,
    security=[{"ConsoleMachine": []}],
    dependencies={"machine": Provide(authenticated_machine)},
    guards=[exact_path_only],
)
async def restore_platform_version(
    request: Request[Any, Any, Any],
    prefix: FromPath[str],
    name: FromPath[str],
    version: FromPath[str],
    machine: NamedDependency[ConsoleMachine],
    restore_version: NamedDependency[RestoreVersion],
) -> ProviderVersionView:
    """Authenticate, then look at what it is about."""
    return await _restore(request, restore_version, machine, (prefix, name, version))


@put(
    CUSTOMER_ROUTE,
    tags=["Customers"],
    summary="Yank a version",
    description=_YANKING,
    operation_id="yankProviderVersion",
    operation_class=_YankOperation,
    responses=_YANK_RESPONSES,
    security=[{"Customer": []}],
    dependencies={"publisher": Provide(authenticated_publisher)},
    guards=[exact_path_only],
)
async def yank_customer_version(
    request: Request[Any, Any, Any],
    prefix: FromPath[str],
    name: FromPath[str],
    version: FromPath[str],
    publisher: NamedDependency[Customer],
    yank_version: NamedDependency[YankVersion],
    admission: NamedDependency[Admission],
) -> ProviderVersionView:
    """Yank a version of the caller's organisation."""
    reason = await _read_reason(request, admission, Account.of(publisher))
    return await _yank(request, yank_version, publisher, (prefix, name, version), reason)


@delete(
    CUSTOMER_ROUTE,
    status_code=200,
    tags=["Customers"],
    summary="Restore a version",
    description=_RESTORING,
    operation_id="restoreProviderVersion",
    responses=_RESTORE_RESPONSES,
    security=[{"Customer": []}],
    dependencies={"publisher": Provide(authenticated_publisher)},
    guards=[exact_path_only],
)
async def restore_customer_version(
    request: Request[Any, Any, Any],
    prefix: FromPath[str],
    name: FromPath[str],
    version: FromPath[str],
    publisher: NamedDependency[Customer],
    restore_version: NamedDependency[RestoreVersion],
) -> ProviderVersionView:
    """Restore a version of the caller's organisation."""
    return await _restore(request, restore_version, publisher, (prefix, name, version))


async def _yank(
    request: Request[Any, Any, Any],
    yank_version: YankVersion,
    registrant: Registrant,
    path: tuple[str, str, str],
    reason: str,
) -> ProviderVersionView:
    name, version = _target(*path)
    yank = Yank(registrant=registrant, name=name, version=version, reason=reason, request_id=request_id(request.scope))
    return version_view(await yank_version.execute(yank))


async def _restore(
    request: Request[Any, Any, Any], restore_version: RestoreVersion, registrant: Registrant, path: tuple[str, str, str]
) -> ProviderVersionView:
    name, version = _target(*path)
    restoration = Restoration(registrant=registrant, name=name, version=version, request_id=request_id(request.scope))
    return version_view(await restore_version.execute(restoration))


async def _read_reason(request: Request[Any, Any, Any], admission: Admission, account: Account) -> str:
    async with admission.admit(request, account):
        body = await admission.read_json(request, account, lambda sent: decode_struct(sent, YankBody))
    try:
        return validate_yank_reason(body.reason)
    except InvalidTextError as error:
        raise InvalidRequestError([FieldError(("body", "reason"), error.detail, error.code)]) from None


def _target(prefix: str, name: str, version: str) -> tuple[ProviderName, SemVer]:
    provider = provider_name(prefix, name)
    number = exact_version(provider, version)
    structlog.contextvars.bind_contextvars(provider=provider.canonical, version=number.text)
    return provider, number
