"""Stops a run before the first send when a plan is far larger than usual (promises P9 and P16).

The output of a broken model must not be sent. Each guard compares a count of orders with the number
delivered before; docs/operations.md lists the guards with their defaults and reasons.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from connector.contract.contract import Contract
from connector.exceptions import GuardError
from connector.plan.choice import Choice, Plan
from connector.reporting.alerts import Alert
from connector.settings.settings import Guards

QUIET = 100  # unrequested orders with side effects; more of them need --allow-side-effects
LEAST = 20  # orders that are sent again; fewer never trip the guard
LEAST_OF_MONEY = 5  # orders with a changed amount, or taken back; one large order is not suspicious
LEAST_GONE = 10  # orders that are gone
LEAST_RENAMED = 3  # orders gone while others came; fewer may be a coincidence
HALF, FIFTH = 0.5, 0.2  # of the delivered orders, when these are fewer than the floor
ALIKE = 2  # new and gone orders are about as many when they differ at most by this factor
_NEXT = "check the models, or run with --yes when that is right"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the guards check in addition to the plan; counts are orders."""

    vanished: int  # delivered, and gone from the view since the last recorded run
    moved: int  # delivered, and to be sent again with another amount
    money: float  # share of the delivered amounts changed by these and by orders taken back
    is_loaded: bool  # an earlier run sent everything, so the first load is over
    most_changed: Callable[[], Sequence[str]]  # columns, in words


def check(found: Sequence[Alert]) -> None:
    """Raise GuardError if `findings` returned any alert."""
    if found:
        told = "; ".join(alert.message for alert in found)
        raise GuardError(f"{told}; {_NEXT}")


def findings(
    name: str, guards: Guards, plan: Plan, evidence: Evidence, choice: Choice
) -> list[Alert]:
    """Return alerts for everything in a plan that a person should check.

    A first load may have any size, but must not be empty. A window of a backfill is expected to
    change much, so only orders that vanished from the views stop it.
    """
    if not plan.orders and not choice.window:
        before = f"the view has no orders, {plan.known:,} were delivered before"
        return [Alert("no_orders", f"{name}: {before}")]
    found = _of_shape(plan)
    if not choice.window:
        found = [*found, *_of_counts(guards, plan, evidence)]
    return [Alert(alert.kind, f"{name}: {alert.message}") for alert in found]


def _of_shape(plan: Plan) -> list[Alert]:
    """Return the alert for views and columns that lost all their values."""
    return [Alert("emptied", "; ".join(plan.emptied))] if plan.emptied else []


def _of_counts(guards: Guards, plan: Plan, evidence: Evidence) -> Iterator[Alert]:
    """Yield an alert for each count that is far larger than usual."""
    known = plan.known
    many = _most(known, guards.changed_share, guards.floor, HALF, LEAST)
    if plan.resent > many:
        columns = ", ".join(evidence.most_changed()) or "unknown"
        again = _share(plan.resent, known, guards.changed_share)
        yield Alert("resend", f"{again} would be sent again; most changed: {columns}")
    if evidence.moved > max(guards.amount_share * known, min(guards.floor, LEAST)):
        moved = _share(evidence.moved, known, guards.amount_share)
        yield Alert("amounts", f"{moved} would be sent again with another amount")
    touched = evidence.moved + plan.withdrawn
    if evidence.money > guards.money_share and touched >= LEAST_OF_MONEY:
        share = f"{evidence.money:.0%} of all delivered money, allowed {guards.money_share:.0%}"
        yield Alert("amounts", f"the amounts of {touched:,} delivered orders change by {share}")
    if plan.spoiled > many:
        rules = "`connector validate` says by which rule"
        yield Alert(
            "invalid",
            f"{_share(plan.spoiled, known, guards.changed_share)} are invalid now, {rules}",
        )
    yield from _of_ids(guards, plan, evidence)


def _of_ids(guards: Guards, plan: Plan, evidence: Evidence) -> Iterator[Alert]:
    """Yield an alert when too many orders are cancelled or gone, or too many are new."""
    known, gone = plan.known, evidence.vanished
    few = _most(known, guards.removed_share, guards.floor * guards.removed_share, FIFTH, LEAST_GONE)
    if plan.withdrawn > few:
        told = f"{_share(plan.withdrawn, known, guards.removed_share)} count for nothing any more"
        yield Alert("withdrawn", f"{told} and would be taken back; look at `_lifecycle`")
    if plan.surplus > few:
        told = f"{_share(plan.surplus, known, guards.removed_share)} stand there more than once"
        yield Alert("withdrawn", f"{told}, and all but one record of each would be taken back")
    is_many = gone > few
    is_renamed = gone <= plan.added * ALIKE and plan.added <= gone * ALIKE
    if is_many or (is_renamed and gone >= max(LEAST_RENAMED, HALF * known)):
        told = f"{_share(gone, known, guards.removed_share)} are gone from the view"
        told += " since the last run"
        if is_renamed:
            told += f", and {plan.added:,} are new: did the ids change?"
        yield Alert("gone", told)
    most = guards.added_share * known
    if evidence.is_loaded and known >= guards.floor and plan.added > most:
        told = f"{plan.added:,} orders are new beside {known:,} delivered ones"
        allowed = f"allowed {guards.added_share:.0%}"
        yield Alert("added", f"{told} ({allowed}); a join may repeat them, or their ids changed")


def is_load(plan: Plan, choice: Choice) -> bool:
    """Return whether a run is a load: it sends everything, or more than was ever delivered."""
    return choice.full or plan.planned > plan.known


def check_side_effects(name: str, contract: Contract, orders: int, *, allowed: bool) -> None:
    """Raise GuardError when many orders would cause the side effect that the contract declares."""
    if contract.side_effects and orders > QUIET and not allowed:
        ways = "; or ".join(contract.quiet_alternatives) or "send them in smaller parts by --limit"
        raise GuardError(
            f"{name}: {orders:,} orders would be sent at once. "
            f"{contract.side_effects} Give --allow-side-effects when that is meant; or {ways}"
        )


def _most(known: int, share: float, floor: float, fraction: float, least: int) -> float:
    """Return the largest allowed number of orders: a share, but at least the floor.

    The floor is lower when few orders were delivered; otherwise it would let all of them pass.
    """
    return max(share * known, min(floor, max(fraction * known, least)))


def _share(orders: int, known: int, limit: float) -> str:
    share = f"{orders / known:.0%}" if known else "all"
    return f"{orders:,} of {known:,} delivered orders ({share}, allowed {limit:.0%})"
