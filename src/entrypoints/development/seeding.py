"""Registering the demo, as pipelines would."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import httpx

from entrypoints.development.demo import ACME, RELEASES, DemoRelease
from entrypoints.development.realms import Realms
from entrypoints.development.sigstore.attested import Attestations


class SeedingError(Exception):
    """The registry or a realm did not answer as it must; the message says what came instead."""


class Seeded(NamedTuple):
    """What came of one release."""

    release: DemoRelease
    status: int
    outcome: str


def write_wheels(folder: Path) -> None:
    """Put the demo's wheels where the wheel host serves them."""
    for release in RELEASES:
        (folder / release.filename).write_bytes(release.wheel())


def seed(registry: str, realms: Realms, host: str, attestations: Attestations) -> Iterator[Seeded]:
    """Register each release, and yank those that are; yield what came of it. Safe to repeat.

    Raises:
        SeedingError: A release was refused.
    """
    with httpx.Client(trust_env=False, timeout=60) as client:
        tokens = {"platform": _mint(client, realms), ACME: realms.api_keys[ACME]}
        for release in RELEASES:
            prefix = release.provider.name.partition("/")[0]
            base = f"{registry}/console" if prefix == "platform" else registry
            headers = {"Authorization": f"Bearer {tokens[prefix]}"}
            body = release.body(release.wheel(), host, list(attestations.of(release)))
            response = client.post(f"{base}/provider-versions", headers=headers, json=body)
            if response.status_code not in _OUTCOMES:
                raise SeedingError(f"the registry answered {response.status_code}: {response.text}")
            if release.yanked is not None:
                path = f"/providers/{release.provider.name}/versions/{release.version}/yank"
                client.put(f"{base}{path}", headers=headers, json={"reason": release.yanked})
            yield Seeded(release, response.status_code, _OUTCOMES[response.status_code])


_OUTCOMES = {
    int(httpx.codes.CREATED): "registered",
    int(httpx.codes.OK): "was already registered",
    int(httpx.codes.CONFLICT): "is there with other content or another wheel host, from an earlier run",
}


def has_conflict(seeded: Sequence[Seeded]) -> bool:
    """Tell whether something is there from an earlier run that is not what this one has."""
    return any(each.status == httpx.codes.CONFLICT for each in seeded)


def _mint(client: httpx.Client, realms: Realms) -> str:
    minted = client.post(
        f"{realms.console.url}/v1/m2m_tokens",
        headers={"Authorization": f"Bearer {realms.release.secret}"},
        json={"token_format": "jwt", "seconds_until_expiration": 300},
    )
    if minted.status_code != httpx.codes.CREATED:
        raise SeedingError(f"the local realm did not mint a token: {minted.text}")
    token: str = minted.json()["token"]
    return token
