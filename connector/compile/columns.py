"""SQL that fingerprints single columns of sampled orders, to tell which columns changed."""

from connector.compile import literal, quote
from connector.contract.contract import Contract
from connector.contract.entity import Entity, Field

# A number is the same whatever type its column has or had.
NUMBERS = ("integer", "bigint", "double", *(f"decimal(18, {scale})" for scale in (2, 3, 4, 6)))


def prints(contract: Contract) -> str:
    """Return a select of (order_id, column_name, prints) for the staged orders of `work.sampled`.

    A print has 16 bits: enough to see a change, too little to tell a value from. The first of them
    is that of the value as it is, the others those that it would have in other types.
    """
    return " union all ".join(_prints(contract, entity) for entity in contract.entities())


def _prints(contract: Contract, entity: Entity) -> str:
    key = quote(contract.key)
    prefix = f"{entity.label}." if entity.label else ""
    names = [literal(prefix + ".".join(field.path)) for field in entity.fields]
    prints = [_prints_of(entity, field) for field in entity.fields]
    return (
        f"select {key} as order_id, unnest([{', '.join(names)}]) as column_name, "
        f"unnest([{', '.join(prints)}]) as prints from staged.{quote(entity.name)} "
        f"where {key} in (select order_id from work.sampled)"
        + (f" group by {key}" if entity.label else "")
    )


def _prints_of(entity: Entity, field: Field) -> str:
    """Return the prints of a column as a list; of a list of an order, those of all its rows."""
    column, position = quote(field.column), ", _position" if entity.label else ""
    hashes = [f"hash({column}{position})"]
    for kind in NUMBERS if field.kind in ("number", "integer") else ():
        cast = f"try_cast({column} as {kind})"
        is_same = f"{cast} = {column}"
        hashes.append(f"case when {is_same} then hash({cast}{position}) else {hashes[0]} end")
    if entity.label:
        hashes = [f"sum({each})" for each in hashes]
    return f"[{', '.join(f'({each} % 65536)::usmallint' for each in hashes)}]"
