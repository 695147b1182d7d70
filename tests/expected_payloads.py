"""What an order must look like and what is wrong with it, read off the JSON Schema, without SQL.

Rows are dictionaries from columns to Python values: texts, lists, booleans, integers, Decimals that
carry their scale, and microseconds since 1970 for timestamps.
"""

import datetime as dt
import ipaddress
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from connector.contract.contract import Contract, load

Row = Mapping[str, Any]
Tables = Mapping[str, Sequence[Row]]

EMAIL = re.compile(
    r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*"
    r"@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?",
    re.ASCII | re.IGNORECASE,
)


def is_email(text: str) -> bool:
    local = text.partition("@")[0]
    return bool(EMAIL.fullmatch(text)) and len(text) <= 254 and len(local) <= 64


def is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text


FORMATS = {"email": is_email, "ip": is_ip}
INFINITE = {"infinity", "-infinity"}
SHORT_ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r"}
SHORT_ESCAPES |= {"\t": "\\t"}
YEAR_1970 = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
CYCLE_DAYS = 146_097  # days of 400 years, after which the calendar repeats


def payload(contract: Contract, row: Row, tables: Tables) -> str:
    """The exact JSON text of one order."""
    schema = contract.schema
    return record(schema, row, tables, (schema["x-key"],), ()) or "{}"


def record(
    schema: Mapping[str, Any],
    row: Row,
    tables: Tables,
    keys: tuple[str, ...],
    prefix: tuple[str, ...],
) -> str | None:
    """One object, or none if it has no values."""
    members = [
        f"{text(name)}:{value}"
        for name, field in schema["properties"].items()
        if (value := member(field, row, tables, keys, (*prefix, name))) is not None
    ]
    return "{" + ",".join(members) + "}" if members else None


def member(
    field: Mapping[str, Any],
    row: Row,
    tables: Tables,
    keys: tuple[str, ...],
    path: tuple[str, ...],
) -> str | None:
    if "const" in field:
        return text(field["const"])
    if field["type"] == "object":
        return record(field, row, tables, keys, path)
    if "x-entity" in field:
        return listed(field, row, tables, keys)
    value = row.get("__".join(path))
    return None if value is None else scalar(field, value)


def listed(field: Mapping[str, Any], row: Row, tables: Tables, keys: tuple[str, ...]) -> str | None:
    items = field["items"]
    below = (*keys, items["x-key"]) if "x-key" in items else keys
    mine = [
        (child.get("_position"), record(items, child, tables, below, ()) or "{}")
        for child in tables.get(field["x-entity"], ())
        if all(child[key] == row[key] for key in keys)
    ]
    mine.sort(key=lambda pair: (pair[0] is None, pair[0] or 0, pair[1].encode()))
    return "[" + ",".join(item for _, item in mine) + "]" if mine else None


def scalar(field: Mapping[str, Any], value: Any) -> str:
    if field.get("format") == "date-time":
        return timestamp(value, field.get("x-offset", "Z"))
    if isinstance(value, list):
        return "[" + ",".join("null" if item is None else text(item) for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal | int):
        return str(int(value)) if field["type"] == "integer" else shortest(Decimal(value))
    return text(value)


def shortest(number: Decimal) -> str:
    """The number in as few characters as it takes without an exponent: 12.50 is 12.5."""
    whole, point, decimals = format(number, "f").partition(".")
    decimals = decimals.rstrip("0")
    return whole + (point + decimals if decimals else "")


def text(value: str) -> str:
    """A JSON string: as short as the standard allows, and everything beyond ASCII as it is."""
    letters = (
        SHORT_ESCAPES.get(letter) or (letter if letter >= " " else f"\\u{ord(letter):04X}")
        for letter in value
    )
    return '"' + "".join(letters) + '"'


def timestamp(microseconds: int | str, offset: str = "Z") -> str:
    """ISO-8601 in whole seconds; for years that Python lacks, by the calendar's cycle of 400."""
    if microseconds in INFINITE:
        return text(str(microseconds))
    days, seconds = divmod(int(microseconds) // 1_000_000, 86_400)
    cycles, day = divmod(days, CYCLE_DAYS)
    moment = YEAR_1970 + dt.timedelta(days=day, seconds=seconds)
    year = moment.year + 400 * cycles
    return f'"{year if year < 0 else f"{year:04d}"}{moment:-%m-%dT%H:%M:%S}{offset}"'


def broken_rules(contract: Contract, order: str) -> set[str]:
    """The rules that an independent validator finds broken in a JSON text, with our names."""
    return broken_rules_of(contract, json.loads(order, parse_float=Decimal))


def broken_rules_of(contract: Contract, order: Mapping[str, Any]) -> set[str]:
    """As `broken_rules`, for a value that is not text yet."""
    errors = validator(contract).iter_errors(order)
    return {rule for error in errors for rule in named(contract, error)}


@lru_cache
def _compiled(schema: str) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(json.loads(schema), validate_formats=True, formats=FORMATS)


@lru_cache
def _schema(path: Path) -> str:
    return json.dumps(load(path).json_schema())


def validator(contract: Contract) -> jsonschema_rs.Validator:
    return _compiled(_schema(contract.path))


def named(contract: Contract, error: jsonschema_rs.ValidationError) -> Iterator[str]:
    """`["refunds", 3, "quantity"]` and `minimum` become `refunds.quantity.minimum`."""
    path, keyword = error.instance_path, error.schema_path[-1]
    field = ".".join(part for part in path if isinstance(part, str))
    if keyword == "required":
        yield ".".join(filter(None, [field, error.kind.property, keyword]))
    elif keyword in {"not", "anyOf"}:
        yield ".".join(filter(None, [field, combination(contract, error)]))
    else:
        in_list = error.schema_path[-2] == "items" and isinstance(path[-1], int)
        yield f"{field}.items.{keyword}" if in_list else f"{field}.{keyword}"


def combination(contract: Contract, error: jsonschema_rs.ValidationError) -> str:
    """The name of a condition on which fields come together: that of its first field."""
    schema: Any = contract.json_schema()
    for part in error.schema_path[:-1]:
        schema = schema[part]
    if "not" in schema:
        first, *others = schema["not"]["required"]
        return f"{first}.not_together_with_{'_or_'.join(others)}"
    first, *others = [option["required"][0] for option in schema["anyOf"]]
    return f"{first}.or_{'_or_'.join(others)}"
