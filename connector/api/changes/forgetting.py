"""Erases what the ledgers keep of orders or customers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connector.api.results import Failure, attempted
from connector.exceptions import ChoiceError
from connector.ledger import places
from connector.remote import stores
from connector.runs.forget import Forgetting, Forgotten
from connector.runs.workspace import Account, Options, accounts, warehouse_of


@dataclass(frozen=True, slots=True)
class Erasure:
    """What each ledger knew of the orders, or why it could not be read or written.

    `not_searched` are ledgers that belong to no configured account, so that nothing was erased
    in them.
    """

    ledgers: tuple[Forgotten | Failure, ...]
    not_searched: tuple[Path, ...] = ()

    @property
    def found(self) -> list[Forgotten]:
        """Return what was found in the ledgers that could be read."""
        return [each for each in self.ledgers if isinstance(each, Forgotten)]

    @property
    def failures(self) -> list[Failure]:
        """Return the ledgers that could not be read or written."""
        return [each for each in self.ledgers if isinstance(each, Failure)]

    @property
    def exit_code(self) -> int:
        """Return the highest exit code of the failures, or 0."""
        return max((each.exception.exit_code for each in self.failures), default=0)

    def as_dict(self) -> list[dict[str, Any]]:
        """Return the stable JSON of `forget`: one object per ledger."""
        return [each.as_dict() for each in self.ledgers]


def forgotten(
    options: Options,
    names: Sequence[str],
    order_ids: Sequence[str],
    customer_ids: Sequence[str],
    *,
    dry_run: bool,
) -> Erasure:
    """Erase what is kept of some orders, or say how much that would be.

    Raises ChoiceError when no order and no customer is named, ConfigError, ContractError,
    LedgerError or ProjectError.
    """
    if not order_ids and not customer_ids:
        raise ChoiceError("nothing is named; name orders or customers (--order-id, --customer-id)")
    asked = accounts(options, names)
    config = asked[0].config
    warehouse = warehouse_of(config, options) if customer_ids else None
    in_all = options.environment is None
    forgetting = Forgetting(tuple(order_ids), tuple(customer_ids), warehouse, in_all)
    if not dry_run:
        for account in asked:
            account.writable_ledger()  # a ledger of several accounts is split first
    work = forgetting.survey if dry_run else forgetting.erase
    places_ = [(account, path) for account in asked for path in forgetting.ledgers(account)]
    ledgers = tuple(attempted(account, _in(path, work)) for account, path in places_)
    return Erasure(ledgers, () if names else _others(asked[0]))


def _in(path: Path, work: Callable[[Account, Path], Forgotten]) -> Callable[[Account], Forgotten]:
    return lambda account: work(account, path)


def _others(account: Account) -> tuple[Path, ...]:
    """Return the ledgers of accounts that connector.yml does not have."""
    config = account.config
    known = {None, *config.destinations, *config.unsuited}
    found = stores.every(config.store, config.ledger)
    return tuple(each for each in found if places.account_of(config.ledger, each) not in known)
