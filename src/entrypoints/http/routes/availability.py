"""Whether a version's wheel is still on its host."""

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.use_cases.check_availability import FindAvailability
from entrypoints.http.cache.read_cache import conditional_read
from entrypoints.http.cache.representation import REVALIDATE, Representation
from entrypoints.http.openapi import responses
from entrypoints.http.requests.parameters import provider_name, version_or_latest
from entrypoints.http.routes.providers import VersionParameter
from entrypoints.presenters.availability import AVAILABILITY_EXAMPLE, AvailabilityView, availability_view


@get(
    "/providers/{prefix:str}/{name:str}/versions/{version:str}/availability",
    tags=["Providers"],
    summary="Read whether a wheel is still on its host",
    description="What scheduled checks of the version's wheel at its `wheel_url` came to. They change nothing: a copy "
    "that this registry keeps goes on being served. `latest` works here too.",
    operation_id="readAvailability",
    responses=responses.read("What the checks came to.", AVAILABILITY_EXAMPLE, of=AvailabilityView),
)
@conditional_read  # each check changes it, and only another verdict is notified
async def find_availability(
    prefix: FromPath[str],
    name: FromPath[str],
    version: VersionParameter,
    find_availability: NamedDependency[FindAvailability],
) -> Representation:
    """Read what is known of one public version's wheel on its host."""
    provider = provider_name(prefix, name)
    known = await find_availability.execute(provider, version_or_latest(provider, version))
    return Representation.of(availability_view(known), REVALIDATE)
