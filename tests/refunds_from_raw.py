"""Which lines of an order its refunds return, computed from the raw tables without SQL."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal
from typing import Any

Row = dict[str, Any]
CENT, NOTHING = Decimal("0.01"), Decimal(0)


@dataclass
class Sold:
    """A line of goods, and how many of its units are not returned yet."""

    line: Row
    net: Decimal
    price: Decimal
    open: int


@dataclass
class Returned:
    """A line of a refund, and the lines of the order that its units came from."""

    refund: Row
    line: Row
    open: int
    pieces: list[tuple[Sold | None, int]] = field(default_factory=list)

    def price(self) -> Decimal:
        return self.line["amount"] / self.line["quantity"]

    def shares(self) -> list[tuple[Sold | None, int, Row]]:
        """Each piece with its part of the money; what has run up to it is rounded down."""
        so_far, before, found = (
            0,
            dict.fromkeys(("amount", "tax_amount", "overhead_cost"), NOTHING),
            [],
        )
        for sold, units in self.pieces:
            so_far += units
            money = {}
            for name, had in before.items():
                until = self.line[name] * so_far / self.line["quantity"]
                until = until.quantize(CENT, ROUND_DOWN)
                money[name], before[name] = until - had, until
            found.append((sold, units, money))
        return found


def allocate(sold: Sequence[Sold], returned: Sequence[Returned]) -> None:
    """Give units to lines: of the nearest price, then of the variant, then of the product."""
    classes = {id(each): nearest(sold, each) for each in returned}
    passes: list[Callable[[Sold, Returned], bool]] = [
        lambda line, back: same(line, back) and line.price == classes[id(back)],
        same,
        lambda line, back: line.line["product_id"] == back.line["product_id"],
    ]
    for fits in passes:
        for back in returned:
            for line in sold:
                units = min(line.open, back.open)
                if units > 0 and fits(line, back):
                    line.open -= units
                    back.open -= units
                    back.pieces.append((line, units))
    for back in returned:
        if back.open:
            back.pieces.append((None, back.open))


def same(sold: Sold, returned: Returned) -> bool:
    keys = ("product_id", "variant_id")
    return all(sold.line[key] == returned.line[key] for key in keys)


def nearest(sold: Sequence[Sold], returned: Returned) -> Decimal | None:
    """The net price of the line whose price, before or after discounts, is the nearest."""
    price = returned.price()
    found = [
        (min(abs(price - line.price), abs(price - line.line["unit_price"])), number)
        for number, line in enumerate(sold)
        if same(line, returned)
    ]
    return sold[min(found)[1]].price if found else None


def carrier(sold: Sequence[Sold], product_id: str | None, variant_id: str | None) -> Sold | None:
    """The line that bears money without units: of its product, else the largest of the order."""
    alike = [line for line in sold if line.line["product_id"] == product_id]
    for line in alike:
        if line.line["variant_id"] == variant_id:
            return line
    return alike[0] if alike else max(sold, key=lambda line: line.net, default=None)
