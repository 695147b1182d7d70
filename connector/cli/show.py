"""`connector show`: one order."""

from typing import Any

import click

from connector.cli import shared
from connector.cli.each import each, listed, worst
from connector.cli.terminal import say
from connector.plan.plan import Planner
from connector.reporting import reports
from connector.runs.job import Job
from connector.runs.workspace import Account, configured, opened
from connector.text import exact

_STANDINGS = {
    "too_early": "not sent before its state is what `send_from` says, unless it was sent before",
    "counts_for_nothing": "not sent by its state; if the destination has it, see `on_cancelled`",
}


@click.command("show")
@click.argument("order_id")
@click.option(
    "--destination", "names", multiple=True, help="Only this destination; may be repeated."
)
@shared.environment
@shared.as_json
@click.pass_context
def command(
    context: click.Context,
    order_id: str,
    names: tuple[str, ...],
    environment: str | None,
    output: str,
) -> int:
    """Print one order: the payload as it would be sent, its violations, its history in the ledger.

    \b
    Example:
      connector show 536365
    """  # noqa: D301 - click reads these as characters, not as backslashes
    options = shared.options(context, environment)
    chosen, warehouse = configured(options, names)

    def shown(account: Account) -> list[dict[str, Any]]:
        with opened(account, warehouse, read_only=True) as workspace:
            return _one(workspace.job, order_id)

    told = [(account.scope, orders) for account, orders in each(chosen, shown)]
    found = listed(told, "text")
    if output == "json":
        shared.print_json(listed(told, output))
    else:
        for order in found:
            _print(order)
    unknown = int(all(order["payload"] is None for order in found))
    return worst((orders for _, orders in told), unknown)


def _one(job: Job, order_id: str) -> list[dict[str, Any]]:
    planner = Planner(job.connection, job.contract, job.destination)
    planner.stage(job.warehouse, order_id)
    planner.judge()  # first: what is left out is no part of the payload
    planner.render()
    return [reports.order(job.connection, planner.scope, order_id)]


def _print(order: dict[str, Any]) -> None:
    say(f"{order['order_id']} · {order['destination']} · {order['environment']}")
    if order["payload"] is None:
        say("  not in the view")
    else:
        say(*exact.dumps(order["payload"]).split("\n"))
        say(f"{order['bytes']:,} bytes as sent, without white space")
    if standing := _STANDINGS.get(order["standing"]):
        say(f"  {standing}")
    for violation in order["violations"]:
        cost = shared.COSTS[violation["cost"]]
        say(f"  {cost}: {violation['rule']}: {violation['message']}")
    if order["outdated_since"]:
        run = order["outdated_since"]
        say(f"  the destination holds an older version, which run {run} delivered")
    for event in order["history"]:
        say(f"  {_told(event)}")
    if not order["history"]:
        say("  never sent")


def _told(event: dict[str, Any]) -> str:
    status = f" (HTTP {event['status']})" if event["status"] else ""
    when, reason = event["at"] or "", event["reason"] or ""
    told = f"run {event['run_id']} {when} {event['outcome']}{status} {reason}".rstrip()
    if event["batch_id"] is None:
        return told
    return f"{told}; batch {event['batch_id']}, request {event['request_id']}"
