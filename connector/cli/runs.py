"""`connector runs`: the history of runs, or one of them with its batches."""

from typing import Any

import click

from connector.cli import printed, shared
from connector.cli.terminal import say
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
    project = shared.project(context, environment)
    if run_id is not None:
        _print_one(project.find_run(run_id, destinations).as_dict(), output)
        return 0
    results = project.runs(destinations, limit=limit)
    printed.tell_failures(results)
    found = printed.listed(results, output)
    found.sort(key=lambda row: (row.get("started_at") or "", row.get("run_id") or 0), reverse=True)
    if output == "json":
        shared.print_json(found)
    elif found:
        shared.print_table([_told(row) for row in found], COLUMNS, output)
    elif not results.failures:
        say("no run yet")
    return results.worst()


def _print_one(run: Row, output: str) -> None:
    if output == "json":
        shared.print_json(run)
        return
    shared.print_table([_told(run)], COLUMNS, output)
    if run["error"]:
        say(f"error: {run['error']}")
    for alert in run["alerts"] or ():
        say(f"{alert['kind'].replace('_', ' ')}: {alert['message']}")
    if run["batches"]:
        say()
        shared.print_table(run["batches"], BATCHES, output)


def _told(run: Row) -> Row:
    """Return a run with its length and its end in words."""
    is_killed = run["finished_at"] is None
    took = "" if is_killed else lasting(run["seconds"])
    return run | {"took": took, "exit": "killed" if is_killed else run["exit_code"]}
