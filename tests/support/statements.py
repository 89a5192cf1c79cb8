"""Statements of attestations."""

PUBLISH_V1 = "https://docs.wheels.example.com/attestations/publish/v1"
"""The predicate type of an index's publish attestations (PEP 740)."""
