"""What a caller can do about an error, where that takes a command of this release."""

from domain.errors import DistributionConflictError, RegistryError


def detail_of(error: RegistryError) -> str:
    """Return the error's sentence, with the command that an operator could run."""
    if isinstance(error, DistributionConflictError):
        return (
            f"{error.detail}, or ask an operator of the registry to run "
            f"'provider-registry distributions transfer {error.distribution} --to {error.namespace}'"
        )
    return error.detail
