"""A stand-in for Clerk on loopback: same wire format, own key, and faults on demand. For development and tests only."""
