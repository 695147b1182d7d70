"""SQL that compares the expected orders with the rows that a destination returns.

Both sides, `here` and `there`, have a column for each compared field. A field that a row lacks
cannot be compared.
"""

from collections.abc import Mapping

from connector.compile import literal, quote
from connector.compile.verifying.compared import (
    DIFFERS,
    EXACT,
    bare,
    column,
    compared,
    member,
    read_back_of,
    taken_back,
    text,
)
from connector.contract.contract import Contract


def columns(contract: Contract) -> str:
    """Return the column definitions of all fields, each preceded by a comma."""
    return "".join(f", {column(each.name)} varchar" for each in compared(contract))


def of_payload(contract: Contract) -> str:
    """Return the select list over a `payload`: currency and each field."""
    found = read_back_of(contract)
    currency = text("payload", found.currency) if found.currency else "null::varchar"
    values = [f"{each.here} as {column(each.name)}" for each in compared(contract)]
    return ", ".join([f"{currency} as currency", *values])


def of_nothing(contract: Contract) -> str:
    """Return the select list for an order that was taken back: its remaining values, else null."""
    values = taken_back(contract)
    each = [
        f"{values.get(field.name, 'null::varchar')} as {column(field.name)}"
        for field in compared(contract)
    ]
    return ", ".join(["null::varchar as currency", *each])


def of_row(contract: Contract) -> str:
    """Return the select list over a `row`: order_id, is_dead and each field."""
    found = read_back_of(contract)
    key = member("row", found.fields[contract.key])
    flags = [f"coalesce(try_cast({member('row', each)} as boolean), false)" for each in found.flags]
    values = [f"{each.there} as {column(each.name)}" for each in compared(contract)]
    dead = f"({' or '.join(flags) or 'false'}) as is_dead"
    return ", ".join([f"{key} as order_id", dead, *values])


def differences(contract: Contract) -> str:
    """Return SQL of the list of (field, here, there) that differ."""
    each = [
        f"case when {field.differs} then {{'field': {literal(field.name)}, "
        f"'here': here.{column(field.name)}, 'there': there.{column(field.name)}}} end"
        for field in compared(contract)
    ]
    if flags := " or ".join(read_back_of(contract).flags):
        dead = f"{{'field': {literal(flags)}, 'here': 'false', 'there': 'true'}}"
        each.append(f"case when there.is_dead and here.is_live then {dead} end")
    return f"list_filter([{', '.join(each)}], lambda item: item is not null)"


def blanks(contract: Contract) -> str:
    """Return SQL of the list of fields that were sent and that the row lacks."""
    each = [
        f"case when here.{column(field.name)} is not null and there.{column(field.name)} is null "
        f"then {literal(field.name)} end"
        for field in compared(contract)
    ]
    return f"list_filter([{', '.join(each)}], lambda item: item is not null)"


def is_nothing(contract: Contract) -> str:
    """Return SQL that is true when `there` was taken back, or looks like it."""
    kinds = {field.name: field.kind for field in compared(contract)}
    values = taken_back(contract)
    # Without an amount this cannot be decided; an absent discount, say, equals a discount of 0.
    needed = {contract.amount} if contract.amount in values else values.keys()
    same = [
        f"not coalesce({DIFFERS[kinds[name]].format(value, f'there.{column(name)}')}, "
        f"{'true' if name in needed else 'false'})"
        for name, value in values.items()
    ]
    return f"(there.is_dead or ({' and '.join(same) or 'false'}))"


def is_absent(contract: Contract) -> str:
    """Return SQL that is true when no answer can contain a `payload`."""
    same = [
        f"{text('payload', name)} = {literal(bare(value))}"
        for name, value in read_back_of(contract).absent.items()
    ]
    return f"coalesce({' and '.join(same)}, false)" if same else "false"


def moment(contract: Contract, side: str) -> str:
    """Return SQL of the time of an order, null where a row has no readable one."""
    return f"try_cast({side}.{column(contract.order_by)} as timestamptz)"


def amount(contract: Contract, side: str) -> str:
    """Return SQL of the amount of an order, null where amounts are not compared."""
    if contract.amount not in {field.name for field in compared(contract)}:
        return f"null::{EXACT}"
    return f"try_cast({side}.{column(contract.amount or '')} as {EXACT})"


def rows(contract: Contract) -> str:
    """Return the statement that adds the rows of an answer, `$rows`, to `verified.there`."""
    return (
        f"insert into verified.there select $day, $asked, * from (select {of_row(contract)} "
        "from (select unnest(from_json($rows, '[\"JSON\"]')) as row)) where order_id is not null"
    )


def of_file(contract: Contract, source: str, columns: Mapping[str, str]) -> str:
    """Return the statement that adds the rows of a file; `columns` maps members to its columns."""
    members = ", ".join(f"{literal(name)}, {quote(own)}" for name, own in columns.items())
    row = f"select json_object({members}) as row from {source}"
    return (
        "insert into verified.there select date '1970-01-01', null, * "
        f"from (select {of_row(contract)} from ({row})) where order_id is not null"
    )


def newest(contract: Contract) -> str:
    """Return a select of the start of the day of the newest row that was read."""
    return (
        f"select date_trunc('day', max({moment(contract, 'there')})) from verified.there as there"
    )


def tables(contract: Contract) -> str:
    """Return the statements that create `verified.there` and `verified.extra`, empty."""
    made = f"day date, asked varchar, order_id varchar, is_dead boolean{columns(contract)}"
    return f"create table verified.there ({made}); create table verified.extra ({made});"
