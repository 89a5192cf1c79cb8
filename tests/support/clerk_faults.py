"""What Clerk, or whatever stands in its way, may answer that says nothing about what was asked."""

from entrypoints.development.clerk.faults import CannedAnswer, ConnectionReset, Fault, error_answer

UNUSABLE: dict[str, Fault] = {
    "500": error_answer(500, "internal_clerk_error"),
    "502 in HTML": CannedAnswer(502, b"<html>Bad gateway</html>"),
    "503": CannedAnswer(503),
    "a redirect": CannedAnswer(302, b"", (("Location", "/v1/elsewhere"),)),
    "a redirect that keeps the method": CannedAnswer(307, b"", (("Location", "http://[bad"),)),
    "204": CannedAnswer(204),
    "201": CannedAnswer(201, b"{}"),
    "an undocumented refusal": CannedAnswer(418),
    "402": error_answer(402, "quota_exceeded"),
    "200 without a body": CannedAnswer(200),
    "200 in HTML": CannedAnswer(200, b"<html>Welcome to this hotel's WLAN</html>"),
    "200 not UTF-8": CannedAnswer(200, b'{"object":"\xff"}'),
    "200 an array": CannedAnswer(200, b"[]"),
    "200 another object": CannedAnswer(200, b'{"object":"session","id":"sess_1","subject":"mch_1"}'),
    "200 no object member": CannedAnswer(200, b'{"subject":"mch_1"}'),
    "200 nested without end": CannedAnswer(200, b'{"claims":' + b"[" * 60_000),
    "a connection reset": ConnectionReset(),
}
