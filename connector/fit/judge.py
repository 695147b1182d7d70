"""Judges the columns of one view: which fit, which are cast, and what is wrong with others."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from connector.compile import quote
from connector.compile.reading.stage import TYPES, kinds
from connector.contract.entity import Entity
from connector.fit.advice import Column, ways
from connector.fit.dialect import DUCKDB, Dialect
from connector.fit.fault import Fault
from connector.fit.lossless import cast
from connector.fit.types import family, fits, written
from connector.fit.unknown import unknown
from connector.fit.way import Way


@dataclass(frozen=True, slots=True)
class Unfit:
    """A column whose cast would lose something, and the ways to convert it."""

    name: str
    data_type: str
    kind: str
    ways: Sequence[Way]


@dataclass(frozen=True, slots=True)
class Judged:
    """The result: SQL of the columns that are cast, wrong types, and all other faults.

    `flags` are the casts from numbers to booleans, valid if the numbers are only 0 and 1.
    """

    casts: Mapping[str, str]
    flags: Sequence[str]
    unfit: Sequence[Unfit]
    faults: Sequence[Fault]


def judged(entity: Entity, model: str, columns: Mapping[str, str], dialect: Dialect) -> Judged:
    """Judge names and types of a view; `columns` are names and types, in order.

    `dialect` is that of the models.
    """
    known, casts, unfit = kinds(entity), {}, []
    for name, data_type in columns.items():
        kind = known.get(name)
        if kind is None or fits(kind, data_type):
            continue
        lossless = cast(kind, data_type, quote(name))
        if lossless:
            casts[name] = lossless
        else:
            found = ways(Column(written(name), data_type, kind, dialect=dialect))
            unfit.append(Unfit(name, data_type, kind, found))
    faults = [*unknown(entity, model, columns, dialect), *_missing(entity, model, columns, dialect)]
    flags = [
        name for name in casts if known[name] == "boolean" and family(columns[name]) == "whole"
    ]
    return Judged(casts, flags, unfit, faults)


def needed(entity: Entity) -> list[str]:
    """Return the required columns of the view, keys first."""
    fields = [field.column for field in entity.fields if field.required and len(field.path) == 1]
    return list(dict.fromkeys([*entity.keys, *(["_position"] if entity.label else []), *fields]))


def counted(relation: str, counts: Sequence[str]) -> str:
    """Return a select of counts over a relation."""
    return f"select {', '.join(counts)} from {relation}"


def wrong_type(model: str, unfit: Unfit, way: Way | None, dialect: Dialect) -> Fault:
    """Return the fault of a column of a wrong type, with the way that fits its values."""
    name, wanted = f"{model}.{unfit.name}", TYPES[unfit.kind].upper()
    instead = f"{way.pasted} as {dialect.name(unfit.name)}" if way else ""
    note = f"; {way.note}" if way and way.note else ""
    advice = f"`{instead}`{note}" if way else "no cast is known for it"
    message = f"{name} is {unfit.data_type}; cast it to {wanted}: {advice}"
    pasted = f"{instead}  -- {way.note}" if way and way.note else instead
    return Fault(model, unfit.name, unfit.data_type, wanted, pasted, message)


def not_boolean(model: str, name: str, data_type: str, rows: int, dialect: Dialect) -> Fault:
    """Return the fault of a number column, needed as a boolean, that holds more than 0 and 1."""
    instead = f"{dialect.name(name)} <> 0 as {dialect.name(name)}"
    message = (
        f"{model}.{name} is {data_type}, and neither 0 nor 1 in {rows:,} rows; cast it to BOOLEAN: "
        f"`{instead}`"
    )
    return Fault(model, name, data_type, "BOOLEAN", instead, message)


def _missing(
    entity: Entity, model: str, columns: Mapping[str, str], dialect: Dialect
) -> Iterator[Fault]:
    known = kinds(entity)
    for name in needed(entity):
        if name not in columns:
            wanted = TYPES[known[name]].upper()
            instead = numbered(entity, dialect) if name == "_position" else ""
            advice = f", for example `{instead}`" if instead else ""
            message = f"{model}.{name} is missing; add the column, the contract requires it{advice}"
            yield Fault(model, name, "missing", wanted, instead, message)


def numbered(entity: Entity, dialect: Dialect = DUCKDB) -> str:
    """Return SQL that numbers the rows of a list; their order should never change."""
    keys = ", ".join(map(dialect.name, entity.keys))
    order = f" order by {dialect.name(entity.item_key)}" if entity.item_key else ""
    return f"row_number() over (partition by {keys}{order}) as _position"
