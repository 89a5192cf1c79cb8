"""What Clerk, or whatever stands in its way, may answer that says nothing about what was asked."""

from entrypoints.development.clerk.faults import ConnectionReset, Fault
from entrypoints.development.clerk.responses import CannedResponse, error_response

UNUSABLE: dict[str, Fault] = {
    "500": error_response(500, "internal_clerk_error"),
    "502 in HTML": CannedResponse(502, b"<html>Bad gateway</html>"),
    "503": CannedResponse(503),
    "a redirect": CannedResponse(302, b"", (("Location", "/v1/elsewhere"),)),
    "a redirect that keeps the method": CannedResponse(307, b"", (("Location", "http://[bad"),)),
    "204": CannedResponse(204),
    "201": CannedResponse(201, b"{}"),
    "an undocumented refusal": CannedResponse(418),
    "402": error_response(402, "quota_exceeded"),
    "200 without a body": CannedResponse(200),
    "200 in HTML": CannedResponse(200, b"<html>Welcome to this hotel's WLAN</html>"),
    "200 not UTF-8": CannedResponse(200, b'{"object":"\xff"}'),
    "200 an array": CannedResponse(200, b"[]"),
    "200 another object": CannedResponse(200, b'{"object":"session","id":"sess_1","subject":"mch_1"}'),
    "200 no object member": CannedResponse(200, b'{"subject":"mch_1"}'),
    "200 nested without end": CannedResponse(200, b'{"claims":' + b"[" * 60_000),
    "a connection reset": ConnectionReset(),
}
