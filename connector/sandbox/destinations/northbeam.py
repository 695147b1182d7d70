"""How Northbeam answers calls to its Orders API v2."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import orjson

from connector.sandbox.calls.answers import Answer, as_json
from connector.sandbox.calls.judge import Problem
from connector.sandbox.calls.reading import Call
from connector.sandbox.handling.changes import Changes
from connector.sandbox.handling.destination import Destination
from connector.sandbox.handling.giving import Giving
from connector.text import exact

_CHANGES = Changes(
    kept=("order_id", "customer_id", "time_of_purchase"),
    whole=("products", "refunds"),
    aliases="alternate_order_ids",
)
_MOST_ROWS = 1000
_FIELDS = (
    *("order_id", "customer_id", "customer_name", "customer_email", "customer_phone_number"),
    *("time_of_purchase", "currency", "purchase_total", "tax", "shipping_cost"),
    *("discount_amount", "discount_codes", "order_tags", "is_recurring_order"),
)


class Northbeam(Destination):
    """It accepts a call completely or not at all, and orders can be read back."""

    reads_back = True
    refuses_equal_orders = True

    def changes(self) -> Mapping[tuple[str, str], Any]:
        """Return PATCH, and the call for aliases."""
        return {("PATCH", ""): _CHANGES.patch, ("POST", "/aliases"): _CHANGES.alias}

    def rows(self, orders: Sequence[tuple[str, float]], giving: Giving) -> Answer:
        """Answer with JSON within a JSON text, cut off without a word, as Northbeam does."""
        rows = giving.cut([_row(text, written) for text, written in orders[:_MOST_ROWS]])
        return Answer(200, orjson.dumps(exact.compact(rows)), "text/html")

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
        return as_json(400, {"status": "400", "response": message})

    def malformed(self) -> Answer:
        """Refuse invalid JSON; Northbeam does not document this case."""
        return Answer(400)

    def unauthorised(self) -> Answer:
        """Refuse missing or wrong credentials."""
        return as_json(401, {"status": "401", "response": "Unauthorized"})

    def unknown(self) -> Answer:
        """Answer that the order does not exist."""
        return as_json(404, {"status": "404", "response": "Order not found"})

    def too_large(self) -> Answer:
        """Refuse a body over the limit."""
        return as_json(413, {"status": "413", "response": "Payload too large"})

    def rate_limited(self, seconds: int) -> Answer:
        """Ask the caller to wait."""
        body = {"error": "rate_limit_error", "retry_after_seconds": seconds}
        return as_json(429, body, {"retry-after": str(seconds)})

    def failed(self, status: int) -> Answer:
        """Fail as a server does."""
        return as_json(status, {"status": str(status), "response": HTTPStatus(status).phrase})


def _row(text: str, written: float) -> dict[str, Any]:
    """Return an order as it is read back: no products, no refunds, but flags."""
    order = exact.loads(text)
    flags = {name: bool(order.get(name)) for name in ("is_cancelled", "is_deleted")}
    updated = {"updated_at": datetime.fromtimestamp(written or 0, UTC).isoformat()}
    return {name: order.get(name) for name in _FIELDS} | flags | updated
