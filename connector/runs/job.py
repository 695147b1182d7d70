"""What a run works on, and what it tells while it goes on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from connector.contract.contract import Contract
from connector.delivery.delivered import Delivered
from connector.exceptions import ConnectorError
from connector.ledger.ledger import Scope
from connector.reporting.reports import Row
from connector.settings.settings import Destination
from connector.source.project import Warehouse
from connector.source.warehouse import model_of

if TYPE_CHECKING:  # a plan sends nothing, and starts sooner without what does
    from connector.http.sender import Sender


@dataclass(frozen=True, slots=True)
class Job:
    """One destination, and where its orders come from."""

    connection: duckdb.DuckDBPyConnection
    contract: Contract
    destination: Destination
    warehouse: Warehouse

    @property
    def models(self) -> list[str]:
        """Return the names of the models whose views are read."""
        contract, renames = self.contract, self.destination.models
        return [model_of(contract, entity, renames) for entity in contract.entities()]

    @property
    def scope(self) -> Scope:
        """Return what the ledger files the run under."""
        return self.destination.scope

    @property
    def keeps(self) -> tuple[str, ...]:
        """Return the names of the statements that keep something of what is delivered."""
        memory = self.destination.memory(self.contract)
        return (f"ledger_keep_{memory}",) if memory else ()


@dataclass(frozen=True, slots=True)
class Hooks:
    """What a run tells while it goes on, and what it knows of those before it."""

    recent: Row  # how the last runs went, see `reports`
    report: Callable[[str, int, Delivered], None]  # phase, planned orders, what was done so far
    sending: "Callable[[Sender], None]"  # what can be interrupted from now on
    interruption: Callable[[], ConnectorError | None] = lambda: None  # what a signal asks for
