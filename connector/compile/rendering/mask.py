"""SQL that finds the personal values of orders in a text, so that they can be masked."""

from collections.abc import Iterator

from connector.compile import literal
from connector.contract.contract import Contract
from connector.contract.entity import Entity, Field
from connector.contract.overlay import open_objects

_WIDE = "".join(map(chr, range(0xFF01, 0xFF5F)))  # full-width letters, digits and signs
_NARROW = "".join(map(chr, range(0x21, 0x7F)))
_SENT = "query_table($payloads) using (position)"
_LAST_SENT = "work.leaving using (order_id)"


def personal_values(contract: Contract, *, by_id: bool = False) -> str:
    """Return a select of (field, value, kind), longest first: personal values found in a text.

    It binds `$text`, as `redact.searched` returns it, its `$words` and its `$digits`; and `$batch`,
    `$first` and `$last` for the part of a batch. The kinds are those of `redact.Found`. Fields that
    the contract marks `x-personal` are personal. Where orders are sent `by_id` alone, the
    values are those of the last sent payloads.
    """
    payloads = _LAST_SENT if by_id else _SENT
    selects = [*_fields(contract, payloads), *_free_fields(contract, payloads)]
    nothing = "select '' as field, '' as value where $batch + $first + $last is null"
    values = " union all ".join(selects) or nothing
    narrow = f"translate(value, {literal(_WIDE)}, {literal(_NARROW)})"
    spaced = f"regexp_replace({narrow}, '[\\s+]+', ' ', 'g')"
    return (
        f"with found as (select distinct field, lower(strip_accents({spaced})) as value "
        f"from ({values})), "
        "numbers as (select field, regexp_replace(value, '[^0-9]', '', 'g') as digits "
        "from found where not regexp_matches(value, '\\pL')), "
        "tails as (select field, right(digits, $tail) as value from numbers "
        "where length(digits) >= $tail), "
        "words as (select field, unnest(regexp_extract_all(split_part(value, '@', 1), "
        "'\\pL{4,}')) as value from found) "
        # Within a FROM, since DuckDB 1.5 cannot order a union by an expression.
        "from (select field, value, 'text' as kind from found "
        "where length(value) > 1 and contains($text, value) "
        "union select field, value, 'digits' from tails where contains($digits, value) "
        "union select field, value, 'word' from words where list_contains($words, value)) "
        "order by length(value) desc, value, field"
    )


def _fields(contract: Contract, payloads: str) -> Iterator[str]:
    for entity in contract.entities():
        for field in entity.fields:
            if field.schema.get("x-personal"):
                yield _values(entity, field, payloads)


def _free_fields(contract: Contract, payloads: str) -> Iterator[str]:
    """Yield a select for each object that takes personal fields of any name."""
    for entity in contract.entities():
        for path, schema in open_objects(entity.schema):
            if schema["additionalProperties"].get("x-personal"):
                field = Field((*path, "*"), {"type": "array"}, required=False)
                yield _values(entity, field, payloads)


def _values(entity: Entity, field: Field, payloads: str) -> str:
    """Return a select of (field, value): the values of a field in the payloads of a part."""
    path = ".".join([*(f"{name}[*]" for name in entity.label.split(".") if name), *field.path])
    many = f"{path}[*]" if field.kind == "strings" and field.path[-1] != "*" else path
    found = f"json_extract_string(payload, {literal('$.' + many)})"
    values = f"unnest({found})" if "*" in many else found
    return (
        f"select {literal(field.column)} as field, {values} as value from query_table($chunk) "
        f"inner join {payloads} where batch = $batch and position between $first and $last"
    )
