"""SQL that finds the personal values of orders in a text, so that they can be masked."""

from connector.compile import literal, quote
from connector.contract import Contract
from connector.entity import Entity


def personal_values(contract: Contract) -> str:
    """Return a select of (field, value), longest first: what `$text` holds of a part's orders.

    The text is as `redact.searched` gives it: in lower case, each run of blanks one blank.

    Personal are the fields that the contract marks `x-personal`; a part is bound by `$batch`,
    `$first` and `$last`.
    """
    selects = [_values(contract, entity) for entity in contract.entities() if _personal(entity)]
    nothing = "select '' as field, '' as value where $batch + $first + $last is null"
    values = " union all ".join(selects) or nothing
    return (
        f"select distinct field, value from ({values}) where length(value) > 1 "
        "and contains($text, lower(regexp_replace(value, '[\\s+]+', ' ', 'g'))) "
        "order by length(value) desc, value"
    )


def _personal(entity: Entity) -> list[str]:
    return [field.column for field in entity.fields if field.schema.get("x-personal")]


def _values(contract: Contract, entity: Entity) -> str:
    columns = _personal(entity)
    return (
        f"select unnest([{', '.join(map(literal, columns))}]) as field, "
        f"unnest([{', '.join(map(quote, columns))}]) as value from staged.{quote(entity.name)} "
        f"where {quote(contract.key)} in (select order_id from work.planned "
        "where batch = $batch and position between $first and $last)"
    )
