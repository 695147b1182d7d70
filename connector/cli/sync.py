"""`connector sync`: send what changed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from connector.cli import after, shared
from connector.cli.delivery import Delivery
from connector.cli.terminal import say
from connector.plan.choice import Choice
from connector.runs.every import every
from connector.runs.workspace import Account, configured


@click.command("sync")
@shared.destinations
@shared.environment
@shared.choice
@click.option("--yes", is_flag=True, help="Send even if far more changed than usual.")
@shared.metrics_file
@click.option("--build", is_flag=True, help="Build and test the views with dbt first.")
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="So many accounts at the same time, which share memory_limit and the threads.",
)
@shared.as_json
@click.pass_context
def command(
    context: click.Context,
    destinations: tuple[str, ...],
    environment: str | None,
    choice: Choice,
    yes: bool,
    metrics: Path | None,
    build: bool,
    jobs: int,
    output: str,
) -> int:
    """Send the orders that changed since they were last delivered.

    All configured accounts get theirs, one after the other or --jobs at a time, unless some are
    named; where another run holds the ledger of one, the others get theirs all the same. With
    --build nothing is sent when a model or a test with severity error fails.

    \b
    Examples:
      connector sync northbeam
      connector sync northbeam --limit 10 --environment uat
      connector sync --build --jobs 3
    """  # noqa: D301 - click reads these as characters, not as backslashes
    if build:
        _build(context, destinations, environment, metrics)
    wanted = replace(choice, unguarded=yes)
    return deliver(context, destinations, environment, wanted, output, metrics, jobs)


def _build(
    context: click.Context,
    destinations: Sequence[str],
    environment: str | None,
    metrics: Path | None,
) -> None:
    from connector.runs.build import build

    if not context.obj["quiet"]:
        say("building the views with dbt", err=True)
    options = shared.options(context, environment)
    with after.watching(options, destinations, metrics, "sync"):
        build(options, destinations)


def deliver(
    context: click.Context,
    destinations: Sequence[str],
    environment: str | None,
    choice: Choice,
    output: str,
    metrics: Path | None = None,
    jobs: int = 1,
) -> int:
    """Run each account, so many at a time, and return the worst exit code.

    One that fails, or whose ledger another run holds, does not stop the others.
    """
    options, command = shared.options(context, environment), str(context.info_name)
    with after.watching(options, destinations, metrics, command):
        chosen, warehouse = configured(options, destinations)
    given = (choice, command, output, metrics)
    delivery = Delivery(options, warehouse, *given, quiet=context.obj["quiet"])
    results = _results(context, delivery, chosen, min(jobs, len(chosen)))
    after.tell(chosen[0].config, delivery.told, metrics)
    if output == "json":
        shared.print_json(results)
    return int(max(result["exit_code"] for result in results))


def _results(
    context: click.Context, delivery: Delivery, chosen: Sequence[Account], jobs: int
) -> list[Mapping[str, Any]]:
    if jobs == 1:
        return every(chosen, delivery.run)
    from connector.cli.jobs import Jobs  # most runs are alone, and start sooner without it

    given = context.find_root().params
    logs = {name: given[name] for name in ("verbosity", "log_format")}
    return Jobs(delivery, logs, jobs).run(chosen)
