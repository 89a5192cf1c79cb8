"""Accepting a registration that is done later."""

from collections.abc import Callable
from uuid import UUID, uuid4

from application.ports.clock import Clock
from application.ports.version_repository import VersionRepository
from application.registration_payload import write_payload
from application.use_cases.check_announcement import CheckAnnouncement
from domain.builds import accept
from domain.registration import Registered, Registration, check, check_request, decide
from domain.tasks import Task, TaskKind


class AcceptRegistration:
    """Checks all that needs no wheel, and adds a task that does the rest.

    Args:
        runtime_version: The platform's runtime version, which every new version pins.
        new_id: Returns unguessable ids.
    """

    def __init__(
        self,
        *,
        versions: VersionRepository,
        check_announcement: CheckAnnouncement,
        clock: Clock,
        runtime_version: str,
        new_id: Callable[[], UUID] = uuid4,
    ) -> None:
        self._versions = versions
        self._check_announcement = check_announcement
        self._clock = clock
        self._runtime_version = runtime_version
        self._new_id = new_id

    async def execute(self, registration: Registration) -> Registered:
        """Return the version if its content is public already; otherwise the version that is being built.

        A repeat while it is being built returns the same. A refusal is recorded as by ``RegisterVersion``.

        Raises:
            RegistryError: As ``RegisterVersion``, as far as no wheel is needed to know.
        """
        check_request(registration)
        filename = registration.announcement.wheel_url.filename
        state = await self._versions.load(registration.name, registration.version, wheel=filename)
        check(state, registration)
        if state.public_version is None and state.building_version is None:
            refused = await self._check_announcement.check_without_wheel(registration, state)
            if refused is not None:
                await self._versions.update(
                    registration.name,
                    registration.version,
                    lambda state: decide(
                        state, registration, refused, runtime_version=self._runtime_version, now=self._clock.now()
                    ),
                    seen=state,
                    wheel=filename,
                )
                raise refused.error
        now = self._clock.now()
        task = Task(
            id=self._new_id(),
            kind=TaskKind.REGISTRATION,
            key=f"{registration.name}@{registration.version}",
            payload=write_payload(registration),
            created_at=now,
            request_id=registration.request_id,
        )
        return await self._versions.update(
            registration.name,
            registration.version,
            lambda state: accept(state, registration, task, runtime_version=self._runtime_version, now=now),
            seen=state,
            wheel=filename,
        )
