"""Opens the warehouse only while changes are read or results are stored."""

import logging
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import duckdb

from connector.compile import literal, quote
from connector.compile.reading.stage import kinds
from connector.contract.contract import Contract, with_columns
from connector.contract.entity import Entity
from connector.engine.duckdb_file import is_held, process_of, unreadable
from connector.exceptions import WarehouseBusyError, WarehouseError
from connector.fit.fault import Fault, UnfitError
from connector.fit.lossless import replaced
from connector.source.judge import Judge
from connector.source.place import not_built, place
from connector.source.project import Relation, Warehouse
from connector.sql import Statements

statement = Statements(__file__)

log = logging.getLogger(__name__)

WAIT = 15.0  # seconds to wait for a process that holds the warehouse
_RESERVED = {"ledger", "work", "plan", "staged", "main", "memory", "temp", "system"}


@dataclass(frozen=True, slots=True)
class View:
    """The view of one entity; `place` is its quoted name, `columns` are names and types.

    `casts` are the columns that are cast without loss, with their types in the view; `relation` is
    what to read: the place, or a select with those casts.
    """

    model: str
    place: str
    relation: str
    columns: Mapping[str, str]
    casts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Views:
    """The views of a destination, by entity."""

    models: dict[str, str]
    relations: dict[str, str]  # quoted
    columns: dict[str, tuple[str, ...]]  # columns defined by the contract
    casts: dict[str, str] = field(default_factory=dict)  # types in the view, by model and column

    def announced(self) -> list[str]:
        """Return messages about the columns that are cast without loss."""
        return [f"{column} is {kind}, and cast without loss" for column, kind in self.casts.items()]


@contextmanager
def attached(connection: duckdb.DuckDBPyConnection, warehouse: Warehouse) -> Iterator[None]:
    """Attach the warehouse read-only and detach it afterwards, so that dbt can write again.

    Waits a little for a process that holds it. Raises WarehouseError when it is missing, held or
    not DuckDB.
    """
    if warehouse.database in _RESERVED:
        raise WarehouseError(
            f"{warehouse.path}: the connector keeps the name {warehouse.database!r} for itself; "
            "rename the file, and the path in dbt's profile"
        )
    with _attached(connection, warehouse, warehouse.database, "read_only"):
        yield


@contextmanager
def writable(connection: duckdb.DuckDBPyConnection, warehouse: Warehouse) -> Iterator[None]:
    """Attach the warehouse as `target` for writing; waits and raises as `attached` does."""
    with _attached(connection, warehouse, "target", "read_write"):
        yield


@contextmanager
def _attached(
    connection: duckdb.DuckDBPyConnection, warehouse: Warehouse, name: str, mode: str
) -> Iterator[None]:
    if not warehouse.path.is_file():
        raise WarehouseError(
            f"{warehouse.path} does not exist; run `dbt build` to make the warehouse, "
            "or correct its path"
        )
    sql = f"attach {literal(str(warehouse.path))} as {quote(name)} ({mode})"
    _attach(connection, warehouse, sql)
    try:
        yield
    finally:
        connection.execute(f"detach {quote(name)}")


def _attach(connection: duckdb.DuckDBPyConnection, warehouse: Warehouse, sql: str) -> None:
    deadline = time.monotonic() + (WAIT if warehouse.wait is None else warehouse.wait)
    while True:
        try:
            connection.execute(sql)
        except duckdb.Error as error:
            if not is_held(error):
                raise unreadable(warehouse.path, error) from error
            if time.monotonic() >= deadline:
                process = process_of(error)
                raise WarehouseBusyError(
                    f"{warehouse.path} is held by another process, probably a dbt run "
                    f"({f'PID {process}' if process else 'it does not say which'}); wait until it "
                    "ends and try again, or raise `warehouse_wait:` in connector.yml"
                ) from error
            time.sleep(0.2)
        else:
            return


def views(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    warehouse: Warehouse,
    renames: Mapping[str, str],
) -> Views:
    """Return the views of the attached warehouse.

    Raises ModelError that lists every fault of every view: missing views, and columns that do not
    fit the contract.
    """
    found, faults = Views({}, {}, {}), list[Fault]()
    for entity in contract.entities():
        try:
            view = view_of(connection, contract, warehouse, entity, renames)
        except UnfitError as error:
            faults += error.faults
            continue
        if view:
            found.models[entity.name] = view.model
            found.relations[entity.name] = view.relation
            known = kinds(_with_columns(contract, entity, view.columns))
            found.columns[entity.name] = tuple(n for n in known if n in view.columns)
            found.casts.update({f"{view.model}.{n}": kind for n, kind in view.casts.items()})
    if faults:
        raise UnfitError(contract.destination, faults)
    for each in found.announced():
        log.info("%s: %s", contract.destination, each)
    return found


def model_of(contract: Contract, entity: Entity, renames: Mapping[str, str]) -> str:
    """Return the name of the model of an entity."""
    return renames.get(entity.name, f"{contract.destination}__{entity.name}")


def view_of(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    warehouse: Warehouse,
    entity: Entity,
    renames: Mapping[str, str],
) -> View | None:
    """Return the view of one entity, or None when there is none and none is needed.

    Its `relation` casts columns that can be cast without loss. Raises UnfitError as `views` does.
    """
    model = model_of(contract, entity, renames)
    needed = entity.required or entity.name in renames
    relation = place(warehouse, contract.destination, model, needed=needed)
    columns = columns_of(connection, relation) if relation else {}
    if relation and not columns and (needed or warehouse.models is not None):
        raise not_built(warehouse, contract.destination, model, relation)
    if not relation or not columns:
        return None
    whole = _with_columns(contract, entity, columns)
    name = quoted(relation)
    casts = Judge(connection, whole, model, name).casts(contract.destination, columns)
    kinds_of = {each: columns[each] for each in casts}
    return View(model, name, replaced(name, casts), columns, kinds_of)


def _with_columns(contract: Contract, entity: Entity, columns: Collection[str]) -> Entity:
    """Return an entity with the free fields for which its view has columns."""
    found = with_columns(contract, {entity.name: columns})
    return next(each for each in found.entities() if each.name == entity.name)


def columns_of(connection: duckdb.DuckDBPyConnection, relation: Relation) -> dict[str, str]:
    """Return the columns of a view with their types, in order; empty if it does not exist."""
    names = {"database": relation.database, "schema": relation.schema, "name": relation.name}
    return dict(connection.execute(statement("view_columns"), names).fetchall())


def quoted(relation: Relation) -> str:
    """Return the quoted name of a relation."""
    return ".".join(map(quote, (relation.database, relation.schema, relation.name)))
