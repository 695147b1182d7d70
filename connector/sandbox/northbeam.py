"""How Northbeam answers calls to its Orders API v2."""

from collections.abc import Sequence
from http import HTTPStatus

import orjson

from connector.sandbox.answers import Answer, as_json
from connector.sandbox.destination import Destination
from connector.sandbox.judge import Problem
from connector.sandbox.reading import Call


class Northbeam(Destination):
    """It takes a call whole or not at all, and orders can be read back."""

    reads_back = True

    def accepted(self, orders: int) -> Answer:
        """Say that the orders were received; Northbeam processes them later."""
        return as_json(200, {"message": "Orders received"})

    def refused(self, problems: Sequence[Problem], call: Call) -> Answer:
        """Name the wrong orders in JSON within JSON, as Northbeam does."""
        if all(problem.key is None for problem in problems):
            return self.refused_unnamed(problems[0].message)
        named = [
            {"order_id": problem.key, "message": problem.message, "json_path": problem.path}
            for problem in problems
        ]
        return self.refused_unnamed(orjson.dumps(named).decode())

    def refused_unnamed(self, message: str) -> Answer:
        """Refuse the call in plain text."""
        return as_json(400, {"status": 400, "response": message})

    def malformed(self) -> Answer:
        """Refuse what is no JSON; Northbeam says nothing about it."""
        return Answer(400)

    def unauthorised(self) -> Answer:
        """Refuse missing or wrong credentials."""
        return as_json(401, {"status": 401, "response": "Unauthorized"})

    def unknown(self) -> Answer:
        """Say that there is no such order."""
        return as_json(404, {"status": 404, "response": "Order not found"})

    def too_large(self) -> Answer:
        """Refuse a body over the limit."""
        return as_json(413, {"status": 413, "response": "Payload too large"})

    def rate_limited(self, seconds: int) -> Answer:
        """Ask the caller to wait."""
        body = {"error": "rate_limit_error", "retry_after_seconds": seconds}
        return as_json(429, body, {"retry-after": str(seconds)})

    def failed(self, status: int) -> Answer:
        """Fail as a server does."""
        return as_json(status, {"status": status, "response": HTTPStatus(status).phrase})
