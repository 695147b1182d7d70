"""SQL that reads from a destination's views only the orders whose stamps say they may differ."""

from collections.abc import Mapping
from dataclasses import dataclass

from connector.compile import Columns, literal, quote
from connector.compile.reading.lifecycle import EARLY, SENT, may_be_early, standing
from connector.contract.contract import Contract
from connector.settings.settings import Policy
from connector.settings.watermark import CHANGED_AT

_STAMP = quote(CHANGED_AT)
_RECENT = f"({_STAMP} >= $since or {_STAMP} is null)"


@dataclass(frozen=True, slots=True)
class Held:
    """Decides which orders of the view the destination should hold."""

    policy: Policy
    destination: str
    environment: str

    def condition(self, contract: Contract, columns: Columns) -> str:
        """Return SQL that is true for a row of such an order; early ones count if known."""
        stands = standing(contract, self.policy, columns)
        if not may_be_early(self.policy):
            return f"{stands} = {SENT}"
        known = current(self.destination, self.environment)
        delivered = f"select order_id from ({known}) where outcome = 'delivered'"
        is_known = f"{quote(contract.key)} in ({delivered})"
        return f"({stands} = {SENT} or ({stands} = {EARLY} and {is_known}))"


def measured(contract: Contract, relations: Mapping[str, str], columns: Columns, held: Held) -> str:
    """Return a select of one row: orders, withheld, recent, latest.

    `orders` should be at the destination, `withheld` are in the view but should not be there,
    `recent` have a stamp of `$since` or later, or none; `latest` is the greatest stamp that is not
    after `$began`, in microseconds since 1970.
    """
    condition = held.condition(contract, columns)
    return (
        "select count(*) filter (where is_held) as orders, "
        "count(*) filter (where not is_held) as withheld, "
        f"count(*) filter (where {_RECENT}) as recent, "
        f"epoch_us(max({_STAMP}) filter (where {_STAMP} between to_timestamp(0) and $began)) "
        f"as latest from (select {_STAMP}, {condition} as is_held "
        f"from {relations[contract.orders.name]})"
    )


def recent(contract: Contract, relations: Mapping[str, str], columns: Columns) -> str:
    """Return a select of the orders whose stamp is `$since` or later, or null."""
    return f"{_rows(contract.orders.name, relations, columns)} where {_RECENT}"


def others(
    contract: Contract, relations: Mapping[str, str], columns: Columns, ids: int | None
) -> str:
    """Return a select of the other orders of `work.sought`; when few, their `ids` are bound."""
    rows = _rows(contract.orders.name, relations, columns)
    return f"{rows} where {_is_sought(contract, ids)} and not coalesce({_STAMP} >= ?, true)"


def stamped(contract: Contract) -> str:
    """Return a select of the orders that `recent` found, with the columns of `work.sought`."""
    return f"select {quote(contract.key)}, true from {cut(contract.orders.name)} where {_RECENT}"


def present(contract: Contract, columns: Columns, held: Held) -> str:
    """Return a select of two counts of copied orders: those due at the destination, and others."""
    return (
        "select count(*) filter (where is_held), count(*) filter (where not is_held) "
        f"from (select {held.condition(contract, columns)} as is_held "
        f"from {cut(contract.orders.name)})"
    )


def children(
    contract: Contract, relations: Mapping[str, str], columns: Columns, ids: int | None
) -> dict[str, str]:
    """Return for each child a select of its rows of `work.sought`; when few, `ids` are bound."""
    return {
        name: f"{_rows(name, relations, columns)} where {_is_sought(contract, ids)}"
        for name in relations
        if name != contract.orders.name
    }


def restamped(
    contract: Contract, relations: Mapping[str, str], columns: Columns, ids: int | None
) -> str:
    """Return the statement that notes copied orders whose stamps have changed in the view since."""
    now = f"{_rows(contract.orders.name, relations, columns)} where {_is_sought(contract, ids)}"
    return stamped_anew(contract, f"({now})")


def stamped_anew(contract: Contract, now: str) -> str:
    """Return the same statement for a relation that has their keys and stamps as they are now."""
    name, key = contract.orders.name, quote(contract.key)
    return (
        f"insert into work.changed_while_read select {key} from {cut(name)} except "
        f"select cut.{key} from {cut(name)} as cut inner join {now} as view "
        f"on view.{key} = cut.{key} and view.{_STAMP} is not distinct from cut.{_STAMP}"
    )


def cut(entity: str) -> str:
    """Return the quoted name of the table that holds the rows copied from a view."""
    return f"work.{quote(table(entity))}"


def table(entity: str) -> str:
    """Return the unquoted name of that table."""
    return f"cut_{entity}"


def current(destination: str, environment: str) -> str:
    """Return a select of the last outcomes of each order of a destination in the ledger."""
    return (
        f"select * from ledger.current where destination = {literal(destination)} "
        f"and environment = {literal(environment)}"
    )


def _rows(entity: str, relations: Mapping[str, str], columns: Columns) -> str:
    names = ", ".join(map(quote, columns[entity]))
    return f"select {names} from {relations[entity]}"


def _is_sought(contract: Contract, ids: int | None) -> str:
    """Return the condition for a row; bound ids filter rows during the scan."""
    chosen = "select order_id from work.sought" if ids is None else ", ".join("?" * ids)
    return f"{quote(contract.key)} in ({chosen})"
