"""`connector try`: one order from the views to the sandbox or UAT, and then for real."""

import click

from connector import Connector, Order
from connector.cli import shared
from connector.cli.output.terminal import say

_REAL, _SAFE = "production", "local"


@click.command("try")
@shared.destination
@click.argument("order_id", required=False)
@shared.environment
@click.option("--yes", is_flag=True, help="Ask nothing, and send nothing for real.")
@click.pass_context
def command(
    context: click.Context,
    destination: str,
    order_id: str | None,
    environment: str | None,
    yes: bool,
) -> int:
    """Send one order to the sandbox or UAT, show the request and the answer, then ask.

    Without ORDER_ID it is the first one that a run would send. It goes to the environment of
    connector.yml, or to the sandbox when that is production; for real only after a yes.

    \b
    Examples:
      connector try northbeam
      connector try northbeam 536365 --environment uat
    """  # noqa: D301 - click reads these as characters, not as backslashes
    project, order_id = _safe(context, destination, order_id, environment)
    order = project.order(order_id, destination)
    if order.payload is None:
        raise click.UsageError(f"{destination} has no order {order_id} in its view")
    _show(order)
    code = _sent(project, destination, order_id)
    if code or yes:
        return code
    question = f"Send {order_id} for real, to {_REAL}?"
    if click.confirm(question, default=False, err=True):
        return _sent(shared.project(context, _REAL), destination, order_id)
    return 0


def _safe(
    context: click.Context, destination: str, order_id: str | None, environment: str | None
) -> tuple[Connector, str]:
    """Return the project in an environment that is not real, and the order to be sent."""
    if environment == _REAL:
        raise click.UsageError(f"it is tried elsewhere first; use `--environment {_SAFE}` or uat")
    project = shared.project(context, environment)
    plan = project.plan(destination)
    if plan.environment.startswith(_REAL):
        project = shared.project(context, _SAFE)
        plan = project.plan(destination)
    found = [each for kind in ("added", "changed", "in_doubt") for each in plan.examples[kind]]
    if order_id or found:
        return project, order_id or found[0]
    raise click.UsageError("no order is there that a run would send; name one by its id")


def _show(order: Order) -> None:
    """Print the request: the payload, and what the contract finds in it."""
    say(f"{order.destination} · {order.environment} · the request")
    shared.print_json(order.payload)
    for each in order.violations:
        say(f"  {shared.COSTS[each.cost]}: {each.rule}: {each.message}")


def _sent(project: Connector, destination: str, order_id: str) -> int:
    """Send the order, print the answer, and return the exit code of the run for it."""
    chosen = {"order_ids": [order_id], "full": True, "unguarded": True, "allow_side_effects": True}
    summary = project.sync(destination, **chosen)  # type: ignore[call-overload]
    if summary.error:
        say(f"Error: {summary.error}", err=True)
        return int(summary.exit_code)
    order = project.order(order_id, destination)
    events = [each for each in order.history if each.run_id == summary.run_id]
    for each in events:
        status = f" (HTTP {each.status})" if each.status else ""
        reason = f": {each.reason}" if each.reason else ""
        say(f"{order.environment} · the answer: {each.outcome}{status}{reason}")
    if not events:
        say(f"{order.environment}: not sent; see `connector show {order_id}`")
    return int(not any(each.outcome == "delivered" for each in events))
