"""What a run works on, and its callbacks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from connector.contract.contract import Contract
from connector.delivery.delivered import Delivered
from connector.exceptions import ConnectorError
from connector.ledger.ledger import Scope
from connector.reporting.reports import Row
from connector.settings.kept import Kept
from connector.settings.settings import Destination
from connector.source.project import Warehouse
from connector.source.warehouse import model_of

if TYPE_CHECKING:  # a plan sends nothing, and starts faster without the sender
    from connector.http.sender import Sender


@dataclass(frozen=True, slots=True)
class Job:
    """One destination, and the source of its orders."""

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
        """Return the scope under which the ledger records the run."""
        return self.destination.scope

    @property
    def kept(self) -> Kept:
        """Return what the ledger keeps of orders as they are sent."""
        return self.destination.kept(self.contract)


@dataclass(frozen=True, slots=True)
class Hooks:
    """The callbacks of a run, and what it knows about earlier runs."""

    recent: Row  # results of the last runs, see `reports`
    report: Callable[[str, int, Delivered], None]  # phase, planned orders, progress so far
    sending: "Callable[[Sender], None]"  # takes the sender to interrupt from now on
    interruption: Callable[[], ConnectorError | None] = lambda: None  # set by a signal
