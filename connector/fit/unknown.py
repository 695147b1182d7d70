"""Explains columns that the contract does not define, and suggests their right names."""

from collections.abc import Iterator, Mapping

from connector.compile.reading.stage import TYPES, kinds
from connector.contract.entity import Entity
from connector.fit.advice import Column, ways
from connector.fit.dialect import Dialect
from connector.fit.fault import Fault
from connector.fit.types import element, family, fields, written
from connector.text.names import nearest, similar


def unknown(
    entity: Entity, model: str, columns: Mapping[str, str], dialect: Dialect
) -> Iterator[Fault]:
    """Yield the faults of columns that the contract does not define, except `_` columns."""
    known = kinds(entity)
    left = [name for name in known if name not in columns]
    for name, data_type in columns.items():
        if name not in known and not name.startswith("_"):
            yield _unknown(entity, model, Column(name, data_type, "", dialect=dialect), left)


def _unknown(entity: Entity, model: str, column: Column, left: list[str]) -> Fault:
    """Return the fault of a column; `left` are the contract's names that the view lacks."""
    name = column.sql
    same = [each for each in left if each.lower() == name.lower()]
    if same:
        instead = f"{column.dialect.name(name)} as {column.dialect.name(same[0])}"
        message = f"{model}.{name} differs from {same[0]} in its case only; rename it: `{instead}`"
        return Fault(model, name, "in another case", same[0], instead, message)
    return (
        _object(entity, model, column)
        or _list(entity, model, column)
        or _misspelt(model, column, left)
    )


def _object(entity: Entity, model: str, column: Column) -> Fault | None:
    """Return the fault of a STRUCT or JSON that should be one column per field."""
    name, data_type = column.sql, column.data_type
    within = {each: kind for each, kind in kinds(entity).items() if each.startswith(f"{name}__")}
    if not within or family(data_type) not in {"struct", "json"}:
        return None
    instead = ", ".join(_taken_apart(column, within))
    shown = "STRUCT" if family(data_type) == "struct" else "JSON"
    message = (
        f"{model}.{name} is {shown}, and the contract takes a column for each of its fields; "
        f"write `{instead}`"
    )
    return Fault(model, name, shown, f"columns {name}__…", instead, message)


def _taken_apart(column: Column, within: Mapping[str, str]) -> Iterator[str]:
    name, dialect = column.sql, column.dialect
    held = fields(column.data_type) if family(column.data_type) == "struct" else None
    for wanted, kind in within.items():
        field = wanted.removeprefix(f"{name}__")
        if held is None:
            sql = dialect.field_of_json(written(name), field)
            yield _as(Column(sql, "VARCHAR", kind, dialect=dialect), wanted)
            continue
        source = similar(field, held)
        if source:
            sql = f"{written(name)}.{written(source)}"
            yield _as(Column(sql, held[source], kind, dialect=dialect), wanted)


def _as(column: Column, wanted: str) -> str:
    found = ways(column)
    null = column.dialect.worded(f"cast(null as {TYPES[column.kind]})")
    return f"{found[0].pasted if found else null} as {column.dialect.name(wanted)}"


def _list(entity: Entity, model: str, given: Column) -> Fault | None:
    """Return the fault of a list of objects, which needs its own view."""
    name, data_type = given.sql, given.data_type
    child = next((each for each in entity.children if each.label.split(".")[-1] == name), None)
    if not child or family(data_type) not in {"list", "json"}:
        return None
    dialect = given.dialect
    keys, column = ", ".join(map(dialect.name, entity.keys)), dialect.name(name)
    if family(data_type) == "list":
        is_struct = element(data_type).startswith("STRUCT")
        instead = dialect.rows_of_list(keys, column, are_structs=is_struct)
    else:
        instead = dialect.rows_of_json(keys, column)
    message = (
        f"{model}.{name} is a list of objects, which has a view of its own; write a model for "
        f"{child.label}: `{instead}`, and name the column here _{name}"
    )
    return Fault(model, name, "a list of objects", f"a view for {child.label}", instead, message)


def _misspelt(model: str, column: Column, left: list[str]) -> Fault:
    name, written_as = column.sql, column.dialect.name
    hint, meant = nearest(name, left), similar(name, left)
    instead = f"{written_as(name)} as {written_as(meant) if meant else f'_{name}'}"
    message = (
        f"{model}.{name} is not known to the contract{hint}; rename it, or begin its name with _ "
        "so that it is not sent"
    )
    return Fault(model, name, "not in the contract", meant or "nothing", instead, message)
