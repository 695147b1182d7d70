"""SQL that finds the orders of customers; it binds their ids as `customers`."""

from connector.compile import literal, quote
from connector.contract.contract import Contract

_WANTED = "in (select unnest($customers))"


def kept(customer: str) -> str:
    """Return a select of the order_id of kept payloads; `customer` is the contract's column."""
    inside = literal("$." + ".".join(f'"{name}"' for name in customer.split("__")))
    flat = literal(f'$."{customer}"')  # where only identifying members are kept
    known = (
        f"coalesce(json_extract_string(payload, {inside}), json_extract_string(payload, {flat}))"
    )
    return f"select order_id from ledger.kept where {known} {_WANTED}"


def viewed(contract: Contract, customer: str, relation: str) -> str:
    """Return a select of the order_id of the rows of a view; `relation` is quoted."""
    return (
        f"select {quote(contract.key)}::varchar as order_id from {relation} "
        f"where {quote(customer)}::varchar {_WANTED}"
    )
