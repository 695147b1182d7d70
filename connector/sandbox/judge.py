"""Reads a call and judges it with a JSON Schema validator that shares no code with our SQL."""

import dataclasses
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

import jsonschema_rs

from connector.contract import Contract

_OPENING = re.compile(r"[ \t\n\r]*\[[ \t\n\r]*")
_SEPARATOR = re.compile(r"[ \t\n\r]*,[ \t\n\r]*")
_CLOSING = re.compile(r"[ \t\n\r]*\][ \t\n\r]*")
_LONGEST_MESSAGE = 300


class MalformedBodyError(Exception):
    """The body is no JSON."""


@dataclasses.dataclass(frozen=True)
class Call:
    """A call as read: its JSON value, and for an array the text of each item as received."""

    document: Any
    texts: Sequence[str]


@dataclasses.dataclass(frozen=True)
class Problem:
    """What is wrong with a call; without a key it is about the call and not about one order."""

    key: str | None
    message: str
    path: str


class Judge:
    """Judges calls by the schema of a contract."""

    def __init__(self, contract: Contract) -> None:
        self._key = contract.key
        schema = _schema_of_a_call(contract)
        self._validator = jsonschema_rs.validator_for(schema, validate_formats=True)

    def problems(self, call: Call) -> list[Problem]:
        """List what is wrong with a call; MalformedBodyError if its text is no Unicode."""
        # Nearly every call is right, and asking only that is several times faster.
        if self._validator.is_valid(call.document):
            return []
        try:
            errors = list(self._validator.iter_errors(call.document))
        except UnicodeEncodeError as error:
            raise MalformedBodyError from error
        return [self._problem(call.document, error) for error in errors]

    def orders(self, call: Call) -> dict[str, str]:
        """Map keys to texts; of two orders with one key the later stays."""
        pairs = zip(call.document, call.texts, strict=True)
        return {order[self._key]: text for order, text in pairs}

    def _problem(self, document: Any, error: jsonschema_rs.ValidationError) -> Problem:
        message = error.message[:_LONGEST_MESSAGE]
        order = document[error.instance_path[0]] if error.instance_path else None
        key = order.get(self._key) if isinstance(order, dict) else None
        return Problem(key if isinstance(key, str) else None, message, _path(error.instance_path))


def read(body: bytes) -> Call:
    """Read a body; MalformedBodyError if it is no JSON."""
    try:
        return _read(body.decode())
    except (ValueError, RecursionError) as error:
        raise MalformedBodyError from error


def _read(text: str) -> Call:
    opening = _OPENING.match(text)
    if not opening:
        return Call(_DECODER.decode(text), ())
    if _CLOSING.fullmatch(text, opening.end()):
        return Call([], ())
    documents, texts = zip(*_items(text, opening.end()), strict=True)
    return Call(list(documents), texts)


def _items(text: str, position: int) -> Iterator[tuple[Any, str]]:
    while True:
        document, end = _DECODER.raw_decode(text, position)
        yield document, text[position:end]
        separator = _SEPARATOR.match(text, end)
        if not separator:
            break
        position = separator.end()
    if not _CLOSING.fullmatch(text, end):
        raise ValueError(end)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


# Python's own decoder tells where a value ends: orders are kept as received, decimals exact, and
# only the judging sees floats.
_DECODER = json.JSONDecoder(parse_constant=_refuse)


def _schema_of_a_call(contract: Contract) -> dict[str, Any]:
    order = contract.json_schema()
    return {
        "$schema": order["$schema"],
        "type": "array",
        "minItems": 1,
        "maxItems": contract.max_orders,
        "items": order,
    }


def _path(parts: Sequence[str | int]) -> str:
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)
