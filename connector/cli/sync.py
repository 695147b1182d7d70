"""`connector sync`: send what changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import click

from connector.cli import after, shared
from connector.cli.each import attempted
from connector.cli.running import Run
from connector.cli.summary import print_summary
from connector.cli.terminal import say, tell_error
from connector.exceptions import ConnectorError
from connector.plan.choice import Choice
from connector.reporting.telling import Told
from connector.runs.workspace import (
    Account,
    Options,
    Workspace,
    configured,
    opened,
)
from connector.source.project import Warehouse


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

    All configured accounts get theirs, one after the other, unless some are named; where another
    run holds the ledger of one, the others get theirs all the same. With --build nothing is sent
    when a model or a test with severity error fails.

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
    """Run each account after the other and return the worst exit code.

    One that fails, or whose ledger another run holds, does not stop the others.
    """
    options = shared.options(context, environment)
    with after.watching(options, destinations, metrics, str(context.info_name)):
        chosen, warehouse = configured(options, destinations)
    delivery = _Delivery(context, options, warehouse, choice, output, metrics)
    results = [delivery.run(account) for account in chosen]
    after.tell(chosen[0].config, delivery.told, metrics)
    if output == "json":
        shared.print_json(results)
    return int(max(result["exit_code"] for result in results))


@dataclass
class _Delivery:
    """One run an account; after a signal none is started any more."""

    context: click.Context
    options: Options
    warehouse: Warehouse
    choice: Choice
    output: str
    metrics: Path | None
    told: list[Told] = field(default_factory=list)
    interruption: ConnectorError | None = None

    def run(self, account: Account) -> Mapping[str, Any]:
        """Send what is to be sent to an account, and return the JSON of what came of it."""
        command = str(self.context.info_name)
        found = attempted(partial(self._opened, account, command))
        if not isinstance(found, ConnectorError):
            self.told.append(found)
            return found.run
        tell_error(found)
        return after.failed(account.scope, found)

    def _opened(self, account: Account, command: str) -> Told:
        with (
            after.watching(self.options, [account.name], self.metrics, command),
            opened(account, self.warehouse, read_only=False) as workspace,
        ):
            return after.gathered(workspace, self._result(workspace, command), self.metrics)

    def _result(self, workspace: Workspace, command: str) -> dict[str, Any]:
        run = Run(workspace, quiet=self.context.obj["quiet"])
        work = partial(run.sync, self.choice, command)
        summary = attempted(work) if self.interruption is None else self.interruption
        if isinstance(summary, ConnectorError):
            tell_error(summary)
            result = after.failed(workspace.job.scope, summary)
            if not self.interruption:
                result["alerts"] = run.alerts(summary)
        else:
            result = summary.as_dict()
            if self.output == "text":
                print_summary(summary)
        self.interruption = self.interruption or run.interruption
        return result
