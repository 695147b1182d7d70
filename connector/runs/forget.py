"""Erases personal data of some orders, or of all orders of some customers, from ledgers.

It deletes payloads and the destinations' messages about the orders; ids and fingerprints stay, so
that nothing is sent again. The warehouse, exports and the destinations are not touched.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from connector.compile import collected
from connector.compile.reading import customers
from connector.engine.engine import ended_by, engine
from connector.exceptions import ChoiceError
from connector.ledger import places
from connector.ledger.contents.run_log import now
from connector.ledger.file import attached
from connector.ledger.ledger import Ledger, Scope
from connector.ledger.rewrite import rewrite
from connector.remote import stores
from connector.runs.workspace import Account
from connector.source.opening import reading
from connector.source.project import Warehouse
from connector.source.warehouse import view_of
from connector.sql import Statements, run

statement = Statements(__file__)

COMMAND = "forget"
ERASED = "erased by `connector forget`"  # replaces a destination's message about an order


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many of the orders a ledger knew, and what was or would be erased."""

    destination: str
    environment: str
    run_id: int | None  # None: nothing was erased
    orders: int
    payloads: int
    texts: int  # messages of the destination about orders
    exit_code: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return the stable JSON of `forget`."""
        return asdict(self)

    def counts(self) -> dict[str, int]:
        """Return the counts alone."""
        return {"orders": self.orders, "payloads": self.payloads, "texts": self.texts}


@dataclass(frozen=True, slots=True)
class Forgetting:
    """Selects the orders to forget, and the ledgers of an account to search.

    `warehouse` holds the views in which a customer's orders are found.
    """

    order_ids: Sequence[str]
    customer_ids: Sequence[str]
    warehouse: Warehouse | None
    in_all_environments: bool

    def ledgers(self, account: Account) -> list[Path]:
        """Return the files to search for an account."""
        if not self.in_all_environments:
            is_there = account.config.store or account.ledger.exists()
            return [account.ledger] if is_there else []
        config = account.config
        if config.store:
            known = stores.every(config.store, config.ledger)
            return [each for each in known if _is_of(account, each)]
        is_alone = config.has_one_account
        return places.of_account(config.ledger, account.name, is_alone=is_alone)

    def survey(self, account: Account, path: Path) -> Forgotten:
        """Return what would be erased in a ledger of an account; nothing is changed."""
        with self._opened(account, path, read_only=True) as (connection, _):
            return _counted(connection, _scope(connection, account, path), None)

    def erase(self, account: Account, path: Path) -> Forgotten:
        """Erase it, and record that as a run.

        Raises LedgerHeldError when another run holds the ledger, LedgerError when it cannot be
        written.
        """
        with self._opened(account, path, read_only=False) as (connection, ledger):
            scope = _scope(connection, account, path)
            run_id = ledger.start(scope, COMMAND)
            found = _counted(connection, scope, run_id)
            try:
                for left in places.verifications(path):
                    left.unlink(missing_ok=True)
                ledger.transact(statement("erase"), erased=ERASED)
                ledger.flush()  # the file that is written next has no log
                rewrite(connection, path, _ended(scope, found))
            except Exception as error:
                ended = ended_by(connection, error)
                ledger.finish(scope, run_id, COMMAND, ended.exit_code, {"error": ended.told})
                raise
        return found

    @contextmanager
    def _opened(
        self, account: Account, path: Path, *, read_only: bool
    ) -> Iterator[tuple[duckdb.DuckDBPyConnection, Ledger]]:
        """Yield a ledger with `work.forgotten` (order_id), the orders to forget."""
        config = account.config
        with (
            engine(config.ledger.parent, config.memory_limit, read_only=read_only) as connection,
            attached(connection, account.stored(path), read_only=read_only) as ledger,
        ):
            statement.run(connection, "wanted", order_ids=list(self.order_ids))
            if self.customer_ids:
                self._find_customers(connection, account)
            yield connection, ledger

    def _find_customers(self, connection: duckdb.DuckDBPyConnection, account: Account) -> None:
        contract = account.contract
        if contract.customer is None:
            raise ChoiceError(
                f"{account.name}: the contract does not say by which column a customer is known; "
                "add x-customer to it, or name the orders by --order-id"
            )
        wanted = {"customers": list(self.customer_ids)}
        run(connection, collected("work", "forgotten", customers.kept(contract.customer)), wanted)
        if self.warehouse:
            with reading(connection, self.warehouse) as reader:
                view = view_of(reader, contract, contract.orders, account.destination.models)
                if view and contract.customer in view.columns:
                    viewed = customers.viewed(contract, contract.customer, reader.local(view))
                    run(connection, collected("work", "forgotten", viewed), wanted)


def _is_of(account: Account, cache: Path) -> bool:
    return places.account_of(account.config.ledger, cache) == account.name


def _ended(scope: Scope, found: Forgotten) -> dict[str, Any]:
    """Return the end of the run, which is recorded only in the new file."""
    summary = json.dumps({"forgotten": found.counts()})
    ended = {"event": "finished", "exit_code": 0, "summary": summary, "recorded_at": now()}
    return {**scope.values(), "run_id": found.run_id, "command": COMMAND, **ended}


def _scope(connection: duckdb.DuckDBPyConnection, account: Account, path: Path) -> Scope:
    """Return the scope for a run in a file: the account's, or that of the file's last run."""
    last = statement.run(connection, "last_scope").fetchone()
    return account.scope if path == account.ledger or not last else Scope(*last)


def _counted(connection: duckdb.DuckDBPyConnection, scope: Scope, run_id: int | None) -> Forgotten:
    counts = statement.rows(connection, "forgotten", erased=ERASED)[0]
    return Forgotten(scope.destination, scope.environment, run_id, *counts)
