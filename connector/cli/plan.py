"""`connector plan`: what sync would send."""

from typing import Any

import click

from connector.cli import after, shared
from connector.cli.each import each
from connector.cli.summary import print_summary
from connector.exceptions import ConnectorError
from connector.plan.choice import Choice
from connector.runs.dry_run import dry_run
from connector.runs.summary import Summary
from connector.runs.workspace import Account, configured, opened


@click.command("plan")
@shared.destinations
@shared.environment
@shared.choice
@shared.as_json
@click.pass_context
def command(
    context: click.Context,
    destinations: tuple[str, ...],
    environment: str | None,
    choice: Choice,
    output: str,
) -> int:
    """Say what sync would send, and send nothing.

    Tells counts, the first ids of each kind, requests and bytes.

    \b
    Example:
      connector plan northbeam --output json
    """  # noqa: D301 - click reads these as characters, not as backslashes
    options = shared.options(context, environment)
    chosen, warehouse = configured(options, destinations)

    def planned(account: Account) -> Summary:
        with opened(account, warehouse, read_only=True) as workspace:
            return dry_run(workspace.job, workspace.ledger, choice)

    found = list(each(chosen, planned))
    if output == "json":
        shared.print_json([_as_dict(account, summary) for account, summary in found])
    else:
        for _, summary in found:
            if isinstance(summary, Summary):
                print_summary(summary)
    return max(summary.exit_code for _, summary in found)


def _as_dict(account: Account, summary: Summary | ConnectorError) -> dict[str, Any]:
    if isinstance(summary, ConnectorError):
        return after.failed(account.scope, summary)
    return summary.as_dict()
