"""`connector runs`: the history of runs, or one of them with its batches."""

from collections.abc import Sequence
from typing import Any

import click

from connector.cli import shared
from connector.cli.each import each, listed, worst
from connector.cli.terminal import say
from connector.reporting import reports
from connector.runs.workspace import Account, accounts, remembered
from connector.text.duration import lasting

Row = dict[str, Any]

COUNTS = ("delivered", "taken_back", "refused", "invalid", "not_sent", "pending")
SENT = ("requests", "retries", "bytes")
ENDED = ("run_id", "destination", "environment", "command", "started_at", "took", "exit")
COLUMNS = (*ENDED, *COUNTS, *SENT)
BATCHES = ("batch_id", "delivered", "refused", "statuses", "request_ids", "first_at", "last_at")


@click.command("runs")
@click.argument("run_id", type=click.IntRange(min=1), required=False)
@click.option(
    "--destination", "destinations", multiple=True, help="Only this destination; may be repeated."
)
@shared.environment
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    help="At most so many runs of a destination, the newest first.",
)
@shared.as_json
@click.pass_context
def command(
    context: click.Context,
    run_id: int | None,
    destinations: tuple[str, ...],
    environment: str | None,
    limit: int,
    output: str,
) -> int:
    """List the last runs with durations and counts, or one run with its batches.

    \b
    Examples:
      connector runs --limit 5
      connector runs 17 --output json
    """  # noqa: D301 - click reads these as characters, not as backslashes
    chosen = accounts(shared.options(context, environment), destinations)
    if run_id is not None:
        return _one(_found(chosen, run_id), run_id, output)

    def told(account: Account) -> list[Row]:
        with remembered(account) as connection:
            return reports.runs(connection, account.scope, limit)

    ended = [(account.scope, rows) for account, rows in each(chosen, told)]
    found = listed(ended, output)
    found.sort(key=lambda row: (row.get("started_at", ""), row.get("run_id", 0)), reverse=True)
    code = worst(rows for _, rows in ended)
    if output == "json":
        shared.print_json(found)
    elif found:
        shared.print_table([_told(row) for row in found], COLUMNS, output)
    elif not code:
        say("no run yet")
    return code


def _found(chosen: Sequence[Account], run_id: int) -> Row | None:
    """Return a run; raises UsageError when several accounts have one of that number."""
    found = []
    for path in dict.fromkeys(account.ledger for account in chosen):
        account = next(account for account in chosen if account.ledger == path)
        with remembered(account) as connection:
            found.append(reports.run(connection, run_id))
    told = [run for run in found if run]
    if len(told) > 1:
        names = " and ".join(run["destination"] for run in told)
        raise click.UsageError(f"{names} have a run {run_id} each; name one by --destination")
    return next(iter(told), None)


def _one(run: Row | None, run_id: int, output: str) -> int:
    if run is None:
        raise click.UsageError(f"there is no run {run_id}; `connector runs` lists them")
    if output == "json":
        shared.print_json(run)
        return 0
    shared.print_table([_told(run)], COLUMNS, output)
    if run["error"]:
        say(f"error: {run['error']}")
    for alert in run["alerts"] or ():
        say(f"{alert['kind'].replace('_', ' ')}: {alert['message']}")
    if run["batches"]:
        say()
        shared.print_table(run["batches"], BATCHES, output)
    return 0


def _told(run: Row) -> Row:
    """Return a run with its length and its end in words."""
    is_killed = run["finished_at"] is None
    took = "" if is_killed else lasting(run["seconds"])
    return run | {"took": took, "exit": "killed" if is_killed else run["exit_code"]}
