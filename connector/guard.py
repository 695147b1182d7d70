"""Stops a run before the first send when a plan is far larger than usual (promise P9).

A broken model must not be sent to the world.
"""

from collections.abc import Callable, Sequence

from connector.config import Guards
from connector.errors import GuardError
from connector.plan import Plan

_NEXT = "check the models, or run with --yes when that is right"


def check(
    plan: Plan, vanished: int, guards: Guards, name: str, most_changed: Callable[[], Sequence[str]]
) -> None:
    """Raise GuardError when too large a share of what was delivered would change or is gone.

    `vanished` counts the delivered orders that are gone since the last run. A first load may be
    as large as it likes, but not empty.
    """
    known = plan.known
    if not plan.orders:
        raise GuardError(
            f"{name}: the view has no orders, {known:,} were delivered before; {_NEXT}"
        )
    if not known:
        return
    touched = plan.resent
    if touched > guards.floor and touched > guards.changed_share * known:
        again = _share(touched, known, guards.changed_share)
        columns = ", ".join(most_changed()) or "unknown"
        raise GuardError(f"{name}: {again} would be sent again; most changed: {columns}; {_NEXT}")
    if vanished > guards.floor * guards.removed_share and vanished > guards.removed_share * known:
        gone = _share(vanished, known, guards.removed_share)
        raise GuardError(f"{name}: {gone} are gone from the view since the last run; {_NEXT}")


def _share(orders: int, known: int, limit: float) -> str:
    return f"{orders:,} of {known:,} delivered orders ({orders / known:.0%}, allowed {limit:.0%})"
