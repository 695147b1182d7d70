"""`connector sync`: send what changed."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from connector.cli import after, shared
from connector.cli.each import attempted
from connector.cli.running import Run
from connector.cli.summary import print_summary
from connector.cli.terminal import say, tell_error
from connector.errors import ConnectorError
from connector.plan.choice import Choice
from connector.reporting.telling import Told
from connector.runs.workspace import Workspace, opened


@click.command("sync")
@shared.destinations
@shared.environment
@shared.choice
@click.option("--yes", is_flag=True, help="Send even if far more changed than usual.")
@shared.metrics_file
@click.option("--build", is_flag=True, help="Build and test the views with dbt first.")
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
    output: str,
) -> int:
    """Send the orders that changed since they were last delivered.

    All configured destinations get theirs, one after the other, unless some are named. With
    --build nothing is sent when a model or a test with severity error fails.

    \b
    Examples:
      connector sync northbeam
      connector sync northbeam --limit 10 --environment uat
      connector sync --build
    """  # noqa: D301 - click reads these as characters, not as backslashes
    if build:
        _build(context, destinations, environment, metrics)
    wanted = replace(choice, unguarded=yes)
    return deliver(context, destinations, environment, wanted, output, metrics)


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
) -> int:
    """Run each destination after the other and return the worst exit code.

    One that fails does not stop the others.
    """
    options = shared.options(context, environment)
    with (
        after.watching(options, destinations, metrics, str(context.info_name)),
        opened(options, destinations, read_only=False) as workspace,
    ):
        told = list(_each(context, workspace, choice, output, metrics))
    after.tell(workspace.config, told, metrics)
    results = [each.run for each in told]
    if output == "json":
        shared.print_json(results)
    return int(max(result["exit_code"] for result in results))


def _each(
    context: click.Context,
    workspace: Workspace,
    choice: Choice,
    output: str,
    metrics: Path | None,
) -> Iterator[Told]:
    """Yield what there is to tell of each destination; after a signal none is started any more."""
    interruption: ConnectorError | None = None
    command = str(context.info_name)
    for job in workspace.jobs:
        run = Run(workspace, job, quiet=context.obj["quiet"])
        work = partial(run.sync, choice, command)
        summary = attempted(work) if interruption is None else interruption
        if isinstance(summary, ConnectorError):
            tell_error(summary)
            result = after.failed(job.scope, summary)
            if not interruption:
                result["alerts"] = run.alerts(summary)
        else:
            result = summary.as_dict()
            if output == "text":
                print_summary(summary)
        yield after.gathered(workspace, job, result, metrics)
        interruption = interruption or run.interruption
