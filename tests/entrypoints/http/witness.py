"""Holds every refusal that a test sees against what the API's description says of its operation."""

import json

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from entrypoints.http.openapi.refusals import REFUSALS, REFUSALS_WITH_ATTESTATIONS

_OF_NO_OPERATION = {"internal_error", "route_not_found", "method_not_allowed"}


class Witness:
    """An application, and the refusals of it that its description lacks."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.undocumented: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        problem = bytearray()
        is_problem = False

        async def watched(message: Message) -> None:
            nonlocal is_problem
            if message["type"] == "http.response.start":
                is_problem = (b"content-type", b"application/problem+json") in message["headers"]
            elif message["type"] == "http.response.body" and is_problem:
                problem.extend(message["body"])
            await send(message)

        await self._app(scope, receive, watched)
        operation = operation_of(scope)
        if problem and operation is not None:
            code = json.loads(problem)["code"]
            known = {*REFUSALS.get(operation, ()), *REFUSALS_WITH_ATTESTATIONS.get(operation, ()), *_OF_NO_OPERATION}
            if code not in known:
                self.undocumented.add(f"{operation}: {code}")


def operation_of(scope: Scope) -> str | None:
    """Return the id of the operation that a request was routed to."""
    return getattr(scope.get("route_handler"), "operation_id", None)
