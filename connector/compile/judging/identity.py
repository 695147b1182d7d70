"""Checks of staged orders against their last sent payloads in `work.memory`."""

from collections.abc import Iterator

from connector.compile import Columns, literal, quote
from connector.compile.judging.check import Check
from connector.compile.judging.remedy import dotted
from connector.compile.reading.lifecycle import returns
from connector.compile.reading.stage import sliced
from connector.compile.rendering.last_sent import gone, joined, moved
from connector.contract.contract import Contract
from connector.contract.entity import Entity, Field
from connector.settings.settings import Policy

IDENTITY = "identity"  # the ending of rules that find a changed identity


def checks(
    contract: Contract, policy: Policy, columns: Columns, ranks: str = ""
) -> Iterator[tuple[Check, str]]:
    """Yield each check with a select of the order_id of orders `within` the ranks."""
    for entity in contract.entities():
        for field in entity.fields:
            if field.column in (*entity.identity, *entity.steady):
                yield _identity(contract, entity, field, policy, ranks)
        if entity.removed:
            yield _gone(entity, policy, ranks)
    if not policy.allows_backwards:
        for field in contract.orders.fields:
            if field.column in contract.forward:
                yield _backwards(contract, field, columns, ranks)


def replacing(contract: Contract) -> list[str]:
    """Return the rules that, when broken, require a new record of the whole order.

    An item that can be marked as removed is replaced within its order.
    """
    return [
        f"{dotted(entity, field.path)}.{IDENTITY}"
        for entity in contract.entities()
        for field in entity.fields
        if field.column in entity.identity and not entity.removed
    ]


def _identity(
    contract: Contract, entity: Entity, field: Field, policy: Policy, ranks: str
) -> tuple[Check, str]:
    done = (
        "the value that was sent first is sent again"
        if policy.keeps_identity
        else "it is sent with the new value, and moves in the reports"
        if field.column in entity.steady
        else "it is sent with the new value, and the old one as removed beside it"
        if entity.removed
        else "the record with the old value is taken back before the new one is sent"
    )
    where = dotted(entity, field.path)
    what = "should stay as it was" if field.column in entity.steady else "identifies the record"
    message = f"{where} is not what was sent first, and {what}; {done}"
    name, key = quote(entity.name), quote(contract.key)
    select = (
        f"select distinct {name}.{key} as order_id from {sliced(entity, ranks)} as {name}"
        f"{joined(entity, ranks)} where sent.payload is not null "
        f"and {moved(entity, field)}"
    )
    return Check(f"{where}.{IDENTITY}", entity.name, where, "warn", message, ""), select


def _gone(entity: Entity, policy: Policy, ranks: str) -> tuple[Check, str]:
    done = "as removed" if policy.marks_removed else "on as it was; see `on_cancelled`"
    message = f"{entity.label} that were sent are gone from the view; they are sent {done}"
    select = (
        f"select distinct order_id from ({gone(entity, ranks)}) inner join work.ranked using (rank)"
    )
    rule = f"{entity.label}.removed"
    return Check(rule, entity.name, entity.label, "warn", message, ""), select


def _backwards(contract: Contract, field: Field, columns: Columns, ranks: str) -> tuple[Check, str]:
    name, key = quote(contract.orders.name), quote(contract.key)
    steps = ", ".join(map(literal, contract.forward[field.column]))
    where = dotted(contract.orders, field.path)
    path = literal("$." + ".".join(field.path))
    sent = f"json_extract_string(sent.payload, {path})"
    returning = returns(contract, field.column, sent, columns.get(contract.orders.name, ()))
    message = (
        f"{where} goes back from what was last sent, so the order is held back; correct it in the "
        "model, or set `allow_backwards: true`"
    )
    select = (
        f"select sent.order_id from {sliced(contract.orders, ranks)} as {name} "
        f"join work.memory as sent on sent.order_id = {name}.{key} "
        f"where list_position([{steps}], {quote(field.column)}) "
        f"< list_position([{steps}], {sent}) and not {returning}"
    )
    return Check(f"{where}.forward", contract.orders.name, where, "refuse", message, ""), select
