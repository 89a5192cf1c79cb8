"""Answers in Clerk's format."""

import json
from typing import Any

from entrypoints.development.clerk.faults import CannedAnswer


def json_answer(status: int, body: dict[str, Any]) -> CannedAnswer:
    """Return an answer in JSON."""
    return CannedAnswer(status, json.dumps(body).encode(), (("Content-Type", "application/json"),))
