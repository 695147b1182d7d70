"""`connector forget`: erase what the ledgers keep of orders or customers."""

import sys
from pathlib import Path
from typing import Any

import click

from connector import Erasure, Forgotten
from connector.cli import shared
from connector.cli.output.terminal import say, tell_error
from connector.exceptions import GuardError
from connector.text.plural import counted


@click.command("forget")
@shared.destinations
@shared.environment
@click.option("--order-id", "order_ids", multiple=True, help="This order; may be repeated.")
@click.option(
    "--customer-id",
    "customer_ids",
    multiple=True,
    help="All orders of this customer, as the destination is told the id; may be repeated.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be erased, and erase nothing.")
@click.option("--yes", is_flag=True, help="Erase it without asking.")
@shared.as_json
@click.pass_context
def command(
    context: click.Context,
    destinations: tuple[str, ...],
    environment: str | None,
    order_ids: tuple[str, ...],
    customer_ids: tuple[str, ...],
    dry_run: bool,
    yes: bool,
    output: str,
) -> int:
    """Erase what the ledgers keep of some orders, or of all orders of some customers.

    Kept payloads go, and what destinations said of the orders; ids and fingerprints stay, so that
    nothing is sent again. All accounts and environments are looked through, unless some are named.
    Each ledger's file is rewritten, so that the bytes are gone. Erase the customer from
    the warehouse first: an order that changes afterwards is sent, and kept, again.

    \b
    Examples:
      connector forget --customer-id 17850 --dry-run
      connector forget --customer-id 17850 --yes
      connector forget yespo --order-id 536365 --order-id 536367
    """  # noqa: D301 - click reads these as characters, not as backslashes
    if not order_ids and not customer_ids:
        raise click.UsageError("name orders by --order-id, or customers by --customer-id")
    project = shared.project(context, environment)
    meant: dict[str, Any] = {"order_ids": order_ids, "customer_ids": customer_ids}
    found = None if yes else project.forget(destinations, **meant, dry_run=True)
    if found and not dry_run:
        _tell_failures(found)
        _confirm(found)
    if not (found and dry_run):
        found = project.forget(destinations, **meant, dry_run=dry_run)
    _tell_failures(found)
    _tell(found, output)
    for path in found.not_searched:
        _tell_other(path)
    return found.exit_code


def _tell_failures(found: Erasure) -> None:
    for failure in found.failures:
        tell_error(failure.exception)


def _confirm(found: Erasure) -> None:
    """Ask whether to erase what was found; raises GuardError without a yes."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise GuardError(
            "erasing cannot be undone; look at it by --dry-run, then run it with --yes"
        )
    say(*map(_line, found.found), err=True)
    if not click.confirm("Erase this for good?", err=True):
        raise GuardError("nothing was erased; run it again when you are sure")


def _tell(found: Erasure, output: str) -> None:
    if output == "json":
        shared.print_json(found.as_dict())
    elif found.ledgers:
        say(*map(_line, found.found))
    else:
        say("there is no ledger yet, so that nothing is kept")


def _line(found: Forgotten) -> str:
    what = f"{counted(found.payloads, 'payload')} and {counted(found.texts, 'refusal text')}"
    done = f"erased by run {found.run_id}" if found.run_id else "would be erased"
    where = f"{found.destination} ({found.environment})"
    return f"{where}: {counted(found.orders, 'order')} known; {what} {done}"


def _tell_other(path: Path) -> None:
    """Say that a ledger was not searched, as no account is configured for it."""
    say(
        f"Warning: {path} is of no account in connector.yml, so nothing was erased in it; "
        "configure the account again, or delete the file",
        err=True,
    )
