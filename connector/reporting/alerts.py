"""What an operator must look at beyond the counts: computed at the end of a run, and by status.

A message holds counts, columns and exit codes, never customer data or the words of an API, so it
may leave the machine.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from connector.text.duration import lasting
from connector.text.plural import counted, counted_are, counted_stand

Kind = Literal[
    "failed",  # the last run ended with an error, or was killed
    "partial_failure",  # a run delivered some orders and left others behind
    "no_orders",  # the view is empty and was not empty before
    "emptied",  # a view or a column had values when it was last sent, and has none
    "resend",  # far more delivered orders than usual would be sent again
    "amounts",  # far more delivered orders than usual would be sent again with another amount
    "invalid",  # far more delivered orders than usual became invalid
    "gone",  # far more delivered orders than usual are gone from the view
    "withdrawn",  # far more delivered orders than usual are cancelled and would be taken back
    "added",  # far more orders than usual are new
    "changed_while_read",  # orders changed while the views were read, and wait
    "identity",  # delivered orders have another customer, currency or time than was sent
    "outdated",  # more delivered orders than before are invalid or refused now
    "clock",  # the last success is recorded in the future
    "differs",  # the last verification found that the destination holds something else
    "old_ledger",  # the ledger was put back from a copy, so that everything is sent again
    "stale",  # nothing new has reached the views, or their sources, for longer than usual
    "late",  # the last success is longer ago than the cadence allows
    "recovered",  # a run succeeded after one that failed
]
FOUND = ("missing", "different", "double", "unexpected")  # by a verification
AHEAD = 300.0  # seconds that a record may lie in the future, since clocks differ
TOLERANCE = 0.1  # of the cadence, since a run takes its time

_SIGNALS = {130, 143}  # ended on purpose; the next run sends the rest


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing to be told."""

    kind: Kind
    message: str


def of_run(run: Mapping[str, Any], before: Mapping[str, Any] | None) -> list[Alert]:
    """Return what the outcome of a run gives reason to tell.

    Both runs are keys of a summary, of which all but `destination` and `exit_code` may be missing:
    run_id, exit_code, orders, delivered, refused, invalid, pending, cause. `before` is the run
    before it in the same environment; its exit code is None when it was killed.
    """
    name, found = run["destination"], []
    if has_failed(run["exit_code"]):
        found.append(_failure(name, run))
    elif left := _left(run, before or {}):
        found.append(Alert("partial_failure", f"{name}: {left}; see `connector errors {name}`"))
    if waiting := run.get("changed_while_read"):
        found.append(Alert("changed_while_read", f"{name}: {_changed(waiting)}"))
    outdated, known = run.get("outdated") or 0, (before or {}).get("outdated") or 0
    if outdated > known:
        stand = f"{counted_stand(outdated, 'order')} there in an older version"
        found.append(Alert("outdated", f"{name}: {stand}; see `connector errors {name}`"))
    if before and before.get("orders") and run.get("orders") == 0:
        orders = f"{before['orders']:,} at the run before"
        found.append(Alert("no_orders", f"{name}: the view has no orders, {orders}"))
    if before and has_failed(before["exit_code"]) and not has_failed(run["exit_code"]):
        ended = f"run {before.get('run_id')} {_how(before['exit_code'])}"
        found.append(Alert("recovered", f"{name}: this run succeeded after {ended}"))
    return found


def _changed(orders: int) -> str:
    were = f"{counted(orders, 'order')} changed while the views were read, and wait"
    return (
        f"{were} for the next run; if that is so in every run, run `dbt build` at another time, "
        "or order the lists of the models down to a key"
    )


def of_old_ledger(name: str) -> Alert:
    """Return the alert for a ledger that is older than it should be."""
    told = "the ledger was put back from a copy, so that every order is sent again"
    return Alert("old_ledger", f"{name}: {told}")


def of_age(name: str, seconds: float | None, cadence: float | None) -> list[Alert]:
    """Return the alert for a last success that is `seconds` ago, None when there was none yet."""
    if cadence is None or not is_late(seconds, cadence):
        return []
    if seconds is None:
        return [Alert("late", f"{name}: no run has succeeded yet; run `connector sync {name}`")]
    ago = f"the last success was {lasting(seconds)} ago, the cadence is {lasting(cadence)}"
    return [Alert("late", f"{name}: {ago}; look at the scheduler, or run `connector sync {name}`")]


def of_clock(name: str, succeeded: float | None, now: float) -> list[Alert]:
    """Return the alert for a success in the future, by which nothing would ever be late.

    Both are seconds since 1970.
    """
    if succeeded is None or succeeded <= now + AHEAD:
        return []
    ahead = f"the last success is recorded {lasting(succeeded - now)} in the future"
    return [Alert("clock", f"{name}: {ahead}; check the clock of the machine")]


def of_verification(name: str, found: Mapping[str, Any] | None) -> list[Alert]:
    """Return the alert for what the last verification found; `found` are its counts and days."""
    told = [f"{found[kind]:,} {kind}" for kind in FOUND if found[kind]] if found else []
    if not found or not told:
        return []
    when = f"the verification of {found['from']} to {found['to']} found {', '.join(told)}"
    return [Alert("differs", f"{name}: {when}; see `connector verify {name}`")]


def of_gap(name: str, seconds: float | None, cadence: float | None, *, ended: bool) -> list[Alert]:
    """Return what to tell at the end of a run when the success before it is `seconds` ago.

    `ended` says whether the run is a success itself, and the lateness is over.
    """
    if cadence is None or seconds is None or not is_late(seconds, cadence):
        return []
    if not ended:
        return of_age(name, seconds, cadence)
    told = f"the first success in {lasting(seconds)}, the cadence is {lasting(cadence)}"
    return [Alert("recovered", f"{name}: {told}")]


def is_late(seconds: float | None, cadence: float) -> bool:
    """Return whether the last success, `seconds` ago, is longer ago than the cadence allows."""
    return seconds is None or seconds > cadence * (1 + TOLERANCE)


def has_failed(exit_code: int | None) -> bool:
    """Return whether a run with this exit code failed; None is that of a run that was killed."""
    return exit_code is None or (exit_code > 1 and exit_code not in _SIGNALS)


def _failure(name: str, run: Mapping[str, Any]) -> Alert:
    number = f"run {run['run_id']}" if run.get("run_id") else "the run"
    ended = f"{number} {_how(run['exit_code'])}"
    because = f": {run['cause']}" if run.get("cause") else ""
    delivered, pending = run.get("delivered") or 0, run.get("pending") or 0
    if delivered:
        were = "was" if delivered == 1 else "were"
        counts = f"{counted(delivered, 'order')} {were} delivered, {pending:,} pending"
        told = f"{name}: {ended}{because}; {counts}, which go with the next run"
        return Alert("partial_failure", told)
    if run["exit_code"] is None:  # it could not say what it delivered
        return Alert("failed", f"{name}: {ended}; what it left goes with the next run")
    return Alert("failed", f"{name}: {ended} and delivered nothing{because}")


def _left(run: Mapping[str, Any], before: Mapping[str, Any]) -> str:
    """Return which orders a run left behind that were not left behind before."""
    refused, invalid = run.get("refused") or 0, run.get("invalid") or 0
    known = before.get("invalid") or 0
    told = [f"{counted(refused, 'order')} refused"] if refused else []
    if invalid > known:
        earlier = f"{known:,} at the run before" if before else "first run"
        told.append(f"{counted_are(invalid, 'order')} invalid ({earlier})")
    return ", ".join(told)


def _how(exit_code: int | None) -> str:
    return "was killed" if exit_code is None else f"ended with exit code {exit_code}"
