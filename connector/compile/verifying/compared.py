"""The fields of an order that are compared with what a destination holds, as SQL.

A field is the text of a value without quotes, JSON for a list, and null for an absent value.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connector.compile import literal, quote
from connector.contract.contract import Contract
from connector.contract.entity import Entity
from connector.contract.read_back import ReadBack

NEAR = "0.0005"  # amounts that differ by less are equal: another system may have added up floats
EXACT = "decimal(38, 6)"
_NUMBER = f"abs(try_cast({{0}} as {EXACT}) - try_cast({{1}} as {EXACT})) >= {NEAR}"
_LIST = "list_sort(list_distinct(from_json({0}, '[\"VARCHAR\"]')))"
DIFFERS = {
    "string": "{0} <> {1}",
    "number": _NUMBER,
    "integer": _NUMBER,
    "boolean": "try_cast({0} as boolean) <> try_cast({1} as boolean)",
    "timestamp": "abs(epoch(try_cast({0} as timestamptz)) "
    "- epoch(try_cast({1} as timestamptz))) >= 1",
    "strings": f"{_LIST} <> {_LIST.replace('{0}', '{1}')}",
}
# Allow a day either way, since the time zone is not known.
_OTHER_DAY = (
    "abs(date_diff('day', cast(try_cast({0} as timestamptz) as date), "
    "cast(try_cast({1} as timestamptz) as date))) > 1"
)
# Values that a destination may return for a field that was not sent.
_UNSENT = {"number": "0", "integer": "0", "boolean": "false", "strings": "[]", "string": ""}


@dataclass(frozen=True, slots=True)
class Compared:
    """One compared field: a column, or `list.column` for the sum over a list."""

    name: str
    kind: str
    here: str  # SQL over `payload`
    there: str  # SQL over `row`
    differs: str  # SQL over `here` and `there`, null where they cannot be compared


def compared(contract: Contract) -> list[Compared]:
    """Return the fields of an order that are compared, without the key."""
    found = read_back_of(contract)
    return [
        _compared(contract, found, here, there)
        for here, there in found.fields.items()
        if here != contract.key
    ]


def column(name: str) -> str:
    """Return the column name of a compared field, which clashes with none of our own."""
    return quote(f"= {name}")


def read_back_of(contract: Contract) -> ReadBack:
    """Return the contract's section on reading back, an empty one when it has none."""
    return contract.read_back or ReadBack()


def _compared(contract: Contract, found: ReadBack, here: str, there: str) -> Compared:
    label, _, inner = here.rpartition(".")
    if label:
        (child,) = (each for each in contract.orders.children if each.label == label)
        total = _sum(child, inner)
        return Compared(here, "number", total, member("row", there), _differs(here, "number"))
    kind = next(each.kind for each in contract.orders.fields if each.column == here)
    value = _list("row", there) if kind == "strings" else member("row", there)
    sent = _list("payload", here) if kind == "strings" else text("payload", here)
    if words := found.values.get(here):
        pairs = " ".join(f"when {literal(t)} then {literal(h)}" for t, h in words.items())
        value = f"case {value} {pairs} else {value} end"
    differs = _differs(here, kind) if here not in found.by_day else _sides(here, _OTHER_DAY)
    return Compared(here, kind, sent, value, differs)


def _differs(name: str, kind: str) -> str:
    here, there = f"here.{column(name)}", f"there.{column(name)}"
    if kind in _UNSENT:
        here = f"coalesce({here}, {literal(_UNSENT[kind])})"
    return DIFFERS[kind].format(here, there)


def _sides(name: str, condition: str) -> str:
    return condition.format(f"here.{column(name)}", f"there.{column(name)}")


def taken_back(contract: Contract) -> dict[str, str]:
    """Return SQL of the values that compared fields get when an order is taken back."""
    action = contract.removal.actions.get(contract.lifecycle.take_back or "")
    members: Mapping[str, Any] = action.set if action else {}
    names = {field for field in read_back_of(contract).fields if field != contract.key}
    return {name: literal(bare(value)) for name, value in members.items() if name in names}


def _sum(child: Entity, inner: str) -> str:
    """Return SQL that sums over a list of a payload, without items that are marked as removed."""
    gone = [
        f"{text('item', name)} = {literal(bare(value))}" for name, value in child.removed.items()
    ]
    number = f"coalesce(try_cast({text('item', inner)} as {EXACT}), 0)"
    counted = f"case when {' and '.join(gone)} then 0 else {number} end" if gone else number
    items = f"from_json(json_extract(payload, {literal(f'$.{child.label}')}), '[\"JSON\"]')"
    return f"cast(list_sum(list_transform({items}, lambda item: {counted})) as varchar)"


def text(json_text: str, name: str) -> str:
    """Return SQL of the text of a payload's column, without quotes."""
    return f"json_extract_string({json_text}, {literal('$.' + name.replace('__', '.'))})"


def member(row: str, name: str) -> str:
    """Return SQL of the text of a row's member, without quotes."""
    return f"json_extract_string({row}, {literal(f'$.{json.dumps(name)}')})"


def _list(json_text: str, name: str) -> str:
    path = literal(f"$.{json.dumps(name)}")
    return f"nullif(cast(json_extract({json_text}, {path}) as varchar), 'null')"


def bare(value: object) -> str:
    """Return a value as `json_extract_string` gives it."""
    return value if isinstance(value, str) else json.dumps(value)
