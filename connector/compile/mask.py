"""SQL that finds the personal values of orders in a text, so that they can be masked."""

from connector.compile import literal
from connector.contract import Contract
from connector.entity import Entity, Field


def personal_values(contract: Contract) -> str:
    """Return a select of (field, value), longest first: what `$text` holds of a part's orders.

    The text is as `redact.searched` gives it: in lower case, each run of blanks one blank.

    Personal are the fields that the contract marks `x-personal`; a part is bound by `$batch`,
    `$first` and `$last`.
    """
    selects = [
        _values(entity, field)
        for entity in contract.entities()
        for field in entity.fields
        if field.schema.get("x-personal")
    ]
    nothing = "select '' as field, '' as value where $batch + $first + $last is null"
    values = " union all ".join(selects) or nothing
    return (
        f"select distinct field, value from ({values}) where length(value) > 1 "
        "and contains($text, lower(regexp_replace(value, '[\\s+]+', ' ', 'g'))) "
        "order by length(value) desc, value"
    )


def _values(entity: Entity, field: Field) -> str:
    """Return a select of (field, value) over the payloads of a part, where each value stands."""
    path = ".".join([*(f"{name}[*]" for name in entity.label.split(".") if name), *field.path])
    many = f"{path}[*]" if field.kind == "strings" else path
    found = f"json_extract_string(payload, {literal('$.' + many)})"
    values = f"unnest({found})" if "[*]" in many else found
    return (
        f"select {literal(field.column)} as field, {values} as value from query_table($chunk) "
        "inner join query_table($payloads) using (position) "
        "where batch = $batch and position between $first and $last"
    )
