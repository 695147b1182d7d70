"""SQL that fingerprints single columns of sampled orders, to tell which columns changed."""

from connector.compile import literal, quote
from connector.contract.contract import Contract
from connector.contract.entity import Entity


def prints(contract: Contract) -> str:
    """Return a select of (order_id, column_name, print) for the staged orders of `work.sampled`.

    A print has 16 bits: enough to see a change, too little to tell a value from.
    """
    return " union all ".join(_prints(contract, entity) for entity in contract.entities())


def _prints(contract: Contract, entity: Entity) -> str:
    key = quote(contract.key)
    prefix = f"{entity.label}." if entity.label else ""
    names = [literal(prefix + ".".join(field.path)) for field in entity.fields]
    columns = [quote(field.column) for field in entity.fields]
    hashes = [f"(hash({column}) % 65536)::usmallint" for column in columns]
    if entity.label:
        hashes = [f"(sum(hash({column}, _position)) % 65536)::usmallint" for column in columns]
    return (
        f"select {key} as order_id, unnest([{', '.join(names)}]) as column_name, "
        f"unnest([{', '.join(hashes)}]) as print from staged.{quote(entity.name)} "
        f"where {key} in (select order_id from work.sampled)"
        + (f" group by {key}" if entity.label else "")
    )
