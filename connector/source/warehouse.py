"""Opens the warehouse, for as long as it takes to read what changed or to store results."""

import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from connector.compile import literal, quote
from connector.compile.stage import kinds
from connector.contract.contract import Contract, with_columns
from connector.contract.entity import Entity
from connector.engine.duckdb_file import is_held, process_of, unreadable
from connector.exceptions import ModelError, WarehouseBusyError, WarehouseError
from connector.source.fit import check_columns
from connector.source.project import Relation, Warehouse
from connector.sql import statement
from connector.text.names import nearest

WAIT = 15.0  # seconds that a process which holds the warehouse is waited for
_RESERVED = {"ledger", "work", "plan", "staged", "main", "memory", "temp", "system"}


@dataclass(frozen=True, slots=True)
class View:
    """The view of one entity; `relation` is quoted, `columns` are names and types."""

    model: str
    relation: str
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Views:
    """The views of a destination, each by its entity."""

    models: dict[str, str]
    relations: dict[str, str]  # quoted
    columns: dict[str, tuple[str, ...]]  # those that the contract knows


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
    """Attach the warehouse as `target`, to be written; waits and raises as `attached` does."""
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

    Raises ModelError when one is missing or does not fit the contract.
    """
    found = Views({}, {}, {})
    for entity in contract.entities():
        view = view_of(connection, contract, warehouse, entity, renames)
        if view:
            found.models[entity.name] = view.model
            found.relations[entity.name] = view.relation
            known = kinds(_with_columns(contract, entity, view.columns))
            found.columns[entity.name] = tuple(n for n in known if n in view.columns)
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

    Raises ModelError as `views` does.
    """
    model = model_of(contract, entity, renames)
    needed = entity.required or entity.name in renames
    relation = _relation(warehouse, model, needed=needed)
    _check_place(warehouse, model, relation)
    columns = _columns(connection, relation) if relation else {}
    if relation and columns:
        check_columns(_with_columns(contract, entity, columns), model, columns)
        return View(model, _quoted(relation), columns)
    if relation and (needed or warehouse.models is not None):
        raise ModelError(
            f"{warehouse.path} has no {relation.schema}.{relation.name}; "
            f"run `dbt build --select {model}`"
        )
    return None


def _with_columns(contract: Contract, entity: Entity, columns: Collection[str]) -> Entity:
    """Return an entity with the free fields that its view has columns for."""
    found = with_columns(contract, {entity.name: columns})
    return next(each for each in found.entities() if each.name == entity.name)


def _relation(warehouse: Warehouse, model: str, *, needed: bool) -> Relation | None:
    relation = warehouse.relation(model)
    if relation is None and needed:
        raise ModelError(
            f"the dbt project has no model {model}{nearest(model, warehouse.models or ())}; "
            "write it, or name another under `models:` in connector.yml"
        )
    return relation


def _check_place(warehouse: Warehouse, model: str, relation: Relation | None) -> None:
    """Raise ModelError for a model that is not in the warehouse's file."""
    if relation and relation.materialized == "ephemeral":
        raise ModelError(
            f"{model} is ephemeral, so that the warehouse has no view of it; set "
            "`materialized: view` (or table) and run `dbt build`"
        )
    if relation and relation.database != warehouse.database:
        raise ModelError(
            f"{model} is in the database {relation.database!r}, which the dbt profile attaches, "
            f"and only {warehouse.path} is read; build it there: remove its `database:` config"
        )


def _columns(connection: duckdb.DuckDBPyConnection, relation: Relation) -> dict[str, str]:
    """Return the columns of a view with their types, in order; none when it is not there."""
    names = {"database": relation.database, "schema": relation.schema, "name": relation.name}
    return dict(connection.execute(statement("view_columns"), names).fetchall())


def _quoted(relation: Relation) -> str:
    return ".".join(map(quote, (relation.database, relation.schema, relation.name)))
