"""The rows of one order in each of its views."""

from collections.abc import Sequence
from typing import Any

from connector.api.results import Results, attempted
from connector.compile.reading import one_order
from connector.contract.entity import Entity
from connector.engine.engine import engine
from connector.runs.workspace import Account, Options, configured
from connector.source.opening import reading
from connector.source.project import Warehouse
from connector.source.reader import Reader
from connector.source.views import View
from connector.source.warehouse import view_of

Rows = dict[str, tuple[dict[str, Any], ...]]  # by entity


def rows(options: Options, names: Sequence[str], order_id: str) -> Results[Rows]:
    """Return what each view has of an order; raises ConfigError, ContractError or ProjectError."""
    found, warehouse = configured(options, names)
    return Results([(each.name, attempted(each, _reader(warehouse, order_id))) for each in found])


def _reader(warehouse: Warehouse, order_id: str) -> Any:
    def one(account: Account) -> Rows:
        config, contract = account.config, account.contract
        with (
            engine(config.ledger.parent, config.memory_limit, read_only=True) as connection,
            reading(connection, warehouse) as reader,
        ):
            found: Rows = {}
            for entity in contract.entities():
                if view := view_of(reader, contract, entity, account.destination.models):
                    found[entity.name] = _rows(reader, entity, view, order_id)
            return found

    return one


def _rows(reader: Reader, entity: Entity, view: View, order_id: str) -> tuple[dict[str, Any], ...]:
    relation = reader.local(view, of=(entity.keys[0], order_id))
    sql = one_order.rows(entity, relation, is_ordered="_position" in view.columns)
    cursor = reader.connection.cursor().execute(sql, {"order_id": order_id})
    names = [column[0] for column in cursor.description]
    return tuple(dict(zip(names, row, strict=True)) for row in cursor.fetchall())
