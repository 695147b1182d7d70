"""Which orders a call means, by keywords that are named as the options of the command line."""

from collections.abc import Sequence
from typing import Any, TypedDict

from connector.plan.choice import Choice


class Chosen(TypedDict, total=False):
    """Which orders a run considers, as options of the command line say it.

    `full` takes unchanged ones too, `full_scan` looks for changes in all orders whatever
    `watermark`, `unguarded` overrides the guards (`--yes`), `allow_side_effects` loads many orders
    at once although each may message a customer.
    """

    full: bool
    limit: int | None
    order_ids: Sequence[str]
    full_scan: bool
    allow_side_effects: bool
    unguarded: bool


def choice(chosen: Chosen) -> Choice:
    """Return it as a value."""
    wanted: dict[str, Any] = {**chosen, "order_ids": tuple(chosen.get("order_ids", ()))}
    return Choice(**wanted)
