"""SQL that converts a column to the type that the contract requires.

A type may have several conversions: a text may be an amount with a currency or a decimal comma.
Each way states which values it converts correctly, so the column's values decide between them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from connector.compile.reading.stage import TYPES
from connector.fit import texts, times
from connector.fit.dialect import DUCKDB, Dialect
from connector.fit.lossless import cast
from connector.fit.types import element, family, fields, fits, scale, written
from connector.fit.way import Way

_AMOUNTS = ("amount", "value", "total", "price", "name", "id", "code")  # fields to try first
_DEEP = 3  # levels of nested STRUCTs to search

Ways = Iterator[Way]


@dataclass(frozen=True, slots=True)
class Column:
    """SQL of a value, its type, the kind that the contract requires, and the zone of its times."""

    sql: str
    data_type: str
    kind: str
    zone: str = "UTC"
    depth: int = 0
    dialect: Dialect = DUCKDB  # of the models


def ways(column: Column) -> list[Way]:
    """Return the ways to convert a column, the likeliest first; may be empty.

    DuckDB tries them, whatever the engine of the models is.
    """
    found = _ways(replace(column, dialect=DUCKDB))
    if column.dialect is DUCKDB:
        return found
    there = [column.dialect.worded(each.sql) for each in _ways(column)]
    return [replace(way, there=sql) for way, sql in zip(found, there, strict=True)]


def _ways(column: Column) -> list[Way]:
    if fits(column.kind, column.data_type):
        return [Way(column.sql)]
    lossless = cast(column.kind, column.data_type, column.sql)
    found = _BY_FAMILY.get(family(column.data_type))
    if column.kind == "boolean" and family(column.data_type) == "whole":
        return [Way(f"{column.sql} <> 0")]
    return [Way(lossless)] if lossless else list(found(column) if found else ())


def _text(column: Column) -> Ways:
    sql, kind = column.sql, column.kind
    if kind == "timestamp":
        yield from times.of_text(sql, column.zone, column.dialect)
    elif kind == "strings":
        yield from texts.lists(sql, column.dialect)
    elif kind == "boolean":
        yield from texts.booleans(sql)
    elif kind in {"number", "integer"}:
        yield from texts.numbers(sql, TYPES[kind], column.dialect)
    else:
        yield Way(sql)


def _json(column: Column) -> Ways:
    sql = column.sql
    if column.kind == "strings":
        yield Way(column.dialect.texts_of_json(sql), f"json_type({sql}) = 'ARRAY'")
    plain = f"json_type({sql}) not in ('OBJECT', 'ARRAY')"
    inner = replace(column, sql=column.dialect.text_of_json(sql), data_type="VARCHAR")
    yield from (each.only_if(plain) for each in _text(inner))
    for name in _AMOUNTS:
        path = column.dialect.field_of_json(sql, name)
        yield from (each for each in _text(replace(column, sql=path, data_type="VARCHAR")))


def _struct(column: Column) -> Ways:
    if column.depth >= _DEEP:
        return
    known = fields(column.data_type)
    first = [name for name in _AMOUNTS if name in known]
    for name in dict.fromkeys([*first, *known]):
        sql = f"{column.sql}.{written(name)}"
        inner = replace(column, sql=sql, data_type=known[name], depth=column.depth + 1)
        yield from _ways(inner)


def _number(column: Column) -> Ways:
    """Yield ways for numbers of any type."""
    sql, kind = column.sql, column.kind
    if kind == "timestamp":
        yield from times.of_number(sql, column.zone, column.dialect)
    elif kind == "boolean":
        yield Way(f"{sql} <> 0")
    elif kind == "string":
        yield Way(f"cast(cast({sql} as bigint) as varchar)", f"{sql} = floor({sql})")
        yield Way(f"cast({sql} as varchar)")
    elif kind == "strings":
        yield Way(column.dialect.one(f"cast({sql} as varchar)"))
    else:
        yield Way(f"cast({sql} as {_wide(column)})")


def _wide(column: Column) -> str:
    """Return a type of the kind with enough digits before the point for all values."""
    digits = scale(column.data_type)
    is_wide = family(column.data_type) == "huge" or (digits and digits[0] - digits[1] > 16)  # noqa: PLR2004 - of decimal(18, 2)
    if is_wide:
        return "decimal(38, 2)" if column.kind == "number" else "decimal(38, 0)"
    return TYPES[column.kind]


def _moment(column: Column) -> Ways:
    """Yield ways for times without a zone, and dates."""
    if column.kind == "timestamp":
        yield from times.of_moment(column.sql, column.data_type, column.zone, column.dialect)
    elif column.kind == "string":
        yield Way(f"cast({column.sql} as varchar)")


def _zoned(column: Column) -> Ways:
    if column.kind == "string":
        yield Way(column.dialect.text_of_moment(column.sql))


def _list(column: Column) -> Ways:
    sql, within = column.sql, element(column.data_type)
    if column.kind == "strings":
        inner = Column("item", within, "string", column.zone, dialect=column.dialect)
        yield from (Way(column.dialect.each(sql, each.sql)) for each in _ways(inner)[:1])
    elif column.kind == "string":
        yield Way(column.dialect.joined(sql))
    else:
        yield from _ways(replace(column, sql=column.dialect.first(sql), data_type=within))


def _boolean(column: Column) -> Ways:
    if column.kind in {"number", "integer"}:
        yield Way(f"cast({column.sql} as integer)")
    elif column.kind == "string":
        yield Way(f"cast({column.sql} as varchar)")


def _blob(column: Column) -> Ways:
    text = column.dialect.text_of_bytes(column.sql)
    if column.kind == "string":
        yield Way(text)
    else:
        yield from _text(replace(column, sql=text, data_type="VARCHAR"))


def _as_text(column: Column) -> Ways:
    """Yield ways that cast to text first."""
    inner = replace(column, sql=f"cast({column.sql} as varchar)", data_type="VARCHAR")
    yield from _text(inner)


def _map(column: Column) -> Ways:
    if column.kind == "strings":
        yield Way(f"cast(map_keys({column.sql}) as varchar[])")
    elif column.kind == "string":
        yield Way(f"cast(to_json({column.sql}) as varchar)")


_BY_FAMILY: dict[str, Callable[[Column], Ways]] = {
    "text": _text,
    "json": _json,
    "struct": _struct,
    **dict.fromkeys(("whole", "decimal", "float", "huge"), _number),
    **dict.fromkeys(("naive", "date"), _moment),
    "zoned": _zoned,
    "list": _list,
    "boolean": _boolean,
    "blob": _blob,
    "enum": _as_text,
    "uuid": _as_text,
    "map": _map,
}


def best(found: Sequence[Way], converted: Sequence[int], values: int) -> Way | None:
    """Return the first way that converts all `values`, else the one that converts most.

    `converted` is the number of values that each way converts.
    """
    if not found:
        return None
    most = max(converted, default=0)
    way = found[list(converted).index(most)] if converted and most else found[0]
    if values and converted and most < values:
        return replace(way, note=f"it converts {most:,} of {values:,} values that were looked at")
    return way
