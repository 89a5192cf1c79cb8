"""A fake of Clerk on loopback: its wire format, a key of its own, faults on demand. For development and tests only."""
