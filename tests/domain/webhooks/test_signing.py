"""Signatures, as the specification's own library verifies them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from domain.webhooks.signing import Message, new_secret, read_event, signed
from tests.support.log_vectors import log_vectors

BODY = '{"id":"e","time":"2026-01-02T03:04:05.600000Z","text":"ü"}'.encode()


def secret_of(fill: int) -> str:
    return new_secret(lambda size: bytes([fill]) * size)


OLD, NEW, OTHER = map(secret_of, (1, 2, 3))


def fields_of(message: Message) -> dict[str, str]:
    return {
        "webhook-id": message.id,
        "webhook-timestamp": str(message.seconds),
        "webhook-signature": message.signatures,
    }


def test_a_known_message_has_the_signature_that_other_libraries_make() -> None:
    message = signed(
        b'{"test": 2432232314}',
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        secrets=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        at=datetime.fromtimestamp(1614265330, UTC),
    )
    assert message.signatures == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_delivery_has_the_signatures_of_the_vectors() -> None:
    vector = log_vectors()["webhook"]
    fields = vector["headers"]
    at = datetime.fromtimestamp(int(fields["webhook-timestamp"]), UTC)
    for secrets, signatures in (
        ([vector["secret"]], fields["webhook-signature"]),
        ([vector["secret"], vector["previous_secret"]], vector["signature_while_rotating"]),
    ):
        message = signed(vector["body"].encode(), message_id=fields["webhook-id"], secrets=secrets, at=at)
        assert message.signatures == signatures


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=5))])
def test_the_library_verifies_a_message(zone: timezone) -> None:
    message = signed(BODY, message_id="e", secrets=[NEW], at=datetime.now(zone))
    assert Webhook(NEW).verify(BODY, fields_of(message))["text"] == "ü"


def test_during_a_rotation_either_secret_verifies_and_no_other() -> None:
    message = signed(BODY, message_id="e", secrets=[NEW, OLD], at=datetime.now(UTC))
    assert message.signatures.count(" ") == 1
    for secret in (OLD, NEW):
        Webhook(secret).verify(BODY, fields_of(message))
    with pytest.raises(WebhookVerificationError):
        Webhook(OTHER).verify(BODY, fields_of(message))


@pytest.mark.parametrize("field", ["webhook-id", "webhook-timestamp"])
def test_what_is_signed_cannot_be_changed(field: str) -> None:
    fields = fields_of(signed(BODY, message_id="e", secrets=[NEW], at=datetime.now(UTC)))
    changed = {**fields, field: str(int(fields["webhook-timestamp"]) + 1)}
    with pytest.raises(WebhookVerificationError):
        Webhook(NEW).verify(BODY, changed)
    with pytest.raises(WebhookVerificationError):
        Webhook(NEW).verify(BODY + b" ", fields)


def test_a_secret_is_32_random_bytes() -> None:
    assert OLD == "whsec_" + "AQEB" * 10 + "AQE="


def test_an_entry_is_read() -> None:
    event = read_event(BODY)
    assert (event.id, event.at) == ("e", datetime(2026, 1, 2, 3, 4, 5, 600000, UTC))
