"""How the sandbox gives orders back, for tests of reading back."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connector.contract.contract import Contract
from connector.text import exact

SHAPES = ("array", "data", "rows")


@dataclasses.dataclass(frozen=True)
class Giving:
    """How orders are given back; `most_rows` cuts off in silence, `hides` members of the rows.

    An `error` stands in every answer in place of rows. The shapes are those that Triple Whale's
    answers are known to come in: a bare array, `{"data": []}` and `{"data": {"rows": []}}`.
    """

    most_rows: int | None = None
    hides: Sequence[str] = ()
    error: str | None = None
    shape: str = SHAPES[0]

    def __post_init__(self) -> None:
        """Raise ValueError for a shape that is not known."""
        if self.shape not in SHAPES:
            raise ValueError(f"shape must be one of {', '.join(SHAPES)}")

    def cut(self, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Return the rows as they are given."""
        return [
            {name: value for name, value in row.items() if name not in self.hides}
            for row in rows[: self.most_rows]
        ]


def rows_of(contract: Contract, texts: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield orders as rows with the members that the contract maps its columns to."""
    fields = contract.read_back.fields if contract.read_back else {}
    for text in texts:
        order = exact.loads(text)
        yield {there: _at(order, here) for here, there in fields.items()}


def _at(order: Mapping[str, Any], column: str) -> Any:
    """Return the value of a column, or the sum over a list where it names one."""
    label, _, inner = column.rpartition(".")
    if label:
        values = (exact.plain(_at(item, inner)) for item in order.get(label, ()))
        return round(sum(value for value in values if value is not None), 6)
    value: Any = order
    for name in column.split("__"):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
