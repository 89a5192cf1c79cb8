"""The Clerk instances that the registry trusts."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from adapters.web import is_loopback

CLERK_API_URL = "https://api.clerk.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClerkInstance:
    """One Clerk instance: its URLs, credentials and timeouts. Durations are in seconds.

    Attributes:
        issuer: Its Frontend API URL, exactly as in ``iss``; keys are at ``{issuer}/.well-known/jwks.json``.
        secret_key: A machine secret (``ak_…``) or the instance key (``sk_…``) for the Backend API.
        secret_key_setting: The setting that a log line tells the operator to correct when Clerk refuses the key.
        deadline: For one whole call, whatever Clerk sends meanwhile.
        keys_lifetime: How long fetched keys are used without asking again.
        keys_cooldown: How long after a fetch of keys the next may start: what made-up key ids can provoke at most.
        allow_missing_category: Whether JWTs without ``cat`` pass; Clerk minted such until 2026-05-27.
        max_lifetime: Between ``iat`` and ``exp`` of a JWT at most. A JWT cannot be revoked, so this bounds how long a
            stolen one is of use; what Clerk is asked about can, and lives as long as Clerk says.

    Raises:
        ValueError: A URL is not https (http is for loopback only), the secret is no printable ASCII, or a duration is
            not positive. The message never shows the secret.
    """

    issuer: str
    secret_key: str = field(repr=False)
    secret_key_setting: str = "REGISTRY_CONSOLE_CLERK_SECRET_KEY"  # noqa: S105 - a setting's name, no secret
    api_url: str = CLERK_API_URL
    connect_timeout: float = 2.0
    read_timeout: float = 5.0
    deadline: float = 8.0
    keys_lifetime: float = 300.0
    keys_cooldown: float = 10.0
    allow_missing_category: bool = False
    max_lifetime: float = 86_400.0

    def __post_init__(self) -> None:
        """Refuse what could only fail later, one request at a time."""
        _check_url("issuer", self.issuer)
        _check_url("api_url", self.api_url)
        if (
            not (self.secret_key and self.secret_key.isascii() and self.secret_key.isprintable())
            or " " in self.secret_key
        ):
            raise ValueError("secret_key must be printable ASCII without spaces")
        timeouts = (self.connect_timeout, self.read_timeout, self.deadline)
        lifetimes = (self.keys_lifetime, self.keys_cooldown, self.max_lifetime)
        if not all(duration > 0 for duration in (*timeouts, *lifetimes)):
            raise ValueError("timeouts, the deadline, lifetimes and the keys' cool-down must be positive")

    @property
    def jwks_url(self) -> str:
        """Where the instance publishes its keys."""
        return f"{self.issuer.rstrip('/')}/.well-known/jwks.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClerkRealm(ClerkInstance):
    """The Console realm: a Clerk instance whose machines call this registry.

    Attributes:
        machine_id: This registry's own ``mch_…``, which a token must name as its receiver.

    Raises:
        ValueError: As for ``ClerkInstance``; or the machine id does not start with ``mch_``.
    """

    machine_id: str

    def __post_init__(self) -> None:
        """Refuse what could only fail later, one request at a time."""
        ClerkInstance.__post_init__(self)  # super() loses its class in a dataclass with slots
        if not self.machine_id.startswith("mch_"):
            raise ValueError("machine_id must be this registry's machine id in Clerk, mch_…")


def _check_url(name: str, url: str) -> None:
    parts = urlsplit(url)
    secure = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
    plain = bool(parts.hostname) and not (parts.username or parts.password or parts.query or parts.fragment)
    if not (secure and plain):
        msg = f"{name} must be an https:// URL without user, query and fragment (http:// on loopback only)"
        raise ValueError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClerkCustomerRealm(ClerkInstance):
    """The customer realm: a Clerk instance whose organisations publish here. Durations are in seconds.

    Attributes:
        secret_key: The instance key, ``sk_…``: a machine's secret can neither verify API keys nor read organisations.
        authorized_parties: Origins whose session tokens are accepted (``azp``). Empty accepts all, and tokens without
            ``azp``; otherwise a token must name one of these.
        max_lifetime: As for ``ClerkInstance``. Clerk's session tokens live for about a minute.
        organizations_lifetime: How long what an organisation is called is remembered.

    Raises:
        ValueError: As for ``ClerkInstance``; or the secret is no instance key, or an authorised party is blank.
    """

    secret_key_setting: str = "REGISTRY_CUSTOMER_CLERK_SECRET_KEY"  # noqa: S105 - a setting's name, no secret
    max_lifetime: float = 3600.0
    authorized_parties: frozenset[str] = frozenset()
    organizations_lifetime: float = 60.0

    def __post_init__(self) -> None:
        """Refuse what could only fail later, one request at a time."""
        ClerkInstance.__post_init__(self)  # super() loses its class in a dataclass with slots
        if not self.secret_key.startswith("sk_"):
            raise ValueError("secret_key must be the instance key of the customer realm, sk_…")
        if not all(party.strip() for party in self.authorized_parties):
            raise ValueError("authorized_parties must be origins, such as https://app.example.com")
        if not self.organizations_lifetime > 0:
            raise ValueError("organizations_lifetime must be positive")
