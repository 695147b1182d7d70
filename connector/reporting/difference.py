"""What differs between an order as it was sent last and as it would be sent now."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connector.contract.contract import Contract

_MISSING = object()


@dataclass(frozen=True, slots=True)
class Change:
    """A field, such as `products[0].price`; None means that it is not sent."""

    field: str
    before: Any
    now: Any


def changes(contract: Contract, before: Any, now: Any) -> tuple[Change, ...]:
    """Return the fields in which two payloads differ; items are matched by key or place."""
    keys = {each.label: each.item_key for each in contract.entities() if each.label}
    old, new = dict(_leaves(before, "", "", keys)), dict(_leaves(now, "", "", keys))
    return tuple(
        Change(path, old.get(path), new.get(path))
        for path in dict.fromkeys([*old, *new])
        if old.get(path, _MISSING) != new.get(path, _MISSING)
    )


def _leaves(
    value: Any, path: str, label: str, keys: Mapping[str, str]
) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, each in value.items():
            inner = f"{label}.{name}" if label else name
            yield from _leaves(each, f"{path}.{name}" if path else name, inner, keys)
    elif isinstance(value, list) and value and all(isinstance(each, Mapping) for each in value):
        known = keys.get(label, "")
        names = [str(each.get(known, number)) for number, each in enumerate(value)]
        if len({*names}) < len(names):
            names = [str(number) for number in range(len(value))]
        for name, each in zip(names, value, strict=True):
            yield from _leaves(each, f"{path}[{name}]", label, keys)
    else:
        yield path, value
