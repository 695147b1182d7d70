"""`connector validate`: judge all orders by the contract."""

from collections.abc import Iterator

import click

from connector import Connector, Failure, Results, Validation
from connector.api.results import row
from connector.cli import printed, shared
from connector.cli.output.terminal import say

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
    project = shared.project(context)
    results = project.validate(destinations, listed=output != "text")
    printed.tell_failures(results)
    if output != "text":
        _print_all(results, output)
    elif results.found:
        say(*(line for found in results.found for line in _lines(found)))
        _print_build(project)
    return results.worst(max((found.exit_code for found in results.found), default=0))


def _lines(found: Validation) -> Iterator[str]:
    counts = f"{found.orders:,} orders, {found.invalid:,} invalid, {found.warned:,}"
    yield f"{found.destination}: {counts} with warnings only"
    yield from (f"  {each}" for each in found.casts)
    for rule in found.rules:
        count = f"{shared.COSTS[rule.cost]:<10}{rule.orders:>8,}"
        yield f"  {count}  {rule.rule}, for example {', '.join(rule.examples)}"
        yield f"{'':22}{rule.message}"


def _print_build(project: Connector) -> None:
    found = project.build_warnings()
    if found:
        say(f"dbt: {len(found):,} tests of the last build warned")
    for warning in found:
        say(f"  {'warning':<10}{warning.rows:>8,}  {warning.test}")
        if warning.values:
            texts = (f"{text or '(none)'} ({count:,})" for text, count in warning.values)
            say(f"{'':22}{', '.join(texts)}")


def _print_all(results: Results[Validation], output: str) -> None:
    rows = []
    for name, found in results.all:
        if not isinstance(found, Failure):
            rows += [{"destination": name, **row(each)} for each in found.violations]
        elif output == "json":
            rows.append(found.as_dict())
    if output == "json":
        shared.print_json(rows)
    else:
        shared.print_table(rows, COLUMNS, output)
