"""What a destination's page says of orders that are cancelled, or gone from the view."""

from connector.compile.reading.lifecycle import withdrawn
from connector.contract.contract import Contract
from connector.settings.settings import Policy
from docs.markdown import Lines, code, section, table


def cancelled(contract: Contract) -> Lines:
    """Yield what becomes of orders whose lifecycle says that they count for nothing."""
    lifecycle = contract.lifecycle
    if not lifecycle.column:
        return section("Cancelled orders", [])
    states = ", ".join(map(code, withdrawn(contract, Policy())))
    action = lifecycle.take_back
    done = _done(contract, action) if action else "it is left as it is"
    told = (
        f"By {code(lifecycle.column)}, a column of the orders' view. One of {states} is not sent. "
    )
    told += f"If the destination has it, it is taken back (`on_cancelled: take_back`): {done}."
    lines = [told, ""]
    rows = [
        (code(state), code(members), "`send_abandoned: true`" if state in lifecycle.opt_in else "")
        for state, members in lifecycle.sent_as.items()
    ]
    lines += table(["state", "is sent with", "if"], rows)
    for entity in contract.entities():
        if entity.removed:
            change = f"is sent with {code(entity.removed)}, or as it was under `report` and `send`"
            lines += [f"An entry that is gone from {code(entity.label)} {change}.", ""]
    return section("Cancelled orders", lines)


def removed(contract: Contract) -> Lines:
    """Yield what becomes of orders that are gone from the view."""
    rows = [("`report`", "the order is listed, nothing is sent; the default")]
    rows += [(code(name), _done(contract, name)) for name in contract.removal.actions]
    lines = list(table(["`on_removed`", "what is done with an order that is gone"], rows))
    return section("Removed orders", lines)


def _done(contract: Contract, name: str) -> str:
    action = contract.removal.actions[name]
    if action.parameter:
        return f"`{action.method}` with its id as `{action.parameter}`, one call per order"
    changes: list[str] = [code(action.set)] if action.set else []
    changes += [f"{code(values)} in each of {code(each)}" for each, values in action.each.items()]
    changes += [f"{code(value)} added to {code(to)}" for to, value in action.append.items()]
    changes += [f"without {code(each)}" for each in action.drop]
    return f"its last payload is sent with {', '.join(changes)}"
