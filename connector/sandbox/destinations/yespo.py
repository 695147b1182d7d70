"""How Yespo answers calls to Add orders, and which events they raise."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from connector.sandbox.calls.answers import Answer, as_json
from connector.sandbox.calls.judge import Problem
from connector.sandbox.calls.reading import Call
from connector.sandbox.handling.destination import Destination

_COUNTED = ("INITIALIZED", "IN_PROGRESS", "DELIVERED")
_ACCOUNT = {"userEmail": "sandbox@orders.example", "organisationName": "Sandbox"}


class Yespo(Destination):
    """It refuses single orders within a 200, and every order that it takes raises an event.

    What it refuses comes as a `list` or one `object`; an answer without refusals may be `empty`.
    With `duplicated` it refuses a call that is equal to the one that it took before.
    """

    deletes_between = ("from", "to")
    variants = ("list", "object", "empty", "duplicated")
    _last: Any = None

    def pages(self) -> Mapping[str, Answer]:
        """Return what the question for the account answers."""
        return {"/api/v1/account/info": as_json(200, _ACCOUNT)}

    def counts(self, order: Mapping[str, Any]) -> bool:
        """Return whether the total of its list of orders has the order in it."""
        return order["status"] in _COUNTED

    def event(self, order: Mapping[str, Any]) -> str | None:
        """Return the event that starts workflows, such as orderDELIVERED."""
        return f"order{order['status']}"

    def turned_away(self, document: Any, settings: Mapping[str, str]) -> Answer | None:
        """Refuse a call that was just taken, if that is what it does."""
        if self.variant != "duplicated":
            return None
        last, self._last = self._last, document
        return self.refused_unnamed("Duplicated request") if document == last else None

    def accepted(self, orders: int) -> Answer:
        """Say that no order failed, in one of three ways."""
        if self.variant == "empty":
            return Answer(200)
        return as_json(200, {} if self.variant == "object" else {"failedOrders": []})

    def refused(self, problems: Sequence[Problem], call: Call) -> Answer:
        """Give back each failed order as it was received, with the first thing wrong with it."""
        first = {problem.at: problem for problem in reversed(problems)}
        failed = [
            b'{"order":%s,"error":%s}' % (call.texts[at].encode(), orjson.dumps(first[at].message))
            for at in sorted(at for at in first if at is not None)
        ]
        texts = b",".join(failed)
        if self.variant == "object" and len(failed) == 1:
            return Answer(200, b'{"failedOrders":%s,"asyncSessionId":"1"}' % texts, refuses=True)
        return Answer(200, b'{"failedOrders":[%s]}' % texts, refuses=True)

    def malformed(self) -> Answer:
        """Refuse invalid JSON, in plain text."""
        return Answer(400, b"Bad request", "text/plain")

    def rate_limited(self, seconds: int) -> Answer:
        """Refuse a call over the budget; Yespo does not say how long to wait."""
        return as_json(429, {"message": "Too Many Requests"})

    def deleted(self) -> Answer:
        """Say nothing: the order is deleted in the background."""
        return Answer(200)
