"""Attestations that are signed with Sigstore. Importing this package imports nothing of the library."""
