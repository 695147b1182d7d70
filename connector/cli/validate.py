"""`connector validate`: judge all orders by the contract."""

from pathlib import Path

import click

from connector import reports
from connector.build_warnings import build_warnings
from connector.cli import shared
from connector.cli.terminal import say
from connector.integrity import check_positions
from connector.job import Job
from connector.plan import Planner
from connector.workspace import Workspace, opened

COLUMNS = ("destination", "order_id", "severity", "cost", "owner", "rule", "field", "message")


@click.command("validate")
@shared.destinations
@shared.as_table
@click.pass_context
def command(context: click.Context, destinations: tuple[str, ...], output: str) -> int:
    """Judge all orders of the views by the contract.

    Text tells how many orders break each rule, and what the tests of the last dbt build warned
    of; JSON and CSV list every violation.

    \b
    Example:
      connector validate northbeam --output csv > violations.csv
    """  # noqa: D301 - click reads these as characters, not as backslashes
    options = shared.options(context)
    with opened(options, destinations, read_only=True) as workspace:
        code = max([_one(job, output) for job in workspace.jobs])
        if output == "text":
            _print_build(workspace, options.project_dir)
        return code


def _one(job: Job, output: str) -> int:
    planner = Planner(job.connection, job.contract, job.destination)
    orders = planner.stage(job.warehouse)
    check_positions(job.connection, job.contract, job.destination.models)
    planner.judge()
    invalid, warned = reports.judged(job.connection)
    if output == "text":
        say(
            f"{job.destination.name}: {orders:,} orders, {invalid:,} invalid, "
            f"{warned:,} with warnings only"
        )
        _print_rules(job)
    else:
        _print_all(job, output)
    return int(bool(invalid))


def _print_rules(job: Job) -> None:
    for rule in reports.by_rule(job.connection):
        examples = ", ".join(rule["examples"])
        count = f"{shared.COSTS[rule['cost']]:<10}{rule['orders']:>8,}"
        say(f"  {count}  {rule['rule']}, for example {examples}")
        say(f"{'':22}{rule['message']}")


def _print_build(workspace: Workspace, project_dir: Path) -> None:
    warehouse = workspace.jobs[0].warehouse
    found = build_warnings(workspace.connection, warehouse, project_dir)
    if found:
        say(f"dbt: {len(found):,} tests of the last build warned")
    for warning in found:
        say(f"  {'warning':<10}{warning.rows:>8,}  {warning.test}")
        if warning.values:
            texts = (f"{text or '(none)'} ({count:,})" for text, count in warning.values)
            say(f"{'':22}{', '.join(texts)}")


def _print_all(job: Job, output: str) -> None:
    found = [
        {"destination": job.destination.name, **row} for row in reports.violations(job.connection)
    ]
    if output == "json":
        shared.print_json(found)
    else:
        shared.print_table(found, COLUMNS, output)
