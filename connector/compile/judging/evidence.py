"""SQL that counts for the guards what sending the planned orders would do."""

from connector.compile import literal, quote
from connector.compile.reading.stage import RANK
from connector.contract.contract import Contract


def moved(contract: Contract) -> str | None:
    """Return a select of (orders, share): how much a plan changes of the delivered amounts.

    `orders` counts those to be sent again with another amount. `share` is the part of all delivered
    money, across currencies, that is added, removed or taken back. None when the contract has no
    `x-amount`.
    """
    if contract.amount is None:
        return None
    amount = f"orders.{quote(contract.amount)}::decimal(38, 4)"
    now = f"case when planned.change = 'withdrawn' then 0 else {amount} end"
    differs = f"planned.is_changed and amounts.amount is distinct from {amount}"
    return (
        f"select count(*) filter ({differs}), "
        f"round(sum(abs(coalesce(amounts.amount, 0)::double - coalesce({now}, 0)::double)) / "
        "(select nullif(sum(abs(amount::double)), 0) from ledger.outcomes "
        "semi join (from work.current where outcome = 'delivered') using (order_id, run_id)), 9) "
        "from plan.planned inner join ledger.outcomes as amounts "
        "on amounts.order_id = planned.order_id and amounts.run_id = planned.delivered_run "
        f"inner join staged.{quote(contract.orders.name)} as orders "
        f"on orders.{quote(RANK)} = planned.rank "
        f"where planned.change = 'withdrawn' or planned.is_changed"
    )


def repeated(contract: Contract) -> str:
    """Return a select of the number of planned orders that would raise an event a second time.

    Without an `x-event` in the contract, every send of an order counts as the same event.
    """
    planned = "select count(*) from plan.planned where delivered_run is not null"
    if contract.event is None:
        return planned
    path = literal(f"$.{contract.event.replace('__', '.')}")
    return (
        f"{planned} and rank in (select memory.rank from work.memory "
        f"inner join staged.{quote(contract.orders.name)} as orders "
        f"on orders.{quote(RANK)} = memory.rank where json_extract_string(memory.payload, {path}) "
        f"= orders.{quote(contract.event)}::varchar)"
    )
