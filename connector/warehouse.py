"""Opens the warehouse read-only, for as long as it takes to read what changed."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from connector.compile import literal, quote
from connector.compile.stage import kinds
from connector.contract import Contract, Entity
from connector.errors import ModelError, WarehouseError
from connector.names import nearest
from connector.project import Relation, Warehouse
from connector.sql import statement

WAIT = 15.0  # seconds that a running dbt is waited for
_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
_NUMBERS = ("DECIMAL", *_WHOLE, "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
_TYPES = {
    "string": ("VARCHAR",),
    "timestamp": ("TIMESTAMP WITH TIME ZONE",),
    "number": _NUMBERS,
    "integer": _NUMBERS,
    "boolean": ("BOOLEAN",),
    "strings": ("VARCHAR[]",),
}
_CASTS = {
    "string": "VARCHAR",
    "timestamp": "TIMESTAMPTZ (`… at time zone 'UTC'`)",
    "number": "DECIMAL(18, 2)",
    "integer": "BIGINT",
    "boolean": "BOOLEAN",
    "strings": "VARCHAR[]",
}


@dataclass(frozen=True, slots=True)
class Views:
    """The views of a destination, each by its entity."""

    models: dict[str, str]
    relations: dict[str, str]  # quoted
    columns: dict[str, tuple[str, ...]]  # those that the contract knows


@contextmanager
def attached(
    connection: duckdb.DuckDBPyConnection, warehouse: Warehouse, wait: float = WAIT
) -> Iterator[None]:
    """Attach the warehouse read-only and detach it afterwards, so that dbt can write again.

    Waits up to `wait` seconds for a process that holds it. Raises WarehouseError when it is
    missing, held or not DuckDB.
    """
    if not warehouse.path.is_file():
        raise WarehouseError(
            f"{warehouse.path} does not exist; run `dbt build` to make the warehouse, "
            "or correct its path"
        )
    _attach(connection, warehouse, time.monotonic() + wait)
    try:
        yield
    finally:
        connection.execute(f"detach {quote(warehouse.path.stem)}")


def _attach(connection: duckdb.DuckDBPyConnection, warehouse: Warehouse, deadline: float) -> None:
    path = warehouse.path
    while True:
        try:
            connection.execute(f"attach {literal(str(path))} as {quote(path.stem)} (read_only)")
        except duckdb.IOException as error:
            if "lock" not in str(error).lower():
                version = f"this version ({duckdb.__version__})"
                raise WarehouseError(
                    f"{path} is not a DuckDB file that {version} can read"
                ) from error
            if time.monotonic() >= deadline:
                raise WarehouseError(
                    f"{path} is being written by another process, probably a dbt run "
                    f"({_holder(str(error))}); wait until it ends and try again"
                ) from error
            time.sleep(0.2)
        else:
            return


def _holder(text: str) -> str:
    """Return what DuckDB says about who holds a file, such as `PID 4711`."""
    _, found, rest = text.partition("(PID ")
    return f"PID {rest.partition(')')[0]}" if found else "it does not say which"


def views(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    warehouse: Warehouse,
    renames: dict[str, str],
) -> Views:
    """Return the views of the attached warehouse.

    Raises ModelError when one is missing or does not fit the contract.
    """
    found = Views({}, {}, {})
    for entity in contract.entities():
        model = renames.get(entity.name, f"{contract.destination}__{entity.name}")
        needed = entity.required or entity.name in renames
        relation = _relation(warehouse, model, needed=needed)
        if relation is None:
            continue
        columns = _columns(connection, relation)
        if columns:
            _check_columns(entity, model, columns)
            found.models[entity.name] = model
            found.relations[entity.name] = _quoted(relation)
            found.columns[entity.name] = tuple(name for name in kinds(entity) if name in columns)
        elif needed or warehouse.models is not None:
            raise ModelError(
                f"{warehouse.path} has no {relation.schema}.{relation.name}; "
                f"run `dbt build --select {model}`"
            )
    return found


def _relation(warehouse: Warehouse, model: str, *, needed: bool) -> Relation | None:
    relation = warehouse.relation(model)
    if relation is None and needed:
        raise ModelError(
            f"the dbt project has no model {model}{nearest(model, warehouse.models or ())}; "
            "write it, or name another under `models:` in connector.yml"
        )
    return relation


def _columns(connection: duckdb.DuckDBPyConnection, relation: Relation) -> dict[str, str]:
    """Return the columns of a view with their types, in order; none when it is not there."""
    names = {"database": relation.database, "schema": relation.schema, "name": relation.name}
    return dict(connection.execute(statement("view_columns"), names).fetchall())


def _quoted(relation: Relation) -> str:
    return ".".join(map(quote, (relation.database, relation.schema, relation.name)))


def _check_columns(entity: Entity, model: str, columns: Mapping[str, str]) -> None:
    known = kinds(entity)
    for column, data_type in columns.items():
        if column in known:
            _check_type(f"{model}.{column}", known[column], data_type)
        elif not column.startswith("_"):
            raise ModelError(
                f"{model}.{column} is not known to the contract{nearest(column, known)}; "
                "rename it, or begin its name with _ so that it is not sent"
            )
    needed = [*entity.keys, *(["_position"] if entity.label else [])]
    needed += [field.column for field in entity.fields if field.required and len(field.path) == 1]
    for column in needed:
        if column not in columns:
            raise ModelError(
                f"{model}.{column} is missing; add the column, the contract requires it"
            )


def _check_type(column: str, kind: str, data_type: str) -> None:
    if data_type.partition("(")[0] not in _TYPES[kind]:
        cast = _CASTS[kind]
        raise ModelError(f"{column} is {data_type}; cast it to {cast}, the contract takes a {kind}")
