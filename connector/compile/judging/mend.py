"""SQL that mends staged rows that break a rule: it drops rows, drops or shortens values."""

from collections.abc import Iterator

from connector.compile import quote
from connector.compile.judging.check import Check
from connector.compile.judging.remedy import Remedy, with_ids
from connector.compile.reading.stage import RANK, within
from connector.contract.contract import Contract
from connector.contract.entity import Entity


def statements(contract: Contract, number: int, check: Check) -> list[str]:
    """Return the statements that mend the orders of `work.found` that break a check."""
    (entity,) = (each for each in contract.entities() if each.name == check.entity)
    if check.remedy is None:
        return []
    key = quote(contract.key)
    orders = f"(select order_id from work.found where number = {number})"
    if rows := _rows(contract, entity, check, check.remedy):
        where = f"rowid in (select row_id from ({rows}) where order_id in {orders})"
    else:
        where = f"{within(quote(RANK), '')} and {key} in {orders} and {check.condition}"
    if check.remedy.sets:
        sets = ", ".join(f"{quote(name)} = {value}" for name, value in check.remedy.sets.items())
        return [f"update staged.{quote(entity.name)} set {sets} where {where}"]
    return [*_with_below(entity, where), f"delete from staged.{quote(entity.name)} where {where}"]


def _rows(contract: Contract, entity: Entity, check: Check, remedy: Remedy) -> str | None:
    """Return a select of (row_id, order_id), None when the condition alone identifies the rows."""
    if remedy.rows or not check.is_across:
        return remedy.rows
    names = ", ".join(f"{quote(each.name)} as {with_ids(each)}" for each in contract.entities())
    name = quote(entity.name)
    return (
        f"with {names} select {name}.row_id, {name}.{quote(contract.key)} as order_id "
        f"from {name} where {check.condition}"
    )


def _with_below(entity: Entity, where: str) -> Iterator[str]:
    """Yield the statements that delete rows together with their children, children first."""
    below = [each for each in entity.walk() if each is not entity]
    for child in reversed(below):
        shared = child.keys[1 : len(entity.keys) + 1]
        keys = ", ".join(map(quote, (RANK, *shared)))
        name = quote(child.name)
        lost = f"select {keys} from staged.{quote(entity.name)} where {where}"
        yield f"delete from staged.{name} where ({keys}) in ({lost})"
