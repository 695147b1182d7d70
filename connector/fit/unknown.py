"""Explains columns that the contract does not define, and suggests their right names."""

from collections.abc import Iterator, Mapping

from connector.compile import literal
from connector.compile.reading.stage import TYPES, kinds
from connector.contract.entity import Entity
from connector.fit.advice import Column, ways
from connector.fit.fault import Fault
from connector.fit.types import element, family, fields, written
from connector.text.names import nearest, similar


def unknown(entity: Entity, model: str, columns: Mapping[str, str]) -> Iterator[Fault]:
    """Yield the faults of columns that the contract does not define, except `_` columns."""
    known = kinds(entity)
    left = [name for name in known if name not in columns]
    for name, data_type in columns.items():
        if name not in known and not name.startswith("_"):
            yield _unknown(entity, model, name, data_type, left)


def _unknown(entity: Entity, model: str, name: str, data_type: str, left: list[str]) -> Fault:
    """Return the fault of a column; `left` are the contract's names that the view lacks."""
    same = [each for each in left if each.lower() == name.lower()]
    if same:
        instead = f"{written(name)} as {written(same[0])}"
        message = f"{model}.{name} differs from {same[0]} in its case only; rename it: `{instead}`"
        return Fault(model, name, "in another case", same[0], instead, message)
    return (
        _object(entity, model, name, data_type)
        or _list(entity, model, name, data_type)
        or _misspelt(model, name, left)
    )


def _object(entity: Entity, model: str, name: str, data_type: str) -> Fault | None:
    """Return the fault of a STRUCT or JSON that should be one column per field."""
    within = {each: kind for each, kind in kinds(entity).items() if each.startswith(f"{name}__")}
    if not within or family(data_type) not in {"struct", "json"}:
        return None
    instead = ", ".join(_taken_apart(name, data_type, within))
    shown = "STRUCT" if family(data_type) == "struct" else "JSON"
    message = (
        f"{model}.{name} is {shown}, and the contract takes a column for each of its fields; "
        f"write `{instead}`"
    )
    return Fault(model, name, shown, f"columns {name}__…", instead, message)


def _taken_apart(name: str, data_type: str, within: Mapping[str, str]) -> Iterator[str]:
    held = fields(data_type) if family(data_type) == "struct" else None
    for column, kind in within.items():
        field = column.removeprefix(f"{name}__")
        if held is None:
            sql = f"({written(name)} ->> {literal('$.' + field)})"
            yield _as(sql, "VARCHAR", kind, column)
            continue
        source = similar(field, held)
        if source:
            yield _as(f"{written(name)}.{written(source)}", held[source], kind, column)


def _as(sql: str, data_type: str, kind: str, column: str) -> str:
    found = ways(Column(sql, data_type, kind))
    taken = found[0].sql if found else f"cast(null as {TYPES[kind]})"
    return f"{taken} as {written(column)}"


def _list(entity: Entity, model: str, name: str, data_type: str) -> Fault | None:
    """Return the fault of a list of objects, which needs its own view."""
    child = next((each for each in entity.children if each.label.split(".")[-1] == name), None)
    if not child or family(data_type) not in {"list", "json"}:
        return None
    keys = ", ".join(map(written, entity.keys))
    column = written(name)
    if family(data_type) == "list":
        is_struct = family(element(data_type)) == "struct"
        rows = f"unnest({column}, max_depth := 2)" if is_struct else f"unnest({column})"
        place = f"generate_subscripts({column}, 1)"
    else:
        rows = f"unnest(cast({column} as json[]))"
        place = f"generate_subscripts(cast({column} as json[]), 1)"
    instead = f"select {keys}, {place} as _position, {rows} from …"
    message = (
        f"{model}.{name} is a list of objects, which has a view of its own; write a model for "
        f"{child.label}: `{instead}`, and name the column here _{name}"
    )
    return Fault(model, name, "a list of objects", f"a view for {child.label}", instead, message)


def _misspelt(model: str, name: str, left: list[str]) -> Fault:
    hint, meant = nearest(name, left), similar(name, left)
    instead = f"{written(name)} as {written(meant)}" if meant else f"{written(name)} as _{name}"
    message = (
        f"{model}.{name} is not known to the contract{hint}; rename it, or begin its name with _ "
        "so that it is not sent"
    )
    return Fault(model, name, "not in the contract", meant or "nothing", instead, message)
