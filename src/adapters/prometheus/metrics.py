"""Every metric, by name."""

import platform
from importlib.metadata import version

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from domain.availability import OriginVerdict
from domain.mirror import MirrorPart

_REQUEST_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0)
_STAGE_BUCKETS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 30.0, 60.0, 120.0)
_KIB = 1024
_WHEEL_BUCKETS = tuple(float(64 * _KIB * 4**power) for power in range(7))  # 64 KiB to 256 MiB


class Metrics:
    """The registry's metrics. Labels take few values, all chosen here and not by callers."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.requests = Histogram(
            "registry_http_request_duration_seconds",
            "Time until an answer began, by method, route template and status.",
            ["method", "route", "status"],
            registry=registry,
            buckets=_REQUEST_BUCKETS,
        )
        self.registrations = Counter(
            "registry_registrations",
            "Attempts to register, by realm, outcome and code.",
            ["realm", "outcome", "code"],
            registry=registry,
        )
        for realm in ("console", "customer"):  # a counter that began with its first defect would show no increase
            self.registrations.labels(realm, "error", "internal_error")
        self.registration_durations = Histogram(
            "registry_registration_duration_seconds",
            "Duration of attempts to register, by realm and outcome.",
            ["realm", "outcome"],
            registry=registry,
            buckets=_STAGE_BUCKETS,
        )
        self.registrations_in_flight = _gauge(
            "registry_registrations_in_flight", "Attempts to register that are under way, by realm.", registry, "realm"
        )
        self.stages = Histogram(
            "registry_stage_duration_seconds",
            "Duration of the stages of registrations, yanks and restores.",
            ["stage"],
            registry=registry,
            buckets=_STAGE_BUCKETS,
        )
        self.stages_in_flight = _gauge(
            "registry_stages_in_flight", "Stages that are under way; `fetch` counts fetches.", registry, "stage"
        )
        self.wheels = Histogram(
            "registry_wheel_size_bytes",
            "Sizes of the wheels that were fetched.",
            registry=registry,
            buckets=_WHEEL_BUCKETS,
        )
        self.mirror_operations = Counter(
            "registry_mirror_operations",
            "Operations on the storage of the mirror, by operation and outcome.",
            ["operation", "outcome"],
            registry=registry,
        )
        self.mirror_served = Counter(
            "registry_mirror_served_bytes",
            "Bytes of the mirror's files in responses that began, by part.",
            ["part"],
            registry=registry,
        )
        self.mirror_corrupt = Counter(
            "registry_mirror_corrupt",
            "Copies that were not served, as they are not the files that they were, by part.",
            ["part"],
            registry=registry,
        )
        for part in MirrorPart:  # as above
            self.mirror_corrupt.labels(part.value)
        self.clerk_calls = Histogram(
            "registry_clerk_call_duration_seconds",
            "Duration of calls to Clerk, by operation and outcome.",
            ["operation", "outcome"],
            registry=registry,
            buckets=_REQUEST_BUCKETS,
        )
        self.verifications_declined = Counter(
            "registry_token_verifications_declined",
            "Tokens that Clerk was not asked about, by reason.",
            ["reason"],
            registry=registry,
        )
        self.pool_size = _gauge(
            "registry_database_pool_size", "Connections to the database that the pools may hold.", registry
        )
        self.connections = _gauge(
            "registry_database_connections_in_use", "Connections to the database that are in use.", registry
        )
        self.tasks_claimed = Counter(
            "registry_tasks_claimed", "Tasks that were claimed, by kind.", ["kind"], registry=registry
        )
        self.tasks = Histogram(
            "registry_task_duration_seconds",
            "Duration of attempts of tasks, by kind and outcome.",
            ["kind", "outcome"],
            registry=registry,
            buckets=_STAGE_BUCKETS,
        )
        self.task_attempts = Histogram(
            "registry_task_attempts",
            "Which attempt of its task an attempt was, by kind.",
            ["kind"],
            registry=registry,
            buckets=(1, 2, 3, 5, 10),
        )
        self.tasks_due = _highest(
            "registry_tasks_due", "Tasks that no worker has claimed in time, by kind.", "kind", registry
        )
        self.oldest_task = _highest(
            "registry_task_oldest_due_seconds",
            "For how long the oldest due task has waited, by kind.",
            "kind",
            registry,
        )
        self.versions_amiss = _highest(
            "registry_versions_availability",
            "Public versions whose wheels are drifted or unreachable on their hosts.",
            "verdict",
            registry,
        )
        self.verdicts = Counter(
            "registry_wheel_verdicts",
            "Wheels that were found to be intact, drifted or unreachable on their hosts, and were not before.",
            ["verdict"],
            registry=registry,
        )
        for verdict in OriginVerdict:
            self.verdicts.labels(verdict.value)  # so that the first one is an increase
        self.webhook_attempts = Counter(
            "registry_webhook_attempts",
            "Attempts to deliver an event to a receiver of webhooks, by outcome: accepted or failed.",
            ["outcome"],
            registry=registry,
        )
        self.log_entries = Counter(
            "registry_log_entries_appended", "Entries that were appended to the transparency log.", registry=registry
        )
        self.log_failures = Counter(
            "registry_log_append_failures",
            "Attempts to append to the transparency log that failed, by code.",
            ["code"],
            registry=registry,
        )
        self.witnesses_asked = Counter(
            "registry_log_witness_requests",
            "Witnesses that were asked to cosign the transparency log, by outcome: cosigned, failed or ahead.",
            ["outcome"],
            registry=registry,
        )
        build = Gauge(
            "registry_build_info",
            "Always 1; the labels tell what runs.",
            ["version", "python"],
            registry=registry,
            multiprocess_mode="livemax",
        )
        build.labels(version("provider-registry"), platform.python_version()).set(1)


def _highest(name: str, meaning: str, label: str, registry: CollectorRegistry) -> Gauge:
    """Return a gauge of what all workers measure alike."""
    return Gauge(name, meaning, [label], registry=registry, multiprocess_mode="livemax")


def _gauge(name: str, meaning: str, registry: CollectorRegistry, *labels: str) -> Gauge:
    return Gauge(name, meaning, labels, registry=registry, multiprocess_mode="livesum")
