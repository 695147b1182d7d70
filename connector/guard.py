"""Stops a run before the first send when a plan is far larger than usual (promise P9).

A broken model must not be sent to the world.
"""

from collections.abc import Sequence

from connector.alerts import Alert
from connector.choice import Plan
from connector.columns import ColumnSample
from connector.contract import Contract
from connector.errors import GuardError
from connector.settings import Destination

QUIET = 100  # orders: a first load of more needs --allow-side-effects where a send has any
_NEXT = "check the models, or run with --yes when that is right"


def check(found: Sequence[Alert]) -> None:
    """Raise GuardError when there is anything that `findings` has found."""
    for alert in found:
        raise GuardError(f"{alert.message}; {_NEXT}")


def findings(
    plan: Plan, sample: ColumnSample, destination: Destination, *, full: bool
) -> list[Alert]:
    """Return whether too large a share of what was delivered would change, is invalid or gone.

    A first load may be as large as it likes, but not empty; a `full` run is meant to send all.
    """
    known, name = plan.known, destination.name
    if not plan.orders:
        before = f"the view has no orders, {known:,} were delivered before"
        return [Alert("no_orders", f"{name}: {before}")]
    guards, vanished = destination.guards, sample.vanished()
    share, floor = guards.changed_share, guards.floor
    found = []
    if not full and _is_many(plan.resent, known, share, floor):
        again = _share(plan.resent, known, share)
        columns = ", ".join(sample.most_changed()) or "unknown"
        told = f"{again} would be sent again; most changed: {columns}"
        found.append(Alert("resend", f"{name}: {told}"))
    if _is_many(plan.spoiled, known, share, floor):
        spoiled = _share(plan.spoiled, known, share)
        rules = f"`connector validate {name}` says by which rule"
        found.append(Alert("invalid", f"{name}: {spoiled} are invalid now, {rules}"))
    if _is_many(vanished, known, guards.removed_share, floor * guards.removed_share):
        gone = _share(vanished, known, guards.removed_share)
        found.append(Alert("gone", f"{name}: {gone} are gone from the view since the last run"))
    return found


def is_load(plan: Plan, *, full: bool) -> bool:
    """Return whether a run is no daily one: it sends more than was ever delivered, or all."""
    return full or plan.planned > plan.known


def check_side_effects(contract: Contract, orders: int, *, allowed: bool) -> None:
    """Raise GuardError when many orders would set off what their contract says a send sets off."""
    if contract.side_effects and orders > QUIET and not allowed:
        ways = "; or ".join(contract.quiet_alternatives) or "send them in smaller parts by --limit"
        raise GuardError(
            f"{contract.destination}: {orders:,} orders would be sent at once. "
            f"{contract.side_effects} Give --allow-side-effects when that is meant; or {ways}"
        )


def _is_many(orders: int, known: int, share: float, floor: float) -> bool:
    return bool(known) and orders > floor and orders > share * known


def _share(orders: int, known: int, limit: float) -> str:
    return f"{orders:,} of {known:,} delivered orders ({orders / known:.0%}, allowed {limit:.0%})"
