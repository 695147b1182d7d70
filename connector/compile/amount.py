"""SQL that tells what the planned orders amount to."""

from connector.compile import quote
from connector.contract import Contract


def amounts(contract: Contract) -> str:
    """Return a select of (order_id, amount); no rows when the contract names no `x-amount`."""
    if contract.amount is None:
        return "select null::varchar as order_id, null::decimal(38, 4) as amount where false"
    key = quote(contract.key)
    return (
        f"select {key} as order_id, {quote(contract.amount)}::decimal(38, 4) as amount "
        f"from staged.{quote(contract.orders.name)} "
        f"where {key} in (select order_id from work.planned)"
    )
