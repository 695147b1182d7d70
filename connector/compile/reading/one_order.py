"""SQL that reads the rows of one order from a view."""

from connector.compile import quote
from connector.contract.entity import Entity


def rows(entity: Entity, relation: str, *, is_ordered: bool) -> str:
    """Return a select of all columns of the rows of `$order_id`; `relation` is quoted."""
    order = " order by _position" if is_ordered else ""
    return f"select * from {relation} where {quote(entity.keys[0])} = $order_id{order}"
