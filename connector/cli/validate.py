"""`connector validate`: judge all orders by the contract."""

import click

from connector import reports
from connector.cli import shared
from connector.plan import Planner
from connector.workspace import Workspace, opened


@click.command("validate")
@shared.destinations
@shared.as_table
@click.pass_context
def command(context: click.Context, destinations: tuple[str, ...], output: str) -> int:
    """Judge all orders of the views by the contract, grouped by rule; JSON and CSV list every violation.

    \b
    Example:
      connector validate northbeam --output csv > violations.csv
    """  # noqa: D301 - click reads these as characters, not as backslashes
    with opened(shared.options(context), destinations, read_only=True) as workspace:
        return max([_one(workspace, index, output) for index in range(len(workspace.jobs))])


def _one(workspace: Workspace, index: int, output: str) -> int:
    job = workspace.jobs[index]
    planner = Planner(job.connection, job.contract, job.destination)
    orders = planner.stage(job.warehouse)
    planner.judge()
    invalid, warned = planner.judged()
    if output != "text":
        found = [
            {"destination": job.destination.name, **row}
            for row in reports.violations(job.connection)
        ]
        columns = ("destination", "order_id", "severity", "rule", "field", "message")
        shared.print_json(found) if output == "json" else shared.print_table(found, columns, output)
        return int(bool(invalid))
    click.echo(
        f"{job.destination.name}: {orders:,} orders, {invalid:,} invalid, {warned:,} with warnings only"
    )
    for rule in reports.by_rule(job.connection):
        click.echo(
            f"  {rule['severity']:<8}{rule['orders']:>8,}  {rule['rule']}, for example {', '.join(rule['examples'])}"
        )
        click.echo(f"                    {rule['message']}")
    return int(bool(invalid))
