"""How a destination answers that has no module of its own; the others build on it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any

from connector.contract.contract import Contract
from connector.sandbox.calls.answers import Answer, as_json
from connector.sandbox.calls.judge import Problem
from connector.sandbox.calls.reading import Call
from connector.sandbox.handling.giving import Giving, rows_of
from connector.sandbox.storage.identity import Identity
from connector.sandbox.storage.reports import orders_between
from connector.sandbox.storage.store import Store
from connector.text import exact


class Destination:
    """The answers of one API, made from its contract.

    `identity` is what makes a record beside the order's key; `variants` are the shapes that its
    answers are known to come in, of which `variant` is the one in force.
    """

    identity: Identity | None = None
    reads_back = False  # whether a single order can be read
    refuses_equal_orders = False  # of one call
    deletes_between: tuple[str, str] | None = None  # parameters: a range of time, both ends in it
    variants: Sequence[str] = ("usual",)

    def __init__(self, contract: Contract, variant: str | None = None) -> None:
        self.contract = contract
        self.variant = variant or self.variants[0]

    @property
    def is_partial(self) -> bool:
        """Whether the valid orders of a call are kept when others are refused."""
        return bool(self.contract.schema.get("x-failure-unit", "call") != "call")

    def pages(self) -> Mapping[str, Answer]:
        """Return the answers at other paths, for calls with the credentials: path → answer."""
        return {}

    def changes(self) -> Mapping[tuple[str, str], Any]:
        """Return what handles further calls: method and path below that of the orders → handler."""
        return {}

    def asked(
        self, store: Store, question: Mapping[str, Any], days: tuple[date, date], giving: Giving
    ) -> Answer:
        """Answer the question for the orders of some days, the last one among them."""
        first, end = days[0].isoformat(), (days[1] + timedelta(days=1)).isoformat()
        return self.rows(orders_between(store, self.contract, first, end), giving)

    def rows(self, orders: Sequence[tuple[str, float]], giving: Giving) -> Answer:
        """Give orders back: their texts, each with the time at which it was written."""
        rows = giving.cut(list(rows_of(self.contract, [text for text, _ in orders])))
        return Answer(200, exact.compact(rows).encode())

    def counts(self, order: Mapping[str, Any]) -> bool:
        """Return whether an order is part of the revenue; one sent as cancelled is not."""
        lifecycle = self.contract.lifecycle
        instead = lifecycle.sent_as.values() if lifecycle else ()
        return not any(each.items() <= order.items() for each in instead)

    def event(self, order: Mapping[str, Any]) -> str | None:
        """Return the name of the event that an accepted order raises."""
        return None

    def turned_away(self, document: Any, settings: Mapping[str, str]) -> Answer | None:
        """Answer a call that is not looked into; `settings` are the values known to be right."""
        return None

    def accepted(self, orders: int) -> Answer:
        """Answer a call whose orders were all accepted, as the contract's terms of success say."""
        return as_json(200, self._success(0))

    def _success(self, rejected: int) -> dict[str, Any]:
        terms = self.contract.success
        if terms is None:
            return {}
        return {**terms.requires, **({terms.rejected: rejected} if terms.rejected else {})}

    def refused(self, problems: Sequence[Problem], call: Call) -> Answer:
        """Answer a call of which some orders are wrong: name them, or count them in a 200."""
        if self.contract.success and self.contract.success.rejected:
            wrong = len({problem.at for problem in problems})
            return replace(as_json(200, self._success(wrong)), refuses=True)
        errors = [
            {self.contract.key: problem.key, "message": problem.message, "path": problem.path}
            for problem in problems
        ]
        return as_json(400, {"errors": errors})

    def refused_unnamed(self, message: str) -> Answer:
        """Answer a call that is wrong as a whole, or whose wrong orders are not named."""
        return as_json(400, {"message": message})

    def malformed(self) -> Answer:
        """Answer a body that is not valid JSON."""
        return self.refused_unnamed("the body is no JSON")

    def unauthorised(self) -> Answer:
        """Answer missing or wrong credentials."""
        return self.failed(401)

    def forbidden(self) -> Answer:
        """Answer credentials that are right and not enough."""
        return self.failed(403)

    def unknown(self) -> Answer:
        """Answer a request for an order that does not exist."""
        return self.failed(404)

    def too_large(self) -> Answer:
        """Answer a body over the limit."""
        return self.failed(413)

    def rate_limited(self, seconds: int) -> Answer:
        """Answer a call over the budget."""
        return as_json(429, {"message": "Too Many Requests"}, {"retry-after": str(seconds)})

    def failed(self, status: int) -> Answer:
        """Answer with a failure of the server, or another that needs no more words."""
        return as_json(status, {"message": HTTPStatus(status).phrase})

    def deleted(self) -> Answer:
        """Answer a call that deletes an order, whether it was there or not."""
        return as_json(200, {})
