"""`connector validate`: judge all orders by the contract."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click

from connector.cli import shared
from connector.cli.each import each, listed, worst
from connector.cli.terminal import say
from connector.exceptions import ConnectorError
from connector.plan.plan import Planner
from connector.reporting import reports
from connector.runs.job import Job
from connector.runs.workspace import Account, configured, opened
from connector.source.build_warnings import build_warnings
from connector.source.integrity import check_positions
from connector.source.project import Warehouse

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
    chosen, warehouse = configured(options, destinations)

    def judge(account: Account) -> _Judged:
        with opened(account, warehouse, read_only=True) as workspace:
            return _one(workspace.job, output)

    found = list(each(chosen, judge))
    judged = [one for _, one in found if isinstance(one, _Judged)]
    if output == "text" and judged:
        say(*(line for one in judged for line in one.lines))
        _print_build(warehouse, options.project_dir)
    if output != "text":
        _print_all(found, output)
    return worst((one for _, one in found), max((one.code for one in judged), default=0))


class _Judged(NamedTuple):
    """What is said of the orders of one destination: in lines, or as rows of violations."""

    code: int
    lines: list[str]
    rows: list[dict[str, Any]]


def _one(job: Job, output: str) -> _Judged:
    planner = Planner(job.connection, job.contract, job.destination)
    orders = planner.stage(job.warehouse)
    check_positions(job.connection, job.contract, job.destination.models)
    planner.judge()
    invalid, warned = reports.judged(job.connection)
    code, name = int(bool(invalid)), job.destination.name
    if output != "text":
        violations = reports.violations(job.connection)
        return _Judged(code, [], [{"destination": name, **row} for row in violations])
    counts = f"{orders:,} orders, {invalid:,} invalid, {warned:,} with warnings only"
    return _Judged(code, [f"{name}: {counts}", *_rules(job)], [])


def _rules(job: Job) -> Iterator[str]:
    for rule in reports.by_rule(job.connection):
        examples = ", ".join(rule["examples"])
        count = f"{shared.COSTS[rule['cost']]:<10}{rule['orders']:>8,}"
        yield f"  {count}  {rule['rule']}, for example {examples}"
        yield f"{'':22}{rule['message']}"


def _print_build(warehouse: Warehouse, project_dir: Path) -> None:
    found = build_warnings(warehouse, project_dir)
    if found:
        say(f"dbt: {len(found):,} tests of the last build warned")
    for warning in found:
        say(f"  {'warning':<10}{warning.rows:>8,}  {warning.test}")
        if warning.values:
            texts = (f"{text or '(none)'} ({count:,})" for text, count in warning.values)
            say(f"{'':22}{', '.join(texts)}")


def _print_all(found: Sequence[tuple[Account, _Judged | ConnectorError]], output: str) -> None:
    violations = [
        (account.scope, one.rows if isinstance(one, _Judged) else one) for account, one in found
    ]
    rows = listed(violations, output)
    if output == "json":
        shared.print_json(rows)
    else:
        shared.print_table(rows, COLUMNS, output)
