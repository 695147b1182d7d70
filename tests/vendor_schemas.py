"""The vendors' published schemas of a call, read by an independent validator."""

import json
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from connector.contract.contract import Contract
from tests.expected_payloads import FORMATS

FOLDER = Path(__file__).parent / "vendor"
PUBLISHED = {path.name.partition(".")[0] for path in FOLDER.glob("*.call.schema.json")}


@cache
def validator(name: str) -> jsonschema_rs.Validator:
    schema = json.loads((FOLDER / f"{name}.call.schema.json").read_text())
    return jsonschema_rs.validator_for(schema, validate_formats=True, formats=FORMATS)


def call(contract: Contract, orders: Sequence[Any]) -> Any:
    """A request with some orders."""
    members = contract.envelope.members
    if members is None:
        return orders
    return {name: value or orders for name, value in members.items()}


def takes(contract: Contract, payload: str) -> bool:
    return validator(contract.destination).is_valid(call(contract, [json.loads(payload)]))


def refused(contract: Contract, orders: Sequence[Any]) -> Iterator[str]:
    """What the vendor refuses of orders, in requests of the usual size."""
    size = contract.max_orders
    for first in range(0, len(orders), size):
        sent = call(contract, orders[first : first + size])
        for error in validator(contract.destination).iter_errors(sent):
            yield f"{error.instance_path}: {error.message[:500]}"
