"""Example sentences of refusals, as the OpenAPI document shows them."""

from collections.abc import Mapping

SENTENCES: Mapping[str, str] = {
    "bad_request": "the request could not be understood; check its path, query and headers",
    "malformed_body": "the body is not UTF-8 (byte 7); encode it as UTF-8",
    "not_authenticated": "Not authenticated",
    "publish_forbidden": "your role in the organisation may not publish; ask one of its admins for the role admin",
    "machine_not_allowed": "this machine may not release; ask an operator to list it",
    "namespace_forbidden": "machines of the Console realm publish platform/<name> only",
    "organization_forbidden": "this is not your active organisation",
    "provider_not_found": "platform/gcp has no published version",
    "version_not_found": "platform/gcp has no public version 9.9.9",
    "registration_not_found": "no registration has this id; send the path of the Location field as it was",
    "schema_not_found": "platform/gcp 1.4.0 has no resource type 'disk'; it has bucket",
    "distribution_not_found": "no public version has such a wheel",
    "not_acceptable": "send an Accept header with text/html",
    "body_timeout": "the body did not arrive within 30 seconds; send it again",
    "version_conflict": "platform/gcp 1.4.0 is already published with different sha256; raise the version",
    "illegal_transition": "platform/gcp 1.4.0 is failed; only a published version can be yanked",
    "body_too_large": "the body exceeds 2097152 bytes; send a smaller one",
    "unsupported_media_type": "send the body as Content-Type: application/json, in UTF-8",
    "invalid_request": "version: not a SemVer 2.0.0 version; send 1.0.0-rc.1",
    "metadata_required": "the first version of a provider needs metadata; send it",
    "wheel_digest_mismatch": "the bytes at the URL have another SHA-256 digest",
    "breaking_change": "1.4.0 breaks users of 1.3.2: bucket (config): `tier` can no longer be set. Configs that were "
    'valid are refused, for example {"tier":"standard"}. Release it as 2.0.0, or send accept_breaking with a reason '
    "and, in changes, the fingerprints of what is meant (null for all). An upgrade hook of a resource, which may "
    "migrate configs, cannot be seen from here",
    "too_many_registrations": "mch_1 has 64 registrations in flight; wait for one to finish and send this again",
    "wheel_host_unreachable": "the wheel's host cannot be reached by this registry; check that its name resolves",
    "wheel_host_failed": "the wheel's host answered 500; try again",
    "database_unavailable": "the database is unreachable; try again",
    "token_authority_unavailable": "tokens cannot be verified now; try again",
    "log_empty": "the transparency log has no checkpoint yet; ask again once an operator has opened it",
    "tile_not_found": "the log has no such tile; read its checkpoint again, which says how large it is",
    "not_logged_yet": "platform/gcp 1.4.0 is not in the log yet; ask again in a second",
    "cursor_ahead": "the log registry.example.com/log has 5 entries, not 7; begin again with 0",
    "too_many_followers": "as many clients wait for changes as may at once; poll without waiting",
    "wheel_host_timeout": "the wheel's host did not finish in 60 s; try again",
}
MEMBERS: Mapping[str, Mapping[str, object]] = {
    "breaking_change": {
        "errors": [
            {
                "loc": ["body", "schemas", "bucket", "config_schema", "tier"],
                "msg": "`tier` can no longer be set. Configs that were valid are refused, for example "
                '{"tier":"standard"}. (see /rules#property-removed; fingerprint 58199f4e2467)',
                "type": "property-removed",
            }
        ]
    },
    "version_conflict": {"differences": ["sha256"], "existing_status": "published"},
    "invalid_request": {
        "errors": [
            {
                "loc": ["body", "version"],
                "msg": "not a SemVer 2.0.0 version; send 1.0.0-rc.1",
                "type": "invalid_version",
            }
        ]
    },
}
"""Members that the problems of some codes have beside those of all."""
