"""SQL of DuckDB that checks values as they arrive from another database."""

from collections.abc import Collection, Mapping

from connector.compile import Columns, literal, quote
from connector.compile.reading.fingerprint import MODULUS
from connector.compile.reading.lifecycle import EARLY, SENT, standing
from connector.compile.reading.postgres import FINGERPRINT, NOT_A_NUMBER, facts
from connector.compile.reading.watermark import Held, cut
from connector.contract.contract import Contract
from connector.settings.settings import Policy

MARK = "order-connector: "  # begins the message of an error that names a view, a column, an order


def exact(name: str, data_type: str, decimals: int | None, where: str, key: str) -> str:
    """Return SQL that casts a number in a text to a DECIMAL; a value that does not fit is an error.

    With `decimals`, more than these are an error, too; else the type of the text has no more.
    `where` is the view and column that the error names, `key` is SQL of the order's id.
    """
    cast = f"try_cast({name} as {data_type})"
    told = _error(where, key, name, "which is not a number that can be sent exactly")
    long = f"length(split_part({name}, '.', 2)) > {decimals}"
    many = "" if decimals is None else f"when {long} then {told} "
    return f"case when {name} is null then null {many}else coalesce({cast}, {told}) end"


def scaled(name: str, data_type: str, decimals: int, where: str, key: str) -> str:
    """Return SQL that casts a whole number of the last decimal to a DECIMAL of up to 18 digits.

    What stands for NaN is an error; see `exact` for the others.
    """
    unit = f"0.{'1'.zfill(decimals)}" if decimals else "1"
    told = _error(where, key, "'nan'", "which is not a number that can be sent exactly")
    value = f"({name}::decimal(18, 0) * {unit})::{data_type}"
    return f"case when {name} is distinct from {NOT_A_NUMBER} then {value} else {told} end"


def finite(name: str, where: str, key: str) -> str:
    """Return SQL of a time; one that is infinite, or too late for 64 bits, is an error.

    Both overflow on their way, to times long before all that PostgreSQL knows. What the contract
    says of years is for it to judge.
    """
    told = _error(where, key, "'infinity'", "which is not a time that can be sent")
    is_finite = f"{name} >= timestamptz '4714-01-01 (BC) 00:00:00+00'"
    return f"case when {name} is null or {is_finite} then {name} else {told} end"


def _error(where: str, key: str, value: str, what: str) -> str:
    before, after = literal(f"{MARK}{where} of order "), literal(f", {what}; correct the model")
    return f"error(concat({before}, {key}, ' is ', {value}, {after}))"


def typed(
    stream: str, values: Mapping[str, str], casts: Mapping[str, str], also: Collection[str] = ()
) -> str:
    """Return a select of what arrives in a stream, with its casts applied.

    `values` has SQL of each column as it arrives, `casts` of those that are cast then; `also` are
    columns that are passed on as they are.
    """
    names = [f"{sql} as {quote(name)}" for name, sql in values.items()] + [*map(quote, also)]
    rows = f"(select {', '.join(names)} from {stream})"
    replaced = ", ".join(f"{casts[name]} as {quote(name)}" for name in values if name in casts)
    return f"(select * replace ({replaced}) from {rows})" if replaced else rows


def measured(contract: Contract, columns: Columns, policy: Policy, groups: str) -> str:
    """Return a select of one row: orders, withheld, recent, latest; see `watermark.measured`.

    `groups` is a select of (orders, recent, latest, and the columns that `standing` reads).
    """
    return (
        f"select coalesce(sum(orders) filter (where stands = {SENT}), 0)::bigint, "
        f"coalesce(sum(orders) filter (where stands <> {SENT}), 0)::bigint, "
        "coalesce(sum(recent), 0)::bigint, max(latest)::bigint "
        f"from (select *, {standing(contract, policy, columns)} as stands from {groups})"
    )


def held(contract: Contract, columns: Columns, condition: Held, rows: str) -> str:
    """Return a select of how many early orders of some rows the destination should hold."""
    stands = standing(contract, condition.policy, columns)
    is_held = condition.condition(contract, columns)
    return f"select count(*) from {rows} where {stands} = {EARLY} and {is_held}"


def early_states(contract: Contract, columns: Columns, policy: Policy, groups: str) -> str:
    """Return a select of the states of orders that are too early to be sent, as they stand."""
    stands, state = standing(contract, policy, columns), quote(contract.lifecycle.column)
    return f"select distinct {state} from {groups} where {stands} = {EARLY}"


def copied(contract: Contract, columns: Columns) -> str:
    """Return a select of what `fingerprint.summed` needs, of the rows in `work.cut_<entity>`."""
    return " union all ".join(
        f"select {quote(entity.keys[0])} as order_id, {quote(FINGERPRINT)} as fingerprint, "
        f"{_facts(contract, columns, is_order=entity is contract.orders)} from {cut(entity.name)}"
        for entity in contract.entities()
        if entity.name in columns
    )


def _facts(contract: Contract, columns: Columns, *, is_order: bool) -> str:
    names = map(quote, facts(contract, columns))
    values = [name if is_order else f"null as {name}" for name in names]
    return ", ".join([f"{str(is_order).lower()} as is_order", *values])


def summed(contract: Contract, columns: Columns) -> str:
    """Return a select of what `fingerprint.totalled` needs, of the rows in `work.cut_<entity>`."""
    greatest = "".join(
        f", max({quote(name)}) as {quote(name)}" for name in facts(contract, columns)
    )
    return (
        f"select order_id, {total('fingerprint')} as fingerprint, "
        f"count(*) filter (where is_order) as times{greatest} "
        f"from ({copied(contract, columns)}) group by order_id"
    )


def total(fingerprint: str) -> str:
    """Return SQL of the sum of 64-bit hashes with a sign, as a number without one."""
    return f"((sum({fingerprint}::hugeint) % {MODULUS}) + {MODULUS}) % {MODULUS}"
