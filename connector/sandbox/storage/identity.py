"""What identifies a record besides the order's key, and when a record is void."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import orjson


@dataclasses.dataclass(frozen=True)
class Identity:
    """The parts of a record's key, compared byte for byte.

    `fields` maps members of the order to what stands for one that is missing; `items` names the
    lists whose items are records of their own, below the order's, and the members that tell them
    apart. `void` is the member that deletes a record softly.
    """

    envelope: Sequence[str]
    fields: Mapping[str, str | None]
    items: Mapping[str, Sequence[str]]
    void: str

    def record(self, document: Mapping[str, Any], order: Mapping[str, Any]) -> str:
        """Return the key of an order's record, given the call that it came with."""
        around = {name: document.get(name) for name in self.envelope}
        own = {name: order.get(name, default) for name, default in self.fields.items()}
        return orjson.dumps(around | own).decode()

    def item(self, record: str, name: str, item: Mapping[str, Any]) -> str:
        """Return the key of the record of an item of a list."""
        own = orjson.dumps({part: item.get(part) for part in self.items[name]}).decode()
        return f"{record[:-1]},{own[1:]}"

    def is_void(self, value: Mapping[str, Any]) -> bool:
        """Return whether an order or an item is to be deleted."""
        return value.get(self.void) is True

    def differ_not(self, value: Mapping[str, Any], last: Mapping[str, Any]) -> bool:
        """Tell whether two values are equal but for the flag."""
        return {**value, self.void: None} == {**last, self.void: None}
