"""Stops a run before the first send when a plan is far larger than usual (promise P9).

A broken model must not be sent to the world.
"""

from connector.columns import ColumnSample
from connector.contract import Contract
from connector.errors import GuardError
from connector.plan import Plan
from connector.settings import Destination

QUIET = 100  # orders: a first load of more needs --allow-side-effects where a send has any
_NEXT = "check the models, or run with --yes when that is right"


def check(plan: Plan, sample: ColumnSample, destination: Destination, *, full: bool) -> None:
    """Raise GuardError when too large a share of what was delivered would change or is gone.

    A first load may be as large as it likes, but not empty; a `full` run is meant to send all.
    """
    guards, name, vanished = destination.guards, destination.name, sample.vanished()
    known = plan.known
    if not plan.orders:
        raise GuardError(
            f"{name}: the view has no orders, {known:,} were delivered before; {_NEXT}"
        )
    if not known:
        return
    touched = 0 if full else plan.resent
    if touched > guards.floor and touched > guards.changed_share * known:
        again = _share(touched, known, guards.changed_share)
        columns = ", ".join(sample.most_changed()) or "unknown"
        raise GuardError(f"{name}: {again} would be sent again; most changed: {columns}; {_NEXT}")
    if plan.spoiled > guards.floor and plan.spoiled > guards.changed_share * known:
        invalid = _share(plan.spoiled, known, guards.changed_share)
        raise GuardError(
            f"{name}: {invalid} are invalid now, `connector validate {name}` says by which rule; "
            f"{_NEXT}"
        )
    if vanished > guards.floor * guards.removed_share and vanished > guards.removed_share * known:
        gone = _share(vanished, known, guards.removed_share)
        raise GuardError(f"{name}: {gone} are gone from the view since the last run; {_NEXT}")


def check_side_effects(contract: Contract, plan: Plan, *, full: bool, allowed: bool) -> None:
    """Raise GuardError when many orders would set off what their contract says a send sets off.

    That is so for a load of more orders than were ever delivered, and for a `full` run.
    """
    many = plan.planned if full or plan.planned > plan.known else 0
    if contract.side_effects and many > QUIET and not allowed:
        ways = "; or ".join(contract.quiet_alternatives) or "send them in smaller parts by --limit"
        raise GuardError(
            f"{contract.destination}: {many:,} orders would be sent at once. "
            f"{contract.side_effects} Give --allow-side-effects when that is meant; or {ways}"
        )


def _share(orders: int, known: int, limit: float) -> str:
    return f"{orders:,} of {known:,} delivered orders ({orders / known:.0%}, allowed {limit:.0%})"
