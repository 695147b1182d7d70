"""Opens the warehouse read-only, for as long as it takes to read what changed."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from connector.compile import literal, quote
from connector.compile.stage import kinds
from connector.contract import Contract, Entity
from connector.errors import ModelError, WarehouseError
from connector.names import nearest
from connector.project import Warehouse

WAIT = 15.0  # seconds that a running dbt is waited for
_TYPES = {
    "string": ("VARCHAR",),
    "timestamp": ("TIMESTAMP WITH TIME ZONE",),
    "number": (
        "DECIMAL",
        "TINYINT",
        "SMALLINT",
        "INTEGER",
        "BIGINT",
        "HUGEINT",
        "UTINYINT",
        "USMALLINT",
        "UINTEGER",
        "UBIGINT",
    ),
    "boolean": ("BOOLEAN",),
    "strings": ("VARCHAR[]",),
}
_TYPES["integer"] = _TYPES["number"]
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
    """The views of a destination: by entity, the quoted relation and its columns that the contract knows."""

    models: dict[str, str]
    relations: dict[str, str]
    columns: dict[str, tuple[str, ...]]


@contextmanager
def attached(
    connection: duckdb.DuckDBPyConnection, warehouse: Warehouse, wait: float = WAIT
) -> Iterator[None]:
    """Attach the warehouse read-only and detach it afterwards, so that dbt can write again.

    Waits up to `wait` seconds for a process that holds it; raises WarehouseError when it is missing, held or not DuckDB.
    """
    if not warehouse.path.is_file():
        message = f"{warehouse.path} does not exist; run `dbt build` to make the warehouse, or correct its path"
        raise WarehouseError(message)
    name = quote(warehouse.path.stem)
    _attach(
        connection,
        warehouse,
        f"attach {literal(str(warehouse.path))} as {name} (read_only)",
        time.monotonic() + wait,
    )
    try:
        yield
    finally:
        connection.execute(f"detach {name}")


def _attach(
    connection: duckdb.DuckDBPyConnection, warehouse: Warehouse, sql: str, deadline: float
) -> None:
    while True:
        try:
            connection.execute(sql)
        except duckdb.IOException as error:
            held = "lock" in str(error).lower()
            if held and time.monotonic() < deadline:
                time.sleep(0.2)
                continue
            message = (
                f"{warehouse.path} is being written by another process, probably a dbt run ({_holder(str(error))}); "
                "wait until it ends and try again"
                if held
                else f"{warehouse.path} is not a DuckDB file that this version ({duckdb.__version__}) can read"
            )
            raise WarehouseError(message) from error
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
    """Return the views of the attached warehouse; raises ModelError when one is missing or does not fit the contract."""
    found = Views({}, {}, {})
    for entity in contract.entities():
        model = renames.get(entity.name, f"{contract.destination}__{entity.name}")
        columns = _describe(
            connection, warehouse, model, needed=entity.required or entity.name in renames
        )
        if columns is None:
            continue
        _check_columns(entity, model, columns)
        relation = warehouse.relation(model)
        assert relation is not None  # noqa: S101 - described above
        found.models[entity.name] = model
        found.relations[entity.name] = ".".join(
            map(quote, (relation.database, relation.schema, relation.name))
        )
        found.columns[entity.name] = tuple(column for column in kinds(entity) if column in columns)
    return found


def _describe(
    connection: duckdb.DuckDBPyConnection, warehouse: Warehouse, model: str, *, needed: bool
) -> dict[str, str] | None:
    """Return the columns of a model with their types, in order; None when it is not there and need not be."""
    relation = warehouse.relation(model)
    if relation is None:
        if not needed:
            return None
        message = f"the dbt project has no model {model}{nearest(model, warehouse.models or ())}; write it, or name another under `models:` in connector.yml"
        raise ModelError(message)
    rows = connection.execute(
        "select column_name, data_type from duckdb_columns() "
        "where database_name = $database and schema_name = $schema and table_name = $name order by column_index",
        {"database": relation.database, "schema": relation.schema, "name": relation.name},
    ).fetchall()
    if not rows and (needed or warehouse.models is not None):
        message = f"{warehouse.path} has no {relation.schema}.{relation.name}; run `dbt build --select {model}`"
        raise ModelError(message)
    return dict(rows) or None


def _check_columns(entity: Entity, model: str, columns: dict[str, str]) -> None:
    known = kinds(entity)
    for column, data_type in columns.items():
        if column in known:
            _check_type(model, column, known[column], data_type)
        elif not column.startswith("_"):
            message = (
                f"{model}.{column} is not known to the contract{nearest(column, known)}; rename it, or begin its name "
                "with _ so that it is not sent"
            )
            raise ModelError(message)
    needed = [*entity.keys, *(["_position"] if entity.label else [])]
    needed += [field.column for field in entity.fields if field.required and len(field.path) == 1]
    for column in needed:
        if column not in columns:
            message = f"{model}.{column} is missing; add the column, the contract requires it"
            raise ModelError(message)


def _check_type(model: str, column: str, kind: str, data_type: str) -> None:
    if data_type.partition("(")[0] not in _TYPES[kind]:
        message = f"{model}.{column} is {data_type}; cast it to {_CASTS[kind]}, the contract takes a {kind}"
        raise ModelError(message)
