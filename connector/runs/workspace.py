"""Opens what a command works on: settings, contracts, warehouse, and each account's ledger."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from connector.config.config import Config, destinations_path, load
from connector.contract.contract import Contract
from connector.destinations import contracts
from connector.engine.engine import engine
from connector.exceptions import ConfigError
from connector.ledger import places
from connector.ledger.file import attached
from connector.ledger.ledger import Ledger, Scope
from connector.ledger.split import split
from connector.ledger.store import Store
from connector.remote import stores
from connector.runs.job import Job
from connector.settings.settings import Destination
from connector.source.project import Warehouse, from_dbt
from connector.text.names import nearest


@dataclass(frozen=True, slots=True)
class Options:
    """The global options of the command line, and DuckDB's memory limit."""

    project_dir: Path = Path()
    profiles_dir: Path | None = None
    target: str | None = None
    config: Path = Path("connector.yml")
    environment: str | None = None
    memory_limit: str | None = None  # overrides the one in connector.yml


@dataclass(frozen=True, slots=True)
class Account:
    """An account of connector.yml; it can be opened without the others."""

    config: Config
    contract: Contract
    destination: Destination
    jobs: int = 1  # accounts open at the same time, which share memory and threads

    @property
    def name(self) -> str:
        """Return the key in connector.yml."""
        return self.destination.name

    @property
    def scope(self) -> Scope:
        """Return the scope under which its ledger records its runs."""
        return self.destination.scope

    @property
    def ledger(self) -> Path:
        """Return the ledger to read, which may still be the project's: only a run splits it."""
        return places.readable(**self._place())

    def sharing(self, jobs: int) -> "Account":
        """Return the account as one of `jobs` that are open at the same time."""
        return replace(self, jobs=jobs)

    def writable_ledger(self) -> Path:
        """Return the ledger that its runs write; split the project's ledger first if that is due.

        Raises LedgerHeldError or LedgerError when it cannot be split.
        """
        split(self.config.ledger, self.config.memory_limit, is_alone=self.config.has_one_account)
        return places.written(**self._place())

    def stored(self, path: Path) -> Store:
        """Return the store of a ledger of the project, whose file or cache has this path."""
        seconds = self.destination.delivery.read_timeout + stores.SLACK
        return stores.store(self.config.store, path, seconds)

    def _place(self) -> dict[str, Any]:
        ledger, is_alone = self.config.ledger, self.config.has_one_account
        own = {"account": self.name, "environment": self.destination.environment}
        return {"ledger": ledger, **own, "is_alone": is_alone}


@dataclass(frozen=True, slots=True)
class Workspace:
    """An account, opened: its ledger is attached as `ledger`."""

    connection: duckdb.DuckDBPyConnection
    ledger: Ledger
    account: Account
    job: Job


def configuration(options: Options) -> tuple[Config, Mapping[str, Contract]]:
    """Return the settings and the contracts; raises ConfigError or ContractError."""
    path = options.project_dir / options.config
    known = contracts(destinations_path(path))
    config = load(path, known, options.environment)
    limit = options.memory_limit or config.memory_limit
    return replace(config, memory_limit=limit), known


def accounts(options: Options, names: Sequence[str]) -> list[Account]:
    """Return the named accounts, or all configured ones if none is named.

    Raises ConfigError or ContractError.
    """
    config, known = configuration(options)
    return [Account(config, known[each.contract], each) for each in chosen(config, names)]


def configured(options: Options, names: Sequence[str]) -> tuple[list[Account], Warehouse]:
    """Return the accounts and their common warehouse; may also raise ProjectError."""
    found = accounts(options, names)
    return found, warehouse_of(found[0].config, options)


@contextmanager
def opened(account: Account, warehouse: Warehouse, *, read_only: bool) -> Iterator[Workspace]:
    """Yield an account with its ledger; raises LedgerHeldError when another run holds it."""
    config, destination = account.config, account.destination
    path = account.ledger if read_only else account.writable_ledger()
    with (
        engine(
            config.ledger.parent, config.memory_limit, read_only=read_only, jobs=account.jobs
        ) as connection,
        attached(connection, account.stored(path), read_only=read_only) as ledger,
    ):
        job = Job(connection, account.contract, destination, warehouse)
        yield Workspace(connection, ledger, account, job)


@contextmanager
def remembered(account: Account) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection with the account's ledger as `ledger`, read-only.

    It needs no warehouse and no dbt project.
    """
    config = account.config
    with (
        engine(config.ledger.parent, config.memory_limit, read_only=True) as connection,
        attached(connection, account.stored(account.ledger), read_only=True),
    ):
        yield connection


@contextmanager
def everything(
    config: Config, read: Callable[[duckdb.DuckDBPyConnection], None]
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection after calling `read` on it for each ledger of the project."""
    ledger = config.ledger
    with engine(ledger.parent, config.memory_limit, read_only=True) as connection:
        for path in stores.every(config.store, ledger) or [ledger]:
            with attached(connection, stores.store(config.store, path), read_only=True):
                read(connection)
        yield connection


def warehouse_of(config: Config, options: Options) -> Warehouse:
    """Return where the warehouse is; raises ProjectError."""
    found = (
        Warehouse(*config.warehouse, models=None)
        if config.warehouse
        else from_dbt(options.project_dir, options.profiles_dir, options.target)
    )
    return replace(found, wait=config.warehouse_wait)


def chosen(config: Config, names: Sequence[str]) -> list[Destination]:
    """Return the named destinations, or all if none is named; raises ConfigError."""
    return [_destination(config, name) for name in names or config.destinations]


def _destination(config: Config, name: str) -> Destination:
    if name not in config.destinations:
        raise ConfigError(
            f"{config.path}: there is no destination {name!r}{nearest(name, config.destinations)}; "
            f"use one that is configured: {', '.join(config.destinations)}"
        )
    if name in config.unsuited:
        advice = "name the destinations that have it, or leave --environment out"
        raise ConfigError(f"{config.unsuited[name]}; {advice}")
    return config.destinations[name]
