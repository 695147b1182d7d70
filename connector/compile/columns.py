"""SQL that fingerprints single columns of sampled orders, to tell which columns changed."""

from collections.abc import Callable

from connector.compile import literal, quote
from connector.contract.contract import Contract
from connector.contract.entity import Entity, Field

# A number is the same whatever type its column has or had.
NUMBERS = ("integer", "bigint", "double", *(f"decimal(18, {scale})" for scale in (2, 3, 4, 6)))


def prints(contract: Contract) -> str:
    """Return a select of (order_id, column_name, print) for the staged orders of `work.sampled`.

    A print has 16 bits: enough to see a change, too little to tell a value from.
    """
    return _of_each(contract, "print", lambda entity, field: _hashes(entity, field)[0])


def in_every_type(contract: Contract) -> str:
    """Return the same with `prints`: those that a value has in each type it may have had before."""
    return _of_each(
        contract, "prints", lambda entity, field: f"[{', '.join(_hashes(entity, field))}]"
    )


def _of_each(contract: Contract, name: str, taken: Callable[[Entity, Field], str]) -> str:
    """Return a select of what is taken of each column of each entity."""
    return " union all ".join(_of(contract, each, name, taken) for each in contract.entities())


def _of(
    contract: Contract, entity: Entity, name: str, taken: Callable[[Entity, Field], str]
) -> str:
    key = quote(contract.key)
    prefix = f"{entity.label}." if entity.label else ""
    names = [literal(prefix + ".".join(field.path)) for field in entity.fields]
    values = [taken(entity, field) for field in entity.fields]
    return (
        f"select {key} as order_id, unnest([{', '.join(names)}]) as column_name, "
        f"unnest([{', '.join(values)}]) as {name} from staged.{quote(entity.name)} "
        f"where {key} in (select order_id from work.sampled)"
        + (f" group by {key}" if entity.label else "")
    )


def _hashes(entity: Entity, field: Field) -> list[str]:
    """Return the prints of a column, as it is first; of a list of an order, those of its rows."""
    column, position = quote(field.column), ", _position" if entity.label else ""
    hashes = [f"hash({column}{position})"]
    for kind in NUMBERS if field.kind in ("number", "integer") else ():
        cast = f"try_cast({column} as {kind})"
        is_same = f"{cast} = {column}"
        hashes.append(f"case when {is_same} then hash({cast}{position}) else {hashes[0]} end")
    if entity.label:
        hashes = [f"sum({each})" for each in hashes]
    return [f"({each} % 65536)::usmallint" for each in hashes]
