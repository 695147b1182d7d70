"""`connector status`: what was delivered, how the last runs went, and its health."""

import time
from collections.abc import Iterator
from typing import Any

import click

from connector.cli import printed, shared
from connector.cli.terminal import say
from connector.text.duration import lasting
from connector.text.plural import counted_stand

Row = dict[str, Any]
_ILL = ("late", "failing", "stale", "restored")  # what ends with 1
COUNTS = ("delivered", "refused", "invalid", "outdated", "in_doubt", "pending")
_SELDOM = ("taken_back", "not_sent")  # told to people when there are any
_OF_RUN = ("delivered", "taken_back", "refused", "invalid", "not_sent", "pending")


@click.command("status")
@shared.destinations
@shared.environment
@shared.as_json
@click.pass_context
def command(
    context: click.Context, destinations: tuple[str, ...], environment: str | None, output: str
) -> int:
    """Say what was delivered, refused, invalid and in doubt, and how the last runs went.

    Ends with 1 when a destination is late by its cadence, its last run failed, its views get
    nothing new any more, or its ledger was put back from a copy, so that it serves as a health
    check. Tells how far a run is while one holds the ledger.

    \b
    Example:
      connector status --output json
    """  # noqa: D301 - click reads these as characters, not as backslashes
    results = shared.project(context, environment).status(destinations)
    printed.tell_failures(results)
    found = [status.as_dict() for status in results.found]
    if output == "json":
        shared.print_json([each.as_dict() for _, each in results.all])
    else:
        for row in found:
            _print(row)
    return results.worst(int(any(row[word] for row in found for word in _ILL)))


def _print(row: Row) -> None:
    words = [word for word in (*_ILL, "outdated") if row[word]]
    say(f"{row['destination']} · {row['environment']}: {' and '.join(words) or 'well'}")
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
        say(f"  last success {row['last_success_at']}, {lasting(row['since_success'])} ago")
    if row["newest_at"]:
        say(f"  newest in the views {row['newest_at']}")
    if verified := row["last_verification"]:
        days = f"{verified['from']} to {verified['to']}"
        say(f"  last verification {verified['at']}, of {days}: {verified['equal']:,} orders equal")
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
        yield f"run {run['run_id']} began {run['started_at']} and did not end: it was killed"
    else:
        yield f"run {run['run_id']} ended {run['finished_at']} with exit code {run['exit_code']}"
        named = [name for name in _OF_RUN if run[name] or name not in _SELDOM]
        counts = [(name.replace("_", " "), run[name]) for name in named]
        told = ", ".join(f"{count:,} {name}" for name, count in counts if count is not None)
        took = f"{run['command']}, took {lasting(run['seconds'])}"
        yield f"  {took}: {told}" if told else f"  {took}"
