"""Settings: what an operator decides, in groups. Each field is a variable; docs/settings.md explains every one."""

from pathlib import Path
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from entrypoints.secret import Secret

Count = Annotated[int, Meta(ge=1, le=1_000_000)]
Bytes = Annotated[int, Meta(ge=1, le=2**50)]
Seconds = Annotated[float, Meta(gt=0, le=86_400 * 365)]
Port = Annotated[int, Meta(ge=1, le=65535)]
Names = tuple[str, ...]
WEBHOOKS = "webhooks"
TASKS: Names = ("registrations", "checks", WEBHOOKS)
"""Kinds of what is done later."""
NO_TASKS = "none"


class ConsoleSettings(Struct, frozen=True, kw_only=True):
    """The Console realm, whose machines release first-party providers."""

    PREFIX: ClassVar = "REGISTRY_CONSOLE_"

    clerk_issuer: str
    clerk_secret_key: Secret
    machine_id: Annotated[str, Meta(pattern="^mch_[A-Za-z0-9_-]+$", description="a machine id, mch_…")]
    release_machine_ids: Names = ()
    clerk_api_url: str = "https://api.clerk.com"
    clerk_connect_timeout_seconds: Seconds = 2.0
    clerk_read_timeout_seconds: Seconds = 5.0
    clerk_timeout_seconds: Seconds = 8.0
    token_max_lifetime_seconds: Seconds = 86_400.0
    token_category_required: bool = True


class CustomerSettings(Struct, frozen=True, kw_only=True):
    """The customer realm, whose organisations publish providers of their own."""

    PREFIX: ClassVar = "REGISTRY_CUSTOMER_"

    clerk_issuer: str
    clerk_secret_key: Secret
    clerk_api_url: str = "https://api.clerk.com"
    authorized_parties: Names = ()
    publisher_roles: Names = ("admin",)
    publisher_permissions: Names = ()
    publisher_scopes: Names = ("providers:publish",)
    unscoped_keys_may_publish: bool = True
    impersonators_may_publish: bool = False


class DatabaseSettings(Struct, frozen=True, kw_only=True):
    """Where the data is."""

    PREFIX: ClassVar = "REGISTRY_DATABASE_"
    VARIABLES: ClassVar = {"url": "DATABASE_URL", "data_dir": "REGISTRY_DATA_DIR"}

    url: Secret | None = None
    pool_size: Count = 10
    max_idle_seconds: Seconds = 60.0
    max_age_seconds: Seconds = 1_800.0
    prepared_statements: bool = True
    data_dir: Path = Path(".data")


class WheelSettings(Struct, frozen=True, kw_only=True):
    """How wheels are fetched."""

    PREFIX: ClassVar = "REGISTRY_WHEEL_"

    allowed_networks: Names = ()
    allowed_hosts: Names = ()
    allowed_ports: Names = ("443",)
    ca_bundle: Path | None = None
    credentials_file: Path | None = None
    proxy_url: Secret | None = None
    max_bytes: Bytes = 512 * 1024 * 1024
    deadline_seconds: Seconds = 120.0
    min_bytes_per_second: Count = 128 * 1024
    max_concurrent: Count = 16
    max_concurrent_customers: Count | None = None
    max_concurrent_per_customer: Count | None = None
    spool_dir: Path | None = None


class MirrorSettings(Struct, frozen=True, kw_only=True):
    """Whether and where copies of wheels are kept."""

    PREFIX: ClassVar = "REGISTRY_MIRROR_"
    VARIABLES: ClassVar = {"mode": "REGISTRY_MIRROR"}

    mode: Literal["off", "best_effort", "required"] = "off"
    url: str | None = None
    allow_http: bool = False
    upload_seconds: Seconds = 25.0
    redirect: bool = False
    public_endpoint: str | None = None


class TaskSettings(Struct, frozen=True, kw_only=True):
    """What is done later, and how."""

    PREFIX: ClassVar = "REGISTRY_TASK_"
    VARIABLES: ClassVar = {"kinds": "REGISTRY_TASKS"}

    kinds: Names = TASKS
    concurrency: Count = 4
    lease_seconds: Annotated[float, Meta(ge=1, le=3_600)] = 30.0
    grace_seconds: Annotated[float, Meta(ge=0, le=3_600)] = 20.0
    max_attempts: Annotated[int, Meta(ge=1, le=100)] = 3
    deadline_seconds: Seconds = 86_400.0


class WorkSettings(Struct, frozen=True, kw_only=True):
    """What a process that only does what is queued shows of itself."""

    PREFIX: ClassVar = "REGISTRY_WORK_"

    metrics_port: Port | None = None


class ProvenanceSettings(Struct, frozen=True, kw_only=True):
    """What becomes of attestations, and who is trusted to vouch for them."""

    PREFIX: ClassVar = "REGISTRY_"
    VARIABLES: ClassVar = {"mode": "REGISTRY_ATTESTATIONS", "trusted_roots": "REGISTRY_SIGSTORE_TRUSTED_ROOTS"}

    mode: Literal["off", "record", "require"] = "off"
    trusted_roots: Names = ()


class CheckSettings(Struct, frozen=True, kw_only=True):
    """How it is checked whether wheels are still on their hosts."""

    PREFIX: ClassVar = "REGISTRY_CHECK_"

    look_seconds: Seconds = 86_400.0
    verify_seconds: Seconds = 2_592_000.0
    confirm_seconds: Seconds = 3_600.0
    retry_seconds: Seconds = 21_600.0
    unreachable_seconds: Seconds = 259_200.0
    concurrency: Count = 4
    per_host: Count = 2


class WebhookSettings(Struct, frozen=True, kw_only=True):
    """Whether webhooks are sent: without keys for the secrets of their receivers, none are."""

    PREFIX: ClassVar = "REGISTRY_WEBHOOK_"

    key_file: Path | None = None


class LogSettings(Struct, frozen=True, kw_only=True):
    """What is logged, and how."""

    PREFIX: ClassVar = "REGISTRY_LOG_"

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["json", "console"] = "json"


class TransparencyLogSettings(Struct, frozen=True, kw_only=True):
    """Whether the transparency log is served, and what signs it. One process with the keys is enough."""

    PREFIX: ClassVar = "REGISTRY_LOG_"

    signing_key_file: Path | None = None
    checkpoint_file: Path | None = None
    origin: str | None = None
    witness_file: Path | None = None

    @property
    def kept_in(self) -> Path:
        """Where a process with keys keeps the checkpoint that it signed last."""
        return self.checkpoint_file or Path(f"{self.signing_key_file}.checkpoint")


class TracingSettings(Struct, frozen=True, kw_only=True):
    """Where traces are sent."""

    PREFIX: ClassVar = "REGISTRY_TRACING_"

    endpoint: str | None = None


class TrustSettings(Struct, frozen=True, kw_only=True):
    """Certificate authorities, which OpenSSL reads by itself; they are settings so that a wrong one is noticed."""

    VARIABLES: ClassVar = {"cert_file": "SSL_CERT_FILE", "cert_dir": "SSL_CERT_DIR"}

    cert_file: Path | None = None
    cert_dir: str | None = None


class ServerSettings(Struct, frozen=True, kw_only=True):
    """Where and how the server listens."""

    PREFIX: ClassVar = "REGISTRY_"

    host: str = "127.0.0.1"
    port: Port = 8000
    workers: Annotated[int, Meta(ge=1, le=1_024)] = 1
    keep_alive_seconds: Annotated[int, Meta(ge=1, le=86_400)] = 75
    max_body_bytes: Bytes = 2 * 1024 * 1024
    max_in_flight: Count = 64
    shutdown_grace_seconds: Count = 150
    read_cache_bytes: Annotated[int, Meta(ge=0, le=2**50)] = 32 * 1024 * 1024
    max_connections: Annotated[int, Meta(ge=16, le=65_536)] = 4_096
    public_url: str | None = None
    cors_allowed_origins: Names = ()
    platform_name: Annotated[str, Meta(min_length=1, max_length=200)] = "Platform"
    platform_organization_id: Annotated[str, Meta(min_length=1, max_length=200)] = "platform"
    runtime_version: Annotated[str, Meta(min_length=1, max_length=200)] = "unpinned"


class CompatibilitySettings(Struct, frozen=True, kw_only=True):
    """What becomes of versions that break users of the version before."""

    PREFIX: ClassVar = "REGISTRY_"

    breaking_changes: Literal["refuse", "report"] = "refuse"
    compatibility_rules: Names = ()


class Settings(Struct, frozen=True, kw_only=True):
    """All settings.

    Attributes:
        customer: None while none of its variables is set: the realm is off.
    """

    console: ConsoleSettings
    customer: CustomerSettings | None
    database: DatabaseSettings
    wheel: WheelSettings
    log: LogSettings
    tracing: TracingSettings
    server: ServerSettings
    compatibility: CompatibilitySettings = CompatibilitySettings()
    trust: TrustSettings = TrustSettings()
    mirror: MirrorSettings = MirrorSettings()
    transparency_log: TransparencyLogSettings = TransparencyLogSettings()
    tasks: TaskSettings = TaskSettings()
    work: WorkSettings = WorkSettings()
    provenance: ProvenanceSettings = ProvenanceSettings()
    checks: CheckSettings = CheckSettings()
    webhooks: WebhookSettings = WebhookSettings()


class ClientSettings(Struct, frozen=True, kw_only=True):
    """What ``provider-registry register`` talks to. The server reads none of it.

    Attributes:
        index_url: Secret, as it may hold a password.
    """

    PREFIX: ClassVar = "REGISTRY_"

    url: str
    token: Secret | None = None
    machine_secret_key: Secret | None = None
    clerk_api_url: str = "https://api.clerk.com"
    index_url: Secret | None = None
    ca_bundle: Path | None = None


def variable_of(group: type[Struct], field: str) -> str:
    """Return the environment variable of a group's field."""
    prefix: str = getattr(group, "PREFIX", "")
    special: dict[str, str] = getattr(group, "VARIABLES", {})
    return special.get(field, f"{prefix}{field.upper()}")
