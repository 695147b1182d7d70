"""What is examined: settings, dbt project and warehouse, each read once."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from connector.config.config import Config
from connector.contract.contract import Contract
from connector.exceptions import ConnectorError, ProjectError
from connector.ledger import places
from connector.runs.workspace import Account, Options, configuration, warehouse_of
from connector.settings.settings import Destination
from connector.source import project
from connector.source.opening import reading
from connector.source.project import Warehouse
from connector.source.reader import Reader
from connector.text.yaml_file import read

Part = TypeVar("Part")


class Subject:
    """The parts that checks look at; asking for one that cannot be read raises its error again."""

    def __init__(self, options: Options, metrics: Path | None = None) -> None:
        self.options, self.metrics = options, metrics
        self._known: dict[str, Any] = {}

    def configuration(self) -> tuple[Config, Mapping[str, Contract]]:
        """Return connector.yml and the contracts; raises ConfigError or ContractError."""
        return self._once("configuration", lambda: configuration(self.options))

    def ledger(self) -> Path:
        """Return where the configured ledger is; raises ConfigError."""
        return self.configuration()[0].ledger

    def ledgers(self) -> list[Path]:
        """Return the existing ledgers, one per account and environment; raises ConfigError."""
        return places.every(self.ledger())

    def dbt_project(self) -> Mapping[str, Any] | None:
        """Return dbt_project.yml, None when connector.yml names the warehouse.

        Raises ConfigError or ProjectError.
        """
        if self.configuration()[0].warehouse:
            return None
        path = self.options.project_dir / "dbt_project.yml"
        next_step = "give --project-dir, or set `warehouse:` in connector.yml"
        return self._once("project", lambda: read(path, ProjectError, next_step))

    def manifest(self) -> Path:
        """Return where dbt writes the manifest; raises ConfigError or ProjectError."""
        return project.manifest_path(self.options.project_dir, self.dbt_project() or {})

    def warehouse(self) -> Warehouse:
        """Return where the warehouse is; raises ConfigError or ProjectError."""
        config, _ = self.configuration()
        return self._once("warehouse", lambda: warehouse_of(config, self.options))

    @contextmanager
    def opened(self) -> Iterator[Reader]:
        """Yield the open warehouse; raises WarehouseError."""
        if isinstance(self._known.get("opened"), ConnectorError):
            raise self._known["opened"]
        try:
            with duckdb.connect() as connection, reading(connection, self.warehouse()) as reader:
                yield reader
        except ConnectorError as error:
            self._known["opened"] = error
            raise

    def _once(self, name: str, make: Callable[[], Part]) -> Part:
        if name not in self._known:
            try:
                self._known[name] = make()
            except ConnectorError as error:
                self._known[name] = error
        found: Part | ConnectorError = self._known[name]
        if isinstance(found, ConnectorError):
            raise found
        return found


@dataclass(frozen=True, slots=True)
class Target:
    """An account that is examined."""

    subject: Subject
    account: Account

    @property
    def contract(self) -> Contract:
        """Return the contract of its API."""
        return self.account.contract

    @property
    def destination(self) -> Destination:
        """Return its settings."""
        return self.account.destination
