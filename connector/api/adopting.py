"""Takes over what a destination holds already; nothing here can send."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from connector.api.periods import window_of
from connector.exceptions import ChoiceError
from connector.plan.choice import Choice
from connector.runs import adopt
from connector.runs.summary import Summary
from connector.runs.workspace import Options, configured, opened
from connector.settings.windows import ALWAYS, Window


@dataclass(frozen=True, slots=True)
class Undone:
    """How many orders that a run adopted are so no more."""

    destination: str
    environment: str
    adopted_by: int
    undone: int

    def as_dict(self) -> dict[str, Any]:
        """Return the stable JSON of `adopt --undo`."""
        return asdict(self)


def adopted(
    options: Options,
    name: str,
    until: str | Window | None,
    order_ids: Sequence[str] | None,
    *,
    unguarded: bool,
) -> Summary:
    """Record orders as adopted; raises ChoiceError for invalid ids, or ConnectorError."""
    if order_ids is not None and not order_ids:
        raise ChoiceError(
            f"{name}: no order is named; give ids, or leave `order_ids` out to adopt all"
        )
    window = Window(ALWAYS.start, window_of(until).end) if until else None
    ids = tuple(order_ids or ())
    choice = Choice(order_ids=ids, window=window, unguarded=unguarded, lenient=True)
    (account,), warehouse = configured(options, [name])
    with opened(account, warehouse, read_only=False) as workspace:
        return adopt.adopt(workspace.job, workspace.ledger, choice)


def undone(options: Options, name: str, run_id: int) -> Undone:
    """Undo what a run adopted; raises ChoiceError when nothing of it still stands."""
    (account,), warehouse = configured(options, [name])
    with opened(account, warehouse, read_only=False) as workspace:
        orders = adopt.undo(workspace.job, workspace.ledger, run_id)
    return Undone(**account.scope.values(), adopted_by=run_id, undone=orders)
