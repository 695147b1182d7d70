"""Compares what the destinations hold with what the views say."""

from typing import Any

import duckdb
import requests

import connector
from connector.compile import literal, quote
from connector.contract.contract import Contract
from connector.destinations import contracts
from demo.running import HOME, PROJECT, WAREHOUSE

NOTHING = ("abandoned", "cancelled", "draft", "failed", "not_an_order")  # no order to be held


def newly_written(url: str, destination: str, before: dict[str, Any]) -> list[str]:
    """Return the orders that a destination got since `before`."""
    now = writes(url, destination)
    return sorted(key for key, count in now.items() if count != before.get(key))


def compare_all(url: str) -> bool:
    """Print what each destination holds beside what its views say, and whether they agree."""
    verdicts = [compare(url, contract) for contract in contracts().values()]
    return all(verdicts)


def compare(url: str, contract: Contract) -> bool:
    """Do it for one destination."""
    name = contract.destination
    with duckdb.connect(str(WAREHOUSE), read_only=True) as warehouse:
        views = warehouse.execute(said_by_views(contract), {"invalid": invalid(name)}).fetchall()
    held = counts(url, name)
    held |= {f"revenue {currency}": total for currency, total in held["revenue"].items()}
    print(f"\n  {name:<22}{'the views':>14}{'held there':>14}")
    for what, view in views:
        verdict = "✓" if view == str(held.get(what)) else "✗ they differ"
        print(f"  {what:<22}{view:>14}{held.get(what)!s:>14}  {verdict}")
    return all(view == str(held.get(what)) for what, view in views)


def said_by_views(contract: Contract) -> str:
    """Return a select of (what, value): rows and revenue of the orders to be held there.

    Those are all but `$invalid` ones and those that count for nothing.
    """
    key, name = quote(contract.key), contract.destination
    paid = next(field.column for field in contract.orders.fields if field.kind == "number")
    lifecycle = contract.lifecycle
    sent = set(lifecycle.sent_as) - set(lifecycle.opt_in)
    nothing = ", ".join(map(literal, sorted({*NOTHING} - sent)))
    gone = f"coalesce({quote(lifecycle.column)}, '') in ({nothing})"
    views = {each.name: quote(f"{name}__{each.name}") for each in contract.entities()}
    orders = views[contract.orders.name]
    valid = (
        f"where {key} in (select {key} from {orders} "  # noqa: S608
        f"where {key} not in (select unnest($invalid)) and not {gone})"
    )
    counted = [
        f"select {literal(entity)}, count(*)::varchar from {view} {valid}"  # noqa: S608
        for entity, view in views.items()
    ]
    counted_for_nothing = f"{quote(lifecycle.column)} in ({', '.join(map(literal, NOTHING))})"
    revenue = (
        f"select 'revenue ' || currency, sum({quote(paid)})::decimal(38, 2)::varchar "  # noqa: S608
        f"from {orders} {valid} and not coalesce({counted_for_nothing}, false) group by currency"
    )
    return f"{' union all '.join(counted)} union all (from ({revenue}) order by all)"


def invalid(destination: str) -> list[str]:
    """Return the orders that are held back, as the connector lists them."""
    project = connector.open(PROJECT, config=HOME / "connector.yml")
    found = sorted({error.order_id for error in project.errors(destination)})
    print(f"\n  {len(found):,} orders are invalid; `connector errors {destination}` says why")
    return found


def counts(url: str, destination: str) -> dict[str, Any]:
    """Return what the local stand-in of a destination holds."""
    return asked(f"{url}/sandbox/counts", destination)


def writes(url: str, destination: str) -> dict[str, Any]:
    """Return how often each order was written there."""
    return asked(f"{url}/sandbox/writes", destination)


def asked(url: str, destination: str) -> dict[str, Any]:
    """Return an answer of the sandbox."""
    found: dict[str, Any] = requests.get(
        url, params={"destination": destination}, timeout=30
    ).json()
    return found
