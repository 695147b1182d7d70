"""SQL that compares orders as they should be with rows as a destination gives them back.

Both sides, `here` and `there`, have a column for each compared field. A field that a row does not
have cannot be compared.
"""

from collections.abc import Mapping

from connector.compile import literal, quote
from connector.compile.compared import (
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
    """Return the definitions of a column for each field, each after a comma."""
    return "".join(f", {column(each.name)} varchar" for each in compared(contract))


def of_payload(contract: Contract) -> str:
    """Return what is selected of a `payload`: currency, and each field."""
    found = read_back_of(contract)
    currency = text("payload", found.currency) if found.currency else "null::varchar"
    values = [f"{each.here} as {column(each.name)}" for each in compared(contract)]
    return ", ".join([f"{currency} as currency", *values])


def of_nothing(contract: Contract) -> str:
    """Return the same of an order that was taken back: what it counts for, null for all else."""
    values = taken_back(contract)
    each = [
        f"{values.get(field.name, 'null::varchar')} as {column(field.name)}"
        for field in compared(contract)
    ]
    return ", ".join(["null::varchar as currency", *each])


def of_row(contract: Contract) -> str:
    """Return what is selected of a `row`: order_id, is_dead, and each field."""
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
    """Return SQL of the list of fields that were sent, and that the row does not have."""
    each = [
        f"case when here.{column(field.name)} is not null and there.{column(field.name)} is null "
        f"then {literal(field.name)} end"
        for field in compared(contract)
    ]
    return f"list_filter([{', '.join(each)}], lambda item: item is not null)"


def is_nothing(contract: Contract) -> str:
    """Return SQL that says whether `there` is an order that was taken back, or counts as such."""
    kinds = {field.name: field.kind for field in compared(contract)}
    values = taken_back(contract)
    # Without what it amounts to, nobody knows; that it has no discount, say, is as good as none.
    needed = {contract.amount} if contract.amount in values else values.keys()
    same = [
        f"not coalesce({DIFFERS[kinds[name]].format(value, f'there.{column(name)}')}, "
        f"{'true' if name in needed else 'false'})"
        for name, value in values.items()
    ]
    return f"(there.is_dead or ({' and '.join(same) or 'false'}))"


def is_absent(contract: Contract) -> str:
    """Return SQL that says of a `payload` that no answer has it."""
    same = [
        f"{text('payload', name)} = {literal(bare(value))}"
        for name, value in read_back_of(contract).absent.items()
    ]
    return f"coalesce({' and '.join(same)}, false)" if same else "false"


def moment(contract: Contract, side: str) -> str:
    """Return SQL of the time of an order, null where a row has none that can be read."""
    return f"try_cast({side}.{column(contract.order_by)} as timestamptz)"


def amount(contract: Contract, side: str) -> str:
    """Return SQL of what an order amounts to, null where that is not compared."""
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
    """Return the statement that adds the rows of a file; `columns` are its own, by the member."""
    members = ", ".join(f"{literal(name)}, {quote(own)}" for name, own in columns.items())
    row = f"select json_object({members}) as row from {source}"
    return (
        "insert into verified.there select date '1970-01-01', null, * "
        f"from (select {of_row(contract)} from ({row})) where order_id is not null"
    )


def newest(contract: Contract) -> str:
    """Return a select of the beginning of the day of the newest row that was read."""
    return (
        f"select date_trunc('day', max({moment(contract, 'there')})) from verified.there as there"
    )


def tables(contract: Contract) -> str:
    """Return the statements that make `verified.there` and `verified.extra`, empty."""
    made = f"day date, asked varchar, order_id varchar, is_dead boolean{columns(contract)}"
    return f"create table verified.there ({made}); create table verified.extra ({made});"
