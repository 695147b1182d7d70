"""`connector show`: one order."""

from typing import Any

import click

from connector.cli import printed, shared
from connector.cli.output.differences import NOT_KEPT, print_changes
from connector.cli.output.terminal import say
from connector.text import exact, words

_STANDINGS = {
    "too_early": "not sent before its state is what `send_from` says, unless it was sent before",
    "counts_for_nothing": "not sent by its state; if the destination has it, see `on_cancelled`",
}


@click.command("show")
@click.argument("order_id")
@shared.only_destinations
@shared.environment
@click.option("--diff", is_flag=True, help="Only what differs from what was sent last.")
@shared.as_json
@click.pass_context
def command(
    context: click.Context,
    order_id: str,
    destinations: tuple[str, ...],
    environment: str | None,
    diff: bool,
    output: str,
) -> int:
    """Print one order: the payload as it would be sent, its violations, its history in the ledger.

    \b
    Example:
      connector show 536365
      connector show 536365 --diff
    """  # noqa: D301 - click reads these as characters, not as backslashes
    results = shared.project(context, environment).order(order_id, destinations)
    printed.tell_failures(results)
    found = [order.as_dict() for order in results.found]
    if output == "json":
        shared.print_json([each.as_dict() for _, each in results.all])
    else:
        for order in found:
            _print_difference(order) if diff else _print(order)
    return results.worst(int(all(order["payload"] is None for order in found)))


def _print(order: dict[str, Any]) -> None:
    say(f"{order['order_id']} · {order['destination']} · {order['environment']}")
    if order["payload"] is None:
        say("  not in the view")
    else:
        say(*exact.dumps(order["payload"]).split("\n"), whole=True)
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


def _print_difference(order: dict[str, Any]) -> None:
    say(f"{order['order_id']} · {order['destination']} · {order['environment']}")
    if order["payload"] is None:
        say("  not in the view")
    elif order["changes"] is None:
        say(f"  {NOT_KEPT}" if order["history"] else "  never sent")
    else:
        say(f"  since run {order['last_sent_by']}:{'' if order['changes'] else ' no difference'}")
        print_changes(order["changes"])


def _told(event: dict[str, Any]) -> str:
    status = f" (HTTP {event['status']})" if event["status"] else ""
    when, reason = words.moment(event["at"]), event["reason"] or ""
    told = f"run {event['run_id']} {when} {event['outcome']}{status} {reason}".rstrip()
    if event["batch_id"] is None:
        return told
    return f"{told}; batch {event['batch_id']}, request {event['request_id']}"
