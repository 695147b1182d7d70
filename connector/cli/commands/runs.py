"""`connector runs`: the history of runs, or one of them with its batches."""

from collections.abc import Sequence
from typing import Any

import click

from connector.cli import printed, shared
from connector.cli.output.terminal import print_rows, say
from connector.text import words
from connector.text.duration import lasting

Row = dict[str, Any]

COLUMNS = ("run", "account", "command", "began", "took", "exit", "delivered", "left behind")
COUNTS = ("delivered", "taken_back", "refused", "invalid", "not_sent", "pending")
SENT = ("requests", "retries")
BATCHES = ("batch", "delivered", "refused", "statuses", "requests", "from", "to")


@click.command("runs")
@click.argument("run_id", type=click.IntRange(min=1), required=False)
@shared.only_destinations
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
        print_rows(COLUMNS, [_row(row) for row in found])
    elif not results.failures:
        say("no run yet")
    return results.worst()


def _print_one(run: Row, output: str) -> None:
    if output == "json":
        shared.print_json(run)
        return
    ended = "killed" if run["finished_at"] is None else f"exit code {run['exit_code']}"
    name = f"{run['destination']} · {run['environment']}"
    say(f"{name} · run {run['run_id']}: {run['command']}, {ended}")
    took = "" if run["seconds"] is None else f", took {lasting(run['seconds'])}"
    say(f"  began {words.ago(run['started_at'])} ({words.moment(run['started_at'])} UTC){took}")
    for count in (*COUNTS, *SENT):
        if run[count]:
            say(f"  {count.replace('_', ' '):<12}{run[count]:>12,}")
    if run["bytes"]:
        say(f"  {'sent':<12}{words.size(run['bytes']):>12}")
    if run["error"]:
        say(f"  error: {run['error']}")
    for alert in run["alerts"] or ():
        say(f"  {alert['kind'].replace('_', ' ')}: {alert['message']}")
    if run["batches"]:
        say()
        print_rows(BATCHES, [_batch(each) for each in run["batches"]])


def _row(run: Row) -> Sequence[str]:
    is_killed = run["finished_at"] is None
    return (
        *(str(run["run_id"]), run["destination"], run["command"], words.ago(run["started_at"])),
        words.UNKNOWN if is_killed else words.short(run["seconds"]),
        "killed" if is_killed else str(run["exit_code"]),
        words.number(run["delivered"]),
        words.number(_left_behind(run)),
    )


def _left_behind(run: Row) -> int | None:
    """Return how many orders a run left behind; None when it ended before there was a plan."""
    counts = [run[name] for name in ("refused", "refused_before", "invalid", "pending")]
    return None if None in counts else sum(counts)


def _batch(batch: Row) -> Sequence[str]:
    numbers = (batch["batch_id"], batch["delivered"], batch["refused"])
    texts = (", ".join(map(str, batch[name])) for name in ("statuses", "request_ids"))
    times = (words.moment(batch[name]) for name in ("first_at", "last_at"))
    return (*map(words.number, numbers), *texts, *times)
