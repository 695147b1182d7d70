"""All that is known of an account, for people."""

import time
from collections.abc import Iterator
from typing import Any

from connector.cli.output.terminal import say
from connector.text import words
from connector.text.duration import lasting
from connector.text.plural import counted_stand

Row = dict[str, Any]
ILLS = ("late", "failing", "stale", "restored")  # what ends with 1
COUNTS = ("delivered", "refused", "invalid", "outdated", "in_doubt", "pending")
_SELDOM = ("taken_back", "not_sent")  # told to people when there are any
_OF_RUN = ("delivered", "taken_back", "refused", "invalid", "not_sent", "pending")


def print_details(row: Row) -> None:
    """Print all that is known of an account."""
    ills = [word for word in (*ILLS, "outdated") if row[word]]
    say(f"{row['destination']} · {row['environment']}: {' and '.join(ills) or 'well'}")
    if row["running"]:
        say(f"  {_progress(row['running'])}")
    for name in COUNTS:
        if row[name] is not None:
            say(f"  {name.replace('_', ' '):<10}{row[name]:>12,}")
    if row["acknowledges"] and row["delivered"]:
        say(f"  delivered means acknowledged: {row['acknowledges']}")
    if row["in_doubt_examples"]:
        examples = ", ".join(row["in_doubt_examples"])
        say(f"  in doubt, for example: {examples}; the next run sends them again")
    if row["outdated"]:
        stand = counted_stand(row["outdated"], "order")
        say(f"  {stand} there in an older version; see `connector errors {row['destination']}`")
    for name in _SELDOM:
        if row[name]:
            say(f"  {name.replace('_', ' '):<10}{row[name]:>12,}")
    if row["in_doubt_gone"]:
        gone = f"{row['in_doubt_gone']:,} more are in doubt and gone from the view"
        say(f"  {gone}; the destination may hold them")
    _print_runs(row)


def _print_runs(row: Row) -> None:
    for line in _told(row["last_run"]):
        say(f"  {line}")
    if row["since_success"] is not None:
        say(f"  last success {_when(row['last_success_at'])}")
    if row["newest_at"]:
        say(f"  newest in the views {_when(row['newest_at'])}")
    if verified := row["last_verification"]:
        days = f"{verified['from']} to {verified['to']}"
        equal = f"{verified['equal']:,} orders equal"
        say(f"  last verification {_when(verified['at'])}, of {days}: {equal}")
    if row["cadence"]:
        say(f"  cadence {lasting(row['cadence'])}")
    elif row["cadence_asked"]:
        say(f"  no cadence is configured; the destination asks for {row['cadence_asked']}")
    for alert in row["alerts"]:
        say(f"  {alert['kind'].replace('_', ' ')}: {alert['message']}")


def _progress(running: Row) -> str:
    if "phase" not in running:
        destination = f"{running['destination']} · {running['environment']}"
        return f"a run for {destination} holds the ledger (process {running['process']})"
    done = running["delivered"] + running["refused"]
    told = f"{running['phase']}, {done:,} of {running['planned']:,} orders"
    if running.get("wait"):
        told += f", waits {running['wait']} s for what may still be under way"
    elapsed = max(time.time() - running["phase_began"], 0.0)
    told += f" (process {running['process']}), {lasting(elapsed)} so far"
    if not done:
        return told
    return f"{told}, {lasting(elapsed * (running['planned'] - done) / done)} left"


def _told(run: Row | None) -> Iterator[str]:
    if run is None:
        yield "no run yet"
    elif run["finished_at"] is None:
        yield f"run {run['run_id']} began {_when(run['started_at'])} and did not end: it was killed"
    else:
        ended = f"run {run['run_id']} ended {_when(run['finished_at'])}"
        yield f"{ended} with exit code {run['exit_code']}"
        named = [name for name in _OF_RUN if run[name] or name not in _SELDOM]
        counts = [(name.replace("_", " "), run[name]) for name in named]
        told = ", ".join(f"{count:,} {name}" for name, count in counts if count is not None)
        took = f"{run['command']}, took {lasting(run['seconds'])}"
        yield f"  {took}: {told}" if told else f"  {took}"


def _when(moment: str) -> str:
    """Return a moment as people want it first, and exactly."""
    return f"{words.ago(moment)} ({words.moment(moment)} UTC)"
