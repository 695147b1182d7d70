"""SQL that fingerprints single columns of sampled orders, to find the columns that changed."""

from collections.abc import Callable

from connector.compile import literal, quote
from connector.contract.contract import Contract
from connector.contract.entity import Entity, Field

# Equal numbers get equal prints, whatever the type of their column is or was.
NUMBERS = ("integer", "bigint", "double", *(f"decimal(18, {scale})" for scale in (2, 3, 4, 6)))


def prints(contract: Contract) -> str:
    """Return a select of (order_id, column_name, print) for the staged orders of `work.sampled`.

    A print has 16 bits: enough to detect a change, too few to reveal a value.
    """
    return _of_each(contract, "print", lambda entity, field: _hashes(entity, field)[0])


def in_every_type(contract: Contract) -> str:
    """Return the select with `prints`: one for each type that the value may have had."""
    return _of_each(
        contract, "prints", lambda entity, field: f"[{', '.join(_hashes(entity, field))}]"
    )


def _of_each(contract: Contract, name: str, taken: Callable[[Entity, Field], str]) -> str:
    """Return a select that applies `taken` to each column of each entity."""
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
    """Return the prints of a column, that of its present type first; a list adds up its rows."""
    column, position = quote(field.column), ", _position" if entity.label else ""
    hashes = [f"hash({column}{position})"]
    for kind in NUMBERS if field.kind in ("number", "integer") else ():
        cast = f"try_cast({column} as {kind})"
        is_same = f"{cast} = {column}"
        hashes.append(f"case when {is_same} then hash({cast}{position}) else {hashes[0]} end")
    if entity.label:
        hashes = [f"sum({each})" for each in hashes]
    return [f"({each} % 65536)::usmallint" for each in hashes]
