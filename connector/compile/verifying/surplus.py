"""SQL that finds surplus records: those a destination has of an order beside the right one.

A record is recognised by the members of the order's identity that a row has; the other members are
assumed to be those of the order.
"""

from connector.compile import literal
from connector.compile.verifying.compared import DIFFERS, EXACT, Compared, column, compared, text
from connector.contract.contract import Contract
from connector.contract.requests import Action

_KINDS = ("timestamp", "string")
_NESTED = "__"


def action(contract: Contract) -> Action | None:
    """Return the action that takes one record of an order back, None without one."""
    found = contract.removal.actions.get(contract.lifecycle.take_back or "")
    return found if found and found.set and not found.parameter else None


def noted(contract: Contract, relation: str, wrong: str) -> str:
    """Return the statement that adds rows of a relation to `verified.records`.

    `wrong` is a table with (order_id, currency) of the orders in question. The identity is null
    where a row lacks it; the record holds the members of the order that a row has.
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

    It takes from `work.records` one whose identity differs from that of the payload in
    `work.rendered_once` (order_id, payload).
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
    """Return the identity's members that a row has; none if no record can be taken back."""
    known = contract.orders.identity if action(contract) else ()
    return [
        each
        for each in compared(contract)
        if each.name in known and each.kind in _KINDS and _NESTED not in each.name
    ]


def _members(contract: Contract, fields: list[Compared]) -> str:
    """Return SQL of a JSON object of some fields of `there`, without absent ones."""
    pairs = [f"{literal(each.name)}, {_value(contract, each)}" for each in fields]
    # A merge patch leaves out nulls.
    return f"cast(json_merge_patch('{{}}', json_object({', '.join(pairs)})) as varchar)"


def _value(contract: Contract, each: Compared) -> str:
    """Return SQL of a field of `there`, in the form in which an order is sent."""
    found = f"there.{column(each.name)}"
    if each.kind == "string":
        return found
    if each.kind != "timestamp":
        return f"cast(try_cast({found} as {EXACT}) as double)"
    (field,) = (field for field in contract.orders.fields if field.column == each.name)
    offset = field.schema.get("x-offset", "Z")
    moment = f"try_cast({found} as timestamptz) at time zone 'UTC'"
    return f"strftime({moment}, '%Y-%m-%dT%H:%M:%S{offset}')"
