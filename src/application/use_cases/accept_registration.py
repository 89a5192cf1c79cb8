"""Accepting a registration that is done later."""

from collections.abc import Callable
from uuid import UUID, uuid4

from application.errors import TooManyRegistrationsError
from application.ports.clock import Clock
from application.ports.task_counts import TaskCounts
from application.ports.version_repository import VersionRepository
from application.registration_payload import write_payload
from application.use_cases.check_announcement import CheckAnnouncement
from application.use_cases.provenance import AddAttestations, with_attestations
from domain.builds import accept
from domain.registration import Registered, Registration, check, check_request, decide
from domain.tasks import QueueBounds, Task, TaskKind


class AcceptRegistration:
    """Checks all that needs no wheel, and adds a task that does the rest.

    Args:
        runtime_version: The platform's runtime version, which every new version pins.
        add_attestations: Adds those of a repeat; None where attestations are off.
        bounds: How many registrations of one namespace may wait.
        new_id: Returns unguessable ids.
    """

    def __init__(  # noqa: PLR0913 -- the ports, and each setting
        self,
        *,
        versions: VersionRepository,
        tasks: TaskCounts,
        check_announcement: CheckAnnouncement,
        clock: Clock,
        runtime_version: str,
        add_attestations: AddAttestations | None = None,
        bounds: QueueBounds | None = None,
        new_id: Callable[[], UUID] = uuid4,
    ) -> None:
        self._versions = versions
        self._tasks = tasks
        self._add_attestations = add_attestations
        self._bounds = bounds or QueueBounds()
        self._check_announcement = check_announcement
        self._clock = clock
        self._runtime_version = runtime_version
        self._new_id = new_id

    async def execute(self, registration: Registration) -> Registered:
        """Return the version if its content is public already; otherwise the version that is being built.

        A repeat while it is being built returns the same. A refusal is recorded as by ``RegisterVersion``.

        Raises:
            TooManyRegistrationsError: As many registrations of the namespace wait as may, or the account has as much
                under way as it may.
            RegistryError: As ``RegisterVersion``, as far as no wheel is needed to know.
        """
        check_request(registration)
        filename = registration.announcement.wheel_url.filename
        state = await self._versions.load(registration.name, registration.version, wheel=filename)
        check(state, registration)
        if state.public_version is None and state.building_version is None:
            await self._require_room(registration)
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
        accepted = await self._versions.update(
            registration.name,
            registration.version,
            lambda state: accept(state, registration, task, runtime_version=self._runtime_version, now=now),
            seen=state,
            wheel=filename,
        )
        return await with_attestations(registration, accepted, self._add_attestations)

    async def _require_room(self, registration: Registration) -> None:
        name = registration.name
        limit = self._bounds.platform if name.is_platform else self._bounds.customer
        if await self._tasks.count(TaskKind.REGISTRATION, name.prefix, limit=limit) >= limit:
            raise TooManyRegistrationsError(
                f"{limit} registrations of {name.prefix} wait already; send this again when some of them have ended"
            )
