"""How Triple Whale answers calls to the bulk endpoint of Data-In orders."""

from collections.abc import Mapping, Sequence
from datetime import date
from http import HTTPStatus
from typing import Any

import orjson

from connector.sandbox.calls.answers import Answer, as_json
from connector.sandbox.calls.judge import Problem
from connector.sandbox.calls.reading import Call
from connector.sandbox.destinations.tables.triple_whale import answered
from connector.sandbox.handling.destination import Destination
from connector.sandbox.handling.giving import Giving
from connector.sandbox.storage.identity import Identity
from connector.sandbox.storage.store import Store

_KEY_CHECK = "/api/v2/users/api-keys/me"
_DEFAULT_PLATFORM = "custom-msp"


class TripleWhale(Destination):
    """It keeps the valid orders of a call that it answers with 400, and knows records by 7 parts.

    Its errors come `named`, without ids (`nameless`), or not at all (`unnamed`).
    """

    identity = Identity(
        envelope=("shop",),
        fields={
            "order_id": None,
            "created_at": None,
            "platform": _DEFAULT_PLATFORM,
            "platform_account_id": _DEFAULT_PLATFORM,
        },
        items={"refunds": ("refund_id", "refunded_at")},
        void="void",
    )
    variants = ("named", "nameless", "unnamed")

    def pages(self) -> Mapping[str, Answer]:
        """Return what the check of a key answers."""
        return {_KEY_CHECK: as_json(200, {"success": True, "scopes": ["Orders: Write"]})}

    def asked(
        self, store: Store, question: Mapping[str, Any], days: tuple[date, date], giving: Giving
    ) -> Answer:
        """Answer a query over the table of orders; its errors are reported with status 200."""
        if not question.get("shopId"):
            return self.forbidden()
        name, query = self.contract.destination, str(question.get("query", ""))
        try:
            found = answered(store, name, query, days, question.get("currency"))
        except ValueError as error:
            return as_json(200, {"success": False, "error": str(error)})
        rows = found if len(found) == 1 and "count" in query else giving.cut(found)
        if giving.shape == "array":
            return Answer(200, orjson.dumps(rows))
        data = {"rows": rows} if giving.shape == "rows" else rows
        return as_json(200, {"success": True, "message": "", "data": data})

    def turned_away(self, document: Any, settings: Mapping[str, str]) -> Answer | None:
        """Refuse an invalid shop name, and fail for an unknown shop."""
        shop = document.get("shop") if isinstance(document, dict) else None
        if not isinstance(shop, str) or not shop or "/" in shop:
            return self.forbidden()
        return None if settings.get("shop", shop) == shop else self.failed(500)

    def accepted(self, orders: int) -> Answer:
        """Say how many orders were received."""
        return as_json(200, {"success": True, "message": f"{orders} orders received"})

    def refused(self, problems: Sequence[Problem], call: Call) -> Answer:
        """List what is wrong with each order; the others were accepted."""
        if self.variant == "unnamed":
            return self.refused_unnamed("Validation errors")
        errors = [
            {"error": problem.message}
            if problem.key is None or self.variant == "nameless"
            else {"order_id": problem.key, "error": problem.message}
            for problem in problems
        ]
        body = {"success": False, "message": "Validation errors", "errors": errors}
        return as_json(400, body)

    def refused_unnamed(self, message: str) -> Answer:
        """Refuse the call without a list."""
        return _no(400, message)

    def malformed(self) -> Answer:
        """Refuse invalid JSON."""
        return _no(400, "Invalid order data.")

    def forbidden(self) -> Answer:
        """Refuse the shop in words that mislead, as Triple Whale does."""
        return _no(403, "Access token is required")

    def rate_limited(self, seconds: int) -> Answer:
        """Ask the caller to wait."""
        body = {"success": False, "message": "Rate limit exceeded. Try again later."}
        return as_json(429, body, {"retry-after": str(seconds)})

    def failed(self, status: int) -> Answer:
        """Fail as a server does."""
        message = "Error processing order" if status == 500 else HTTPStatus(status).phrase  # noqa: PLR2004
        return _no(status, message)


def _no(status: int, message: str) -> Answer:
    return as_json(status, {"success": False, "message": message})
