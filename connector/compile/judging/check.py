"""One check of a contract: what it is called, what breaking it costs, and its SQL."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from connector.compile import quote
from connector.compile.judging.remedy import Remedy, dotted
from connector.compile.reading.stage import RANK
from connector.contract.contract import Contract
from connector.contract.entity import Entity, Field
from connector.contract.ownership import COSTS, ours
from connector.contract.schema import Schema

SIZE = "order.bytes"  # the rule for an order that is too large for any request


@dataclass(frozen=True, slots=True)
class Check:
    """One rule as SQL: `condition` is true for a row of the entity that breaks it.

    `cost` is one of `schema.COSTS`. A vendor's rule can be made stricter, but not looser.
    """

    rule: str
    entity: str
    field: str
    cost: str
    message: str
    condition: str
    is_ours: bool = False
    leave_out: Remedy | None = None
    shorten: Remedy | None = None
    is_across: bool = False  # whether the condition names entities, as those of `x-rules` do
    whole_view: bool = False  # whether the other orders of the view matter

    @property
    def severity(self) -> str:
        """Return `error` when the order is refused, else `warning`."""
        return "error" if self.cost == "refuse" else "warning"

    @property
    def owner(self) -> str:
        """Return who made the rule: `ours` or `vendor`."""
        return "ours" if self.is_ours else "vendor"

    @property
    def remedy(self) -> Remedy | None:
        """Return how an order that breaks the rule is mended, None when it is not."""
        return {"leave_out": self.leave_out, "shorten": self.shorten}.get(self.cost)

    @property
    def told(self) -> str:
        """Return the message, and what the connector does until the value is corrected."""
        return f"{self.message}; until then {self.remedy.said}" if self.remedy else self.message

    @property
    def looks_around(self) -> bool:
        """Return whether the condition reads other rows than the one that it judges."""
        return re.search(r"\bselect\b", self.condition, re.IGNORECASE) is not None

    @property
    def choices(self) -> tuple[str, ...]:
        """Return the costs that `rules:` may set; a vendor's rule can only be made stricter."""
        able = {"leave_out": self.leave_out, "shorten": self.shorten}
        if self.is_ours:
            return tuple(cost for cost in COSTS if able.get(cost, True))
        return tuple(dict.fromkeys((self.cost, "refuse")))


def by_rank(contract: Contract, condition: str) -> str:
    """Return a condition that joins entities by rank, which is faster than by the order's key."""
    key = re.escape(contract.key)
    names = {entity.name for entity in contract.entities()}
    aliases = re.findall(rf"\b(?:{'|'.join(map(re.escape, names))}) as (\w+)", condition)
    either = "|".join(map(re.escape, {*names, *aliases}))
    joined = rf"\b({either})\.{key} = ({either})\.{key}\b"
    return re.sub(joined, rf"\1.{quote(RANK)} = \2.{quote(RANK)}", condition)


def on_path(  # noqa: PLR0913 - a check is all of these
    entity: Entity,
    path: tuple[str, ...],
    keyword: str,
    condition: str,
    message: str,
    leave_out: Remedy | None = None,
    shorten: Remedy | None = None,
) -> Check:
    """Return the check of a keyword at a path of an entity; its message begins with the path.

    `leave_out` and `shorten` are the possible remedies. Where the contract names no cost, an
    invalid value is left out, unless it is required or belongs to a row that holds money.
    """
    field = dotted(entity, path)
    own, cost = ours(schema_of(entity.schema, path, keyword), keyword.removeprefix("items."))
    return Check(
        rule=f"{field}.{keyword}",
        entity=entity.name,
        field=field,
        cost=cost or usual_cost(entity, leave_out),
        message=f"{field} {message}",
        condition=f"({condition})",
        is_ours=own,
        leave_out=leave_out,
        shorten=shorten,
    )


def schema_of(schema: Schema, path: tuple[str, ...], keyword: str) -> Schema:
    """Return the schema that holds a keyword: the one at a path, or that of the list's items."""
    for name in path:
        schema = schema["properties"][name]
    return schema["items"] if keyword.startswith("items.") else schema


def usual_cost(entity: Entity, leave_out: Remedy | None) -> str:
    """Return the cost of breaking a rule for which the contract names none."""
    if leave_out is None:
        return "refuse"
    takes_row = not leave_out.sets
    is_kept = entity.required or bool(entity.list_schema.get("x-money"))
    return "refuse" if takes_row and is_kept else "leave_out"


def present(schema: Schema, path: tuple[str, ...]) -> str:
    """Return SQL that is true when a value, or any member of an object, is not null."""
    if schema["type"] != "object":
        return f"({quote(Field(path, schema, required=False).column)} is not null)"
    inside = [present(value, (*path, name)) for name, value in schema["properties"].items()]
    return f"({' or '.join(inside)})"


def size_check(contract: Contract) -> Check:
    """Return the check that an order fits into a request; rendering the order decides it."""
    own = contract.max_order_bytes
    limit = f"{own:,} bytes of an order" if own else f"{contract.max_bytes:,} bytes of a request"
    message = f"the order is larger than the {limit}; shorten its texts or lists"
    return Check(SIZE, contract.orders.name, "", "refuse", message, "")


@dataclass(frozen=True, slots=True)
class Staged:
    """What is staged, so that nothing is looked for where there is nothing.

    `empty` are the entities without rows; `is_known` says whether anything sent before is known.
    """

    empty: Collection[str] = ()
    is_known: bool = True


ALL_STAGED = Staged()  # where that is not known


class Search(NamedTuple):
    """A select of (order_id, number) of violations, in the rows of `work.suspects` if these are.

    `suspects` selects their ranks: most often there are none, and nothing more to look for.
    """

    select: str
    suspects: str = ""
