"""Checks that the columns of a view fit the contract: names and types."""

import re
from collections.abc import Collection, Mapping

from connector.compile.stage import kinds
from connector.contract.entity import Entity
from connector.exceptions import ModelError
from connector.settings.settings import Destination
from connector.settings.watermark import CHANGED_AT
from connector.text.names import nearest

MAX_SCALE = 12  # decimals; with more of them the limits of the contract no longer fit a DECIMAL
_DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")
_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
_NUMBERS = (*_WHOLE, "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
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


def check_columns(entity: Entity, model: str, columns: Mapping[str, str]) -> None:
    """Raise ModelError for the first column that does not fit; `columns` are names and types."""
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


def check_stamps(destination: Destination, model: str, columns: Collection[str]) -> None:
    """Raise ModelError when the view of the orders has no stamps and is to be read by them."""
    if destination.watermark and CHANGED_AT not in columns:
        raise ModelError(
            f"{model}.{CHANGED_AT} is missing, and {destination.path}: destinations."
            f"{destination.name}.watermark needs it; add the column, or remove the setting"
        )


def _check_type(column: str, kind: str, data_type: str) -> None:
    decimal = _DECIMAL.fullmatch(data_type)
    if decimal and kind in {"number", "integer"}:
        width, scale = map(int, decimal.groups())
        if scale > MAX_SCALE or scale == width:
            raise ModelError(
                f"{column} is {data_type}, more decimals than an amount has; "
                f"cast it to {_CASTS[kind]}"
            )
    elif data_type not in _TYPES[kind]:
        cast = _CASTS[kind]
        raise ModelError(f"{column} is {data_type}; cast it to {cast}, the contract takes a {kind}")
