"""Who built a wheel: attestations, and the publishers that a provider's versions may come from."""
