"""`connector status`: what was delivered, how the last runs went, and whether all is well."""

import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click

from connector.cli import shared
from connector.cli.each import each, listed, worst
from connector.cli.terminal import say
from connector.exceptions import LedgerHeldError
from connector.ledger import progress
from connector.reporting import health, reports, verifications
from connector.reporting.alerts import of_old_ledger, stand
from connector.runs.workspace import Account, accounts, remembered
from connector.text.duration import lasting

Row = dict[str, Any]
_ILL = ("late", "failing", "stale", "restored")  # what ends with 1
COUNTS = ("delivered", "refused", "invalid", "outdated", "in_doubt", "pending")
_SELDOM = ("taken_back", "not_sent")  # told to people when there are any
_UNKNOWN = dict.fromkeys((*COUNTS, *_SELDOM, "in_doubt_gone", "in_doubt_examples"))
_OF_RUN = ("delivered", "taken_back", "refused", "invalid", "not_sent", "pending")
_NO_RUNS = dict.fromkeys(
    (
        "last_run",
        "run_before",
        "last_success_at",
        "succeeded",
        "newest_at",
        "stale",
        "last_verification",
    )
)


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
    chosen = accounts(shared.options(context, environment), destinations)
    ended = [(account.scope, rows) for account, rows in each(chosen, _told_of)]
    found = listed(ended, "text")
    if output == "json":
        shared.print_json(listed(ended, output))
    else:
        for row in found:
            _print(row)
    ill = int(any(row[word] for row in found for word in _ILL))
    return worst((rows for _, rows in ended), ill)


def _told_of(account: Account) -> list[Row]:
    """Return what the ledger of an account says, or the run that holds it."""
    try:
        return [_remembered(account)]
    except LedgerHeldError:
        facts = progress.read(account.ledger)
        if facts is None:
            raise
        return [_running(account, facts)]


def _remembered(account: Account) -> Row:
    with remembered(account) as connection:
        recent = verifications.recent(connection, account.scope)
        left = {name: recent[name] for name in reports.LEFT}
        counts = reports.status(connection, account.scope) | left
        is_old = bool(reports.rows(connection, "ledger_is_old", **account.scope.values()))
    row = _row(account, counts, recent) | {"running": None, "restored": is_old}
    if is_old:
        row["alerts"] = [asdict(of_old_ledger(account.name)), *row["alerts"]]
    return row


def _running(account: Account, facts: Row) -> Row:
    """Return what the run that holds the ledger says; the counts are unknown meanwhile."""
    before = {(row["destination"], row["environment"]): row for row in facts.pop("before", [])}
    scope = account.scope.values()
    recent = before.get(tuple(scope.values()), scope | _NO_RUNS)
    running = facts if scope.items() <= facts.items() else _elsewhere(facts)
    return _row(account, _UNKNOWN, recent) | {"running": running, "restored": False}


def _elsewhere(facts: Row) -> Row:
    """Return what is said of a destination whose turn it is not."""
    return {name: facts[name] for name in ("destination", "environment", "process")}


def _row(account: Account, counts: Row, recent: Row) -> Row:
    scope = account.scope.values()
    cadence, stale_after = account.destination.cadence, account.destination.stale_after
    judged = health.judged(scope | recent, cadence, datetime.now(UTC), stale_after)
    return scope | counts | judged | {"cadence_asked": account.contract.cadence}


def _print(row: Row) -> None:
    words = [word for word in (*_ILL, "outdated") if row[word]]
    say(f"{row['destination']} · {row['environment']}: {' and '.join(words) or 'well'}")
    if row["running"]:
        say(f"  {_progress(row['running'])}")
    for name in COUNTS:
        if row[name] is not None:
            say(f"  {name.replace('_', ' '):<10}{row[name]:>12,}")
    if row["in_doubt_examples"]:
        examples = ", ".join(row["in_doubt_examples"])
        say(f"  in doubt, for example: {examples}; the next run sends them again")
    if row["outdated"]:
        say(f"  {stand(row['outdated'])}; see `connector errors {row['destination']}`")
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
