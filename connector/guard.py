"""Stops a run before the first send when a plan is far larger than usual, as after a broken model (promise P9)."""

from connector.config import Guards
from connector.errors import GuardError
from connector.plan import Plan


def check(plan: Plan, guards: Guards, name: str) -> None:
    """Raise GuardError when the plan touches or misses too large a share of what was delivered before."""
    if not plan.known:
        return
    if not plan.orders:
        message = (
            f"{name}: the view has no orders, and {plan.known:,} were delivered before; check the models, "
            "or run with --yes when that is right"
        )
        raise GuardError(message)
    touched = plan.changed + plan.in_doubt
    if touched > guards.floor and touched > guards.changed_share * plan.known:
        message = (
            f"{name}: {touched:,} of {plan.known:,} delivered orders would be sent again "
            f"({touched / plan.known:.0%}, the guard stops at {guards.changed_share:.0%}); look at `connector show` for "
            f"{', '.join(plan.examples.get('changed', [])[:3])}, or run with --yes when that is right"
        )
        raise GuardError(message)
    if (
        plan.removed > guards.floor * guards.removed_share
        and plan.removed > guards.removed_share * plan.known
    ):
        message = (
            f"{name}: {plan.removed:,} of {plan.known:,} delivered orders are gone from the view "
            f"({plan.removed / plan.known:.0%}, the guard stops at {guards.removed_share:.0%}); check the models, "
            "or run with --yes when that is right"
        )
        raise GuardError(message)
