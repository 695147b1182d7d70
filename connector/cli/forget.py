"""`connector forget`: erase what the ledgers keep of orders or customers."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from connector.cli import shared
from connector.cli.each import each, listed, worst
from connector.cli.terminal import say
from connector.config.config import Config
from connector.exceptions import ConnectorError, GuardError
from connector.ledger import places
from connector.runs.forget import Forgetting, Forgotten
from connector.runs.workspace import Account, accounts, warehouse_of
from connector.text.plural import counted

Found = list[tuple[Account, Forgotten | ConnectorError]]


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
    The file of each ledger is written anew, so that the bytes are gone. Erase the customer from
    the warehouse first: an order that changes afterwards is sent, and kept, again.

    \b
    Examples:
      connector forget --customer-id 17850 --dry-run
      connector forget --customer-id 17850 --yes
      connector forget yespo --order-id 536365 --order-id 536367
    """  # noqa: D301 - click reads these as characters, not as backslashes
    if not order_ids and not customer_ids:
        raise click.UsageError("name orders by --order-id, or customers by --customer-id")
    options = shared.options(context, environment)
    chosen = accounts(options, destinations)
    warehouse = warehouse_of(chosen[0].config, options) if customer_ids else None
    forgetting = Forgetting(order_ids, customer_ids, warehouse, environment is None)
    if not yes:
        found = _each(chosen, forgetting, forgetting.survey)
        if not dry_run:
            _confirm(found)
    if not dry_run:
        for account in chosen:
            account.writable_ledger()  # one that is split then is looked through as it is
        found = _each(chosen, forgetting, forgetting.erase)
    _tell(found, output)
    if not destinations:
        _tell_others(chosen[0].config)
    return worst(one for _, one in found)


def _each(
    chosen: Sequence[Account], forgetting: Forgetting, work: Callable[[Account, Path], Forgotten]
) -> Found:
    """Return what came of each ledger of each account."""
    ledgers = [(account, path) for account in chosen for path in forgetting.ledgers(account)]
    return [(account, one) for (account, _), one in each(ledgers, lambda place: work(*place))]


def _confirm(found: Found) -> None:
    """Ask whether to erase what was found; raises GuardError without a yes."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise GuardError(
            "erasing cannot be undone; look at it by --dry-run, then run it with --yes"
        )
    say(*_lines(found), err=True)
    if not click.confirm("Erase this for good?", err=True):
        raise GuardError("nothing was erased; run it again when you are sure")


def _tell(found: Found, output: str) -> None:
    if output == "json":
        rows = (
            (account.scope, one if isinstance(one, ConnectorError) else [one.as_dict()])
            for account, one in found
        )
        shared.print_json(listed(rows, output))
    elif found:
        say(*_lines(found))
    else:
        say("there is no ledger yet, so that nothing is kept")


def _lines(found: Found) -> list[str]:
    return [_line(one) for _, one in found if isinstance(one, Forgotten)]


def _line(found: Forgotten) -> str:
    what = f"{counted(found.payloads, 'payload')} and {counted(found.texts, 'refusal text')}"
    done = f"erased by run {found.run_id}" if found.run_id else "would be erased"
    where = f"{found.destination} ({found.environment})"
    return f"{where}: {counted(found.orders, 'order')} known; {what} {done}"


def _tell_others(config: Config) -> None:
    """Say which ledgers were not looked through, as no account is configured for them."""
    for path in places.every(config.ledger):
        account = places.account_of(config.ledger, path)
        if account and account not in (*config.destinations, *config.unsuited):
            say(
                f"Warning: {path} is of no account in connector.yml, so nothing was erased in it; "
                "configure the account again, or delete the file",
                err=True,
            )
