"""Which Clerk instance customers belong to."""

from dataclasses import dataclass

from adapters.clerk.realm import ClerkInstance


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
