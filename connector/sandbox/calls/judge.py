"""Judges a call with a JSON Schema validator that shares no code with our SQL.

It knows the vendor's rules alone: what we are stricter about than the vendor is accepted here.
"""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

import jsonschema_rs

from connector.contract.contract import Contract
from connector.sandbox.calls.formats import FORMATS
from connector.sandbox.calls.reading import Call, MalformedBodyError, read

_LONGEST_MESSAGE = 300


@dataclasses.dataclass(frozen=True)
class Problem:
    """What is wrong with the order `at` a place in the call, or without it with the call itself.

    An order whose key is missing or not a text has no `key`.
    """

    at: int | None
    key: str | None
    message: str
    path: str


class Judge:
    """Reads and judges calls as a contract says they must be."""

    def __init__(self, contract: Contract, *, is_distinct: bool = False) -> None:
        """Judge by a contract; with `is_distinct` no two orders of a call may be equal."""
        self._is_distinct = is_distinct
        self._key = contract.key
        self._members = contract.envelope.members
        names = [name for name, value in (self._members or {}).items() if value == []]
        self._member = names[0] if names else None
        self._most = contract.max_orders
        self._largest = contract.max_order_bytes or 0  # bytes of an order; 0: no limit
        schema = _schema_of_a_call(contract, self._members)
        self._validator = jsonschema_rs.validator_for(
            schema, validate_formats=True, formats=FORMATS
        )

    def read(self, body: bytes) -> Call:
        """Read a call; MalformedBodyError if it is not valid JSON."""
        return read(body, self._member)

    def problems(self, call: Call) -> list[Problem]:
        """List what is wrong with a call; MalformedBodyError if its text is not Unicode."""
        if self._is_distinct and self._repeats(call):
            return [Problem(None, None, "two orders of the call are equal", "$")]
        large = list(self._too_large(call))
        try:
            # Nearly every call is right, and asking only that is several times faster.
            self._validator.validate(call.document)
        except UnicodeEncodeError as error:
            raise MalformedBodyError from error
        except jsonschema_rs.ValidationError:
            return large + self._wrong(call)
        return large

    def _wrong(self, call: Call) -> list[Problem]:
        try:
            errors = list(self._validator.iter_errors(call.document))
        except UnicodeEncodeError as error:
            raise MalformedBodyError from error
        return [self._problem(call, error) for error in errors]

    def _too_large(self, call: Call) -> Iterator[Problem]:
        for at, text in enumerate(call.texts if self._largest else ()):
            if len(text.encode()) > self._largest:
                key = self.key(call.orders[at])
                yield Problem(at, key, f"larger than {self._largest:,} bytes", self.path(at))

    def _repeats(self, call: Call) -> bool:
        """Tell whether a call has two equal orders, which then have one key."""
        seen: dict[str, list[Any]] = {}
        for order in call.orders:
            key = self.key(order)
            if key is not None:
                others = seen.setdefault(key, [])
                if order in others:
                    return True
                others.append(order)
        return False

    def key(self, order: Any) -> str | None:
        """Return the key of an order, if it has one."""
        key = order.get(self._key) if isinstance(order, dict) else None
        return key if isinstance(key, str) else None

    def path(self, at: int) -> str:
        """Return the position of an order in a call."""
        return _path([*([self._member] if self._member else []), at])

    def _problem(self, call: Call, error: jsonschema_rs.ValidationError) -> Problem:
        message = error.message[:_LONGEST_MESSAGE]
        at = next((part for part in error.instance_path[:2] if isinstance(part, int)), None)
        if isinstance(error.instance, list) and at is None:
            # The validator would repeat all of the orders.
            message = f"{len(call.orders):,} orders in one call, {self._most:,} are allowed"
        key = None if at is None else self.key(call.orders[at])
        return Problem(at, key, message, _path(error.instance_path))


def _schema_of_a_call(contract: Contract, members: Any) -> dict[str, Any]:
    order = contract.vendor_schema()
    orders = {"type": "array", "minItems": 1, "maxItems": contract.max_orders, "items": order}
    if members is None:
        return {"$schema": order["$schema"], **orders}
    kinds = {
        name: orders if value == [] else {"type": "string"} if isinstance(value, str) else {}
        for name, value in members.items()
    }
    return {
        "$schema": order["$schema"],
        "type": "object",
        "required": list(kinds),
        "properties": kinds,
    }


def _path(parts: Sequence[str | int]) -> str:
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)
