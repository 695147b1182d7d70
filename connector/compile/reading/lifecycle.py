"""SQL over the orders' view that derives the standing of an order from its lifecycle."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from connector.compile import Columns, literal, quote
from connector.contract.contract import Contract
from connector.contract.requests import CANCELLED, DRAFTS, PLACED, REACHED, STATES
from connector.settings.settings import Policy

SENT, EARLY, WITHDRAWN = range(3)  # the standings of an order


def standing(contract: Contract, policy: Policy, columns: Columns) -> str:
    """Return SQL of the standing of a row: sent, too early to be sent, or counting for nothing.

    Where the lifecycle is not known, the contract's flag marks withdrawn orders.
    """
    present, flag = columns[contract.orders.name], contract.removal.flag
    column, whens = contract.lifecycle.column, []
    marks = flag in present and policy.on_cancelled != "send"
    if column in present:
        states = _texts(withdrawn(contract, policy))
        whens.append(f"when {_state(column)} in ({states}) then {WITHDRAWN}")
    if marks and flag:
        unknown = f"{quote(column)} is null and " if column in present else ""
        whens.append(f"when {unknown}{quote(flag)} then {WITHDRAWN}")
    if column in present and may_be_early(policy):
        reached = REACHED[REACHED.index(policy.send_from) :]
        early = f"coalesce({_state(column)}, '') not in ({_texts(reached)})"
        whens.append(f"when {early} then {EARLY}")
    return f"case {' '.join(whens)} else {SENT} end" if whens else str(SENT)


def may_be_early(policy: Policy) -> bool:
    """Return whether the policy holds some orders back as too early."""
    return policy.send_from != PLACED


def instead(contract: Contract, policy: Policy, columns: Columns) -> dict[str, str]:
    """Return SQL of the columns whose value at the destination the order's state determines."""
    lifecycle = contract.lifecycle
    if lifecycle.column not in columns[contract.orders.name]:
        return {}
    values: dict[str, list[str]] = {}
    for state, members in _stated(contract, policy):
        for name, value in members.items():
            when = f"when {literal(state)} then {_value(value)}"
            values.setdefault(name, []).append(when)
    return {
        name: f"case {_state(lifecycle.column)} {' '.join(whens)} else {quote(name)} end"
        for name, whens in values.items()
        if name in columns[contract.orders.name]
    }


def returns(contract: Contract, field: str, sent: str, columns: Iterable[str]) -> str:
    """Return the condition that an order was last sent as taken back, but its state is live.

    `sent` is SQL of the last sent value of a field.
    """
    lifecycle = contract.lifecycle
    values = {
        _value(lifecycle.sent_as[state][field])
        for state in CANCELLED
        if field in lifecycle.sent_as.get(state, {})
    }
    if not values or lifecycle.column not in columns:
        return "false"
    living = f"coalesce({_state(lifecycle.column)}, '') not in ({_texts(CANCELLED)})"
    return f"({sent} in ({', '.join(sorted(values))}) and {living})"


def withdrawn(contract: Contract, policy: Policy) -> tuple[str, ...]:
    """Return the states of orders that count for nothing and that are not sent with their state."""
    stated = {state for state, _ in _stated(contract, policy)}
    cancelled = () if policy.on_cancelled == "send" else CANCELLED
    return tuple(state for state in (*cancelled, *DRAFTS) if state not in stated)


def _stated(contract: Contract, policy: Policy) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the states that are to be sent, with the destination's values for them."""
    lifecycle = contract.lifecycle
    for state, members in lifecycle.sent_as.items():
        if state in lifecycle.opt_in:
            is_wanted = policy.sends_abandoned
        else:
            is_wanted = state not in CANCELLED or policy.on_cancelled == "take_back"
        if is_wanted:
            yield state, members


def _state(column: str) -> str:
    """Return SQL of a state, null when it is not a known one."""
    text = f"lower(trim({quote(column)}))"
    return f"case when {text} in ({_texts(STATES)}) then {text} end"


def _texts(values: Sequence[str]) -> str:
    return ", ".join(map(literal, values))


def _value(value: Any) -> str:
    return literal(value) if isinstance(value, str) else json.dumps(value)
