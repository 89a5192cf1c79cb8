"""A catalog that looks like a real one: several providers, versions of every kind, rich schemas, long names."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from adapters.memory.wheel_fetcher import InMemoryWheelFetcher
from domain.provenance.attestations import SignedStatement
from domain.provenance.claims import SignerClaims
from domain.wheel.url import WheelUrl
from tests.builders import a_wheel
from tests.support.statements import PUBLISH_V1

README = """# Google Cloud provider

Manages **buckets**, databases and networks on Google Cloud: see [the limits](#limits), the
[guide](https://docs.example.com/gcp) or write to <mailto:gcp@example.com>.

![A diagram](https://icons.example.com/diagram.svg)

## Getting started

1. Install the provider.
2. Name a project.

```python
from gcp_provider import Bucket

bucket = Bucket(name="assets", location="europe-west4", storage_class="STANDARD", labels={"team": "platform"})
```

### Limits

| resource | per project | note |
|:---------|------------:|:----:|
| bucket   | 1000        | soft |
| database | 40          | hard |

> Deleting a bucket deletes what is in it.

#### Older clients

They ignore `labels`.
"""
CHANGELOG = """## Added

- Buckets can be labelled.
- `database` reports its `connection_name`.

## Fixed

- A bucket without objects is deleted at once.
"""
SCHEMAS: dict[str, Any] = {
    "bucket": {
        "description": "A storage bucket.",
        "config_schema": {
            "type": "object",
            "required": ["name", "location"],
            "properties": {
                "name": {
                    "type": "string",
                    "description": "Unique among all buckets there are.",
                    "pattern": "^[a-z0-9-]{3,63}$",
                    "immutable": True,
                },
                "location": {"enum": ["europe-west4", "us-east1", "asia-south1"], "description": "Where it is kept."},
                "storage_class": {
                    "type": "string",
                    "default": "STANDARD",
                    "enum": ["STANDARD", "NEARLINE"],
                    "description": "How it is kept.\nNEARLINE costs less to keep and more to read.",
                },
                "labels": {"type": "object", "additionalProperties": {"type": "string"}, "default": {}},
                "retention": {"$ref": "#/$defs/Retention", "description": "How long objects are kept."},
                "encryption_key": {
                    "anyOf": [{"type": "string"}, {"type": "null"}],
                    "default": None,
                    "sensitive": True,
                    "description": "Encrypts what is kept.",
                },
                "versioning": {"type": "boolean", "deprecated": True, "default": False},
                "placement": {
                    "description": "Where copies are kept; `REGIONAL` ones are in one region.",
                    "oneOf": [
                        {
                            "title": "Regional",
                            "type": "object",
                            "required": ["kind", "region"],
                            "properties": {"kind": {"const": "REGIONAL"}, "region": {"type": "string"}},
                        },
                        {
                            "title": "Multi-regional",
                            "type": "object",
                            "required": ["kind"],
                            "properties": {
                                "kind": {"const": "MULTI_REGIONAL"},
                                "replicas": {"type": "integer", "examples": [2]},
                            },
                        },
                    ],
                },
            },
            "$defs": {
                "Retention": {
                    "type": "object",
                    "required": ["days"],
                    "properties": {
                        "days": {"type": "integer", "minimum": 1, "maximum": 3650, "description": "How many days."},
                        "exceptions": {"type": "array", "items": {"$ref": "#/$defs/Exception"}},
                    },
                },
                "Exception": {
                    "type": "object",
                    "properties": {
                        "prefix": {"type": "string", "description": "Of the objects' names."},
                        "reason": {"const": "legal"},
                    },
                },
            },
        },
        "outputs_schema": {
            "type": "object",
            "required": ["url"],
            "properties": {"url": {"type": "string", "format": "uri", "description": "Where it is reached."}},
        },
    },
    "cloudsql/database": {
        "description": "A PostgreSQL database.",
        "config_schema": {
            "type": "object",
            "required": ["tier"],
            "properties": {
                "tier": {"type": "string", "description": "The size of its machine."},
                "password": {"type": "string", "format": "password", "minLength": 12},
            },
        },
        "outputs_schema": {"type": "object", "properties": {"connection_name": {"type": "string"}}},
    },
}
CACHE: dict[str, Any] = {
    "type": "object",
    "required": ["size"],
    "properties": {
        "size": {"type": "integer", "minimum": 1, "description": "In gigabytes."},
        "owner": {"type": "string", "description": "Who is called at night."},
    },
}
_LONG = "an-exceedingly-long-provider-name-that-somebody-chose-once-and-now-cannot-change"

RELEASES: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
    ("platform/gcp", "1.3.0", {}),
    ("platform/gcp", "1.4.0", {"schemas": SCHEMAS, "changelog": CHANGELOG}),
    ("platform/gcp", "1.5.0", {"schemas": SCHEMAS}),
    ("platform/gcp", "2.0.0-rc.1", {"schemas": SCHEMAS}),
    ("platform/azure", "0.9.0", {}),
    ("platform/kubernetes", "3.1.4", {}),
    ("platform/postgres", "1.0.0", {}),
    (f"platform/{_LONG}", "1.0.0-alpha.1", {}),
    ("acme/redis", "0.1.0", {"schemas": {"cache": {"config_schema": CACHE}}}),
    ("acme/redis", "0.2.0", {"schemas": {"cache": {"config_schema": {**CACHE, "required": ["size", "owner"]}}}}),
)
ATTESTED = frozenset(("platform/gcp", version) for version in ("1.4.0", "1.5.0", "2.0.0-rc.1"))
DRIFTED = frozenset({("platform/kubernetes", "3.1.4")})
YANKED: Mapping[tuple[str, str], str] = {
    ("platform/gcp", "1.5.0"): "Deletes buckets that it did not create.\nUse 1.4.0 until 1.5.1 is out.",
    ("platform/postgres", "1.0.0"): "Withdrawn by its authors.",
}
METADATA: Mapping[str, dict[str, Any]] = {
    "platform/gcp": {
        "display_name": "Google Cloud",
        "description": "Manages buckets, databases and networks on Google Cloud.",
        "tags": ["cloud", "google", "storage", "databases"],
        "icon_url": "https://icons.example.com/gcp.svg",
    },
    "platform/azure": {
        "display_name": "Azure",
        "description": "Resource groups, storage accounts and virtual networks.",
        "tags": ["cloud", "microsoft"],
    },
    "platform/kubernetes": {
        "display_name": "Kubernetes",
        "description": "Namespaces, deployments and secrets in any cluster that you have a token for. Waits until what "
        "it applied is really there, and says which condition is missing when it is not.",
        "tags": ["containers", "cloud"],
    },
    "platform/postgres": {
        "display_name": "PostgreSQL",
        "description": "Roles, databases and extensions on a server that you run.",
        "tags": ["databases"],
    },
    "acme/redis": {
        "display_name": "Redis at Acme",
        "description": "Caches and their replicas, as Acme runs them.",
        "tags": ["cache", "databases"],
    },
    f"platform/{_LONG}": {
        "display_name": "A provider whose display name goes on and on, as they sometimes do in real catalogs",
        "description": "Averyveryverylongwordwithoutanyplacetobreakitwhichmuststillfitintoanarrowwindow" * 2,
        "tags": ["a-tag-of-nearly-fifty-characters-to-try-the-layout", "example"],
    },
}


def release(fetcher: InMemoryWheelFetcher, canonical: str, version: str, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Put a wheel with a readme on the host and return the body that registers it."""
    built = version.replace("-rc.", "rc").replace("-alpha.", "a")
    distribution = f"pragmatiks_{canonical.partition('/')[2].replace('-', '_')}_provider"
    metadata = (
        f"Metadata-Version: 2.4\nName: {distribution}\nVersion: {built}\nRequires-Python: >=3.11\n"
        "License-Expression: Apache-2.0\nAuthor: The provider's authors\nRequires-Dist: httpx>=0.28\n"
        "Project-URL: Source, https://git.example.com/gcp\nProject-URL: Issues, https://git.example.com/gcp/issues\n"
        f"Description-Content-Type: text/markdown\n\n{README}"
    )
    wheel = a_wheel(distribution, built, metadata=metadata)
    url = f"https://wheels.example.com/files/{distribution}-{built}-py3-none-any.whl"
    fetcher.put(WheelUrl.parse(url), wheel)
    return {
        "name": canonical,
        "version": version,
        "wheel_url": url,
        "sha256": hashlib.sha256(wheel).hexdigest(),
        **changes,
        "metadata": METADATA[canonical],
    }


def signed_statement(body: Mapping[str, Any]) -> SignedStatement:
    """Return what a publish attestation of a release says."""
    subject = {"name": body["wheel_url"].rpartition("/")[2], "digest": {"sha256": body["sha256"]}}
    statement = {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [subject],
        "predicateType": PUBLISH_V1,
        "predicate": None,
    }
    return SignedStatement(payload=json.dumps(statement).encode(), claims=_CLAIMS, log_index=7)


_CLAIMS = SignerClaims(
    issuer="https://token.actions.githubusercontent.com",
    identity="https://github.com/example/gcp-provider/.github/workflows/release.yml@refs/tags/v1",
    repository="https://github.com/example/gcp-provider",
    repository_id="772247423",
    owner_id="2314423",
    workflow=".github/workflows/release.yml",
    commit="1" * 40,
    run="https://github.com/example/gcp-provider/actions/runs/1/attempts/1",
)
