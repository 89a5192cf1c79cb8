"""Throwaway certificates."""

import ssl
from dataclasses import dataclass, field
from pathlib import Path

import trustme


@dataclass(frozen=True)
class CertificateAuthority:
    """An authority that a test's client trusts."""

    ca: trustme.CA = field(default_factory=trustme.CA)

    def server_context(self, *names: str) -> ssl.SSLContext:
        """Configure a server that proves to be those hosts."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.ca.issue_cert(*names).configure_cert(context)
        return context

    def client_context(self) -> ssl.SSLContext:
        """Configure a client that trusts this authority and no other."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.ca.configure_trust(context)
        return context

    def write_to(self, path: Path) -> Path:
        """Write a PEM file with this authority's certificate."""
        self.ca.cert_pem.write_to_path(str(path))
        return path
