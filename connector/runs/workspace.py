"""Opens what a command works on: settings, contracts, warehouse, ledger."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from connector.config.config import Config, destinations_path, load
from connector.contract.contract import Contract
from connector.destinations import contracts
from connector.engine.engine import engine
from connector.errors import ConfigError
from connector.ledger.ledger import Ledger, Scope
from connector.ledger.ledger_file import attached
from connector.runs.job import Job
from connector.settings.settings import Destination
from connector.source.project import Warehouse, from_dbt
from connector.text.names import nearest


@dataclass(frozen=True, slots=True)
class Options:
    """The global options of the command line."""

    project_dir: Path = Path()
    profiles_dir: Path | None = None
    target: str | None = None
    config: Path = Path("connector.yml")
    environment: str | None = None


@dataclass(frozen=True, slots=True)
class Workspace:
    """Everything opened; `jobs` has one entry a destination asked for."""

    connection: duckdb.DuckDBPyConnection
    ledger: Ledger
    config: Config
    jobs: Sequence[Job]


def configuration(options: Options) -> tuple[Config, dict[str, Contract]]:
    """Return connector.yml and the contracts; raises ConfigError or ContractError."""
    path = options.project_dir / options.config
    known = contracts(destinations_path(path))
    return load(path, known, options.environment), known


@contextmanager
def opened(options: Options, names: Sequence[str], *, read_only: bool) -> Iterator[Workspace]:
    """Yield a workspace for the named destinations, all that are configured when none is named."""
    config, known = configuration(options)
    warehouse = warehouse_of(config, options)
    with (
        engine(config.ledger.parent, config.memory_limit, read_only=read_only) as connection,
        attached(connection, config.ledger, read_only=read_only) as ledger,
    ):
        jobs = [
            Job(connection, known[each.name], each, warehouse) for each in chosen(config, names)
        ]
        yield Workspace(connection, ledger, config, jobs)


def warehouse_of(config: Config, options: Options) -> Warehouse:
    """Return where the warehouse is; raises ProjectError."""
    found = (
        Warehouse(*config.warehouse, models=None)
        if config.warehouse
        else from_dbt(options.project_dir, options.profiles_dir, options.target)
    )
    return replace(found, wait=config.warehouse_wait)


@dataclass(frozen=True, slots=True)
class Memory:
    """What the ledger alone tells; no warehouse, no dbt project is needed for it."""

    connection: duckdb.DuckDBPyConnection
    config: Config
    contracts: Mapping[str, Contract]

    def scopes(self, names: Sequence[str]) -> list[Scope]:
        """Return what the ledger files the named destinations under, all when none is named."""
        return [Scope(each.name, each.scope) for each in chosen(self.config, names)]


@contextmanager
def remembered(options: Options) -> Iterator[Memory]:
    """Yield the ledger, attached read-only as `ledger`."""
    config, known = configuration(options)
    with (
        engine(config.ledger.parent, config.memory_limit, read_only=True) as connection,
        attached(connection, config.ledger, read_only=True),
    ):
        yield Memory(connection, config, known)


def chosen(config: Config, names: Sequence[str]) -> list[Destination]:
    """Return the named destinations, all when none is named; raises ConfigError."""
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
