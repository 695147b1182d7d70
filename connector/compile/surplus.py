"""SQL about records of one order that stand at a destination beside the one that should.

A record is known by the identity of its order, as far as a row has it; the rest of the identity is
taken to be that of the order.
"""

from connector.compile import literal
from connector.compile.compared import DIFFERS, EXACT, Compared, column, compared, text
from connector.contract.contract import Contract
from connector.contract.terms import Action

_KINDS = ("timestamp", "string")
_NESTED = "__"


def action(contract: Contract) -> Action | None:
    """Return what takes one record of an order back, or None when nothing does."""
    found = contract.removal.actions.get(contract.lifecycle.take_back or "")
    return found if found and found.set and not found.parameter else None


def noted(contract: Contract, relation: str, wrong: str) -> str:
    """Return the statement that adds rows of a relation to `verified.records`.

    `wrong` is a table with (order_id, currency) of the orders in question. The identity is null
    where a row does not tell it; the record holds the members of the order that a row tells.
    """
    parts = _identity(contract)
    missing = " or ".join(f"there.{column(each.name)} is null" for each in parts)
    told = f"case when not ({missing}) then {_members(contract, parts)} end" if parts else "null"
    amount = [each for each in compared(contract) if each.name == contract.amount]
    return (
        f"insert into verified.records select there.order_id, {told}, "
        f"{_members(contract, [*parts, *amount])} from {relation} as there "
        f"inner join {wrong} as wrong on wrong.order_id = there.order_id "
        "and (there.asked is null or there.asked = wrong.currency or wrong.currency is null)"
    )


def first(contract: Contract) -> str:
    """Return the statement that adds one record of each planned order to `work.surplus`.

    It is one of `work.records` with another identity than the order goes out with, which
    `work.rendered_once` has (order_id, payload).
    """
    differ = [
        DIFFERS[each.kind].format(text("record", each.name), text("payload", each.name))
        for each in _identity(contract)
    ]
    return (
        "insert into work.surplus select distinct on (order_id) order_id, record, "
        "cast(json_merge_patch(payload, record) as varchar) "
        "from work.records inner join work.rendered_once using (order_id) "
        f"where ({' or '.join(differ) or 'false'}) "
        "and order_id in (select order_id from plan.planned) "
        "and order_id not in (select order_id from work.replaced) order by order_id, record"
    )


def _identity(contract: Contract) -> list[Compared]:
    """Return the members of the identity that a row has; none when no record can be taken back."""
    known = contract.orders.identity if action(contract) else ()
    return [
        each
        for each in compared(contract)
        if each.name in known and each.kind in _KINDS and _NESTED not in each.name
    ]


def _members(contract: Contract, fields: list[Compared]) -> str:
    """Return SQL of the JSON object of some fields of `there`, without what is not told."""
    pairs = [f"{literal(each.name)}, {_value(contract, each)}" for each in fields]
    # A patch leaves out what is null.
    return f"cast(json_merge_patch('{{}}', json_object({', '.join(pairs)})) as varchar)"


def _value(contract: Contract, each: Compared) -> str:
    """Return SQL of a field of `there`, as an order has it when it is sent."""
    found = f"there.{column(each.name)}"
    if each.kind == "string":
        return found
    if each.kind != "timestamp":
        return f"cast(try_cast({found} as {EXACT}) as double)"
    (field,) = (field for field in contract.orders.fields if field.column == each.name)
    offset = field.schema.get("x-offset", "Z")
    moment = f"try_cast({found} as timestamptz) at time zone 'UTC'"
    return f"strftime({moment}, '%Y-%m-%dT%H:%M:%S{offset}')"
