"""How Northbeam answers calls to its Orders API v2."""

from collections.abc import Sequence
from http import HTTPStatus

import orjson

from connector.sandbox.answers import Answer, as_json
from connector.sandbox.judge import Problem


def accepted() -> Answer:
    """Say that the orders were received; Northbeam processes them later."""
    return as_json(200, {"message": "Orders received"})


def refused(problems: Sequence[Problem]) -> Answer:
    """Name the wrong orders in JSON within JSON, as Northbeam does."""
    named = [
        {"order_id": problem.key, "message": problem.message, "json_path": problem.path}
        for problem in problems
    ]
    return refused_unnamed(orjson.dumps(named).decode())


def refused_unnamed(message: str) -> Answer:
    """Refuse the call in plain text."""
    return as_json(400, {"status": 400, "response": message})


def malformed() -> Answer:
    """Refuse what is no JSON; Northbeam says nothing about it."""
    return Answer(400)


def unauthorised() -> Answer:
    """Refuse missing or wrong credentials."""
    return as_json(401, {"status": 401, "response": "Unauthorized"})


def unknown() -> Answer:
    """Say that there is no such order."""
    return as_json(404, {"status": 404, "response": "Order not found"})


def too_large() -> Answer:
    """Refuse a body over the limit."""
    return as_json(413, {"status": 413, "response": "Payload too large"})


def rate_limited(seconds: int) -> Answer:
    """Ask the caller to wait."""
    body = {"error": "rate_limit_error", "retry_after_seconds": seconds}
    return as_json(429, body, {"retry-after": str(seconds)})


def failed(status: int) -> Answer:
    """Fail as a server does."""
    return as_json(status, {"status": status, "response": HTTPStatus(status).phrase})
