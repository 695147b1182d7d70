"""SQL that fingerprints every order of the views, and compares the copied rows with it."""

from collections.abc import Collection, Mapping

from connector.compile import Columns, literal, quote
from connector.compile.reading import lifecycle
from connector.compile.reading.lifecycle import SENT, standing
from connector.compile.reading.stage import RANK, TYPES, kinds, sliced
from connector.contract.contract import Contract
from connector.contract.entity import Entity
from connector.settings.settings import Policy
from connector.settings.watermark import CHANGED_AT

_SUM = "sum(fingerprint) + coalesce(sum(standing), 0)"  # does not depend on the order of rows
MODULUS = 1 << 64
_ROW_HASH = f"cast(({_SUM} + hash($salt)) % {MODULUS} as ubigint) as row_hash"


def seen(contract: Contract, relations: Mapping[str, str], columns: Columns, policy: Policy) -> str:
    """Return a select of (order_id, row_hash, standing, oldest, changed, times), one per order.

    `times` counts the rows of the orders' view that have the id: 0 for a child without its order.
    `$salt` is bound to a text that changes whenever equal rows would get another hash or payload.
    """
    times = _times(contract, columns)
    rows = _fingerprints(contract, relations, columns, policy, _order_id(contract), *times)
    return _by_order(" union all ".join(rows.values()))


def summed(contract: Contract, columns: Columns, policy: Policy, rows: str) -> str:
    """Return the same select of rows that were hashed elsewhere.

    `rows` is a select of order_id, fingerprint and is_order for each row of the views, and of the
    columns that orders are sorted and told apart by. A hash may be linear in its values, as that of
    PostgreSQL is; it is hashed again, so that no value moves between two rows without a trace.
    """
    facts = ", ".join(_times(contract, columns))
    return _by_order(
        "select order_id, hash(fingerprint) as fingerprint, case when is_order "
        f"then {standing(contract, policy, columns)} end as standing, {facts} from {rows}"
    )


def totalled(contract: Contract, columns: Columns, policy: Policy, rows: str) -> str:
    """Return the same select of hashes that were summed for each order elsewhere.

    `rows` is a select of order_id, fingerprint (that sum, below 2^64), times, and of the columns
    that orders are sorted and told apart by. Add `salted` to a fingerprint for its row hash.
    """
    stands = f"case when times > 0 then {standing(contract, policy, columns)} else {SENT} end"
    row_hash = f"(fingerprint::hugeint + {salted(contract, columns, policy)}) % {MODULUS}"
    return (
        f"select order_id, cast({row_hash} as ubigint) as row_hash, {stands} as standing, "
        f"{', '.join(_times(contract, columns))}, times from {rows}"
    )


def salted(contract: Contract, columns: Columns, policy: Policy) -> str:
    """Return SQL of a number that changes with `$salt`, and with how standings are told."""
    stands = literal(standing(contract, policy, columns))
    return f"cast(hash($salt, {stands}) as hugeint)"


def _by_order(rows: str) -> str:
    return (
        f"select order_id, {_ROW_HASH}, "
        "coalesce(max(standing), 0) as standing, max(oldest) as oldest, max(changed) as changed, "
        f"count(standing) as times from ({rows}) group by order_id"
    )


def _seconds(stamp: str) -> str:
    """Return SQL of whole seconds since 1970, which take half the memory of a time.

    They are never after the time itself: a cast alone rounds, and what is after now counts for
    nothing.
    """
    return f"try_cast(floor(epoch({stamp})) as uinteger)"


def is_as_read(contract: Contract, columns: Columns, policy: Policy) -> str:
    """Return a select of one row: whether the staged rows equal those that `seen` read.

    A row hash is a sum, so one sum over all candidates is enough. `$salt` is that of `seen`.
    It is false, too, when some orders are known to have changed.
    """
    tables = {name: f"staged.{quote(name)}" for name in columns}
    rows = _fingerprints(contract, tables, columns, policy, "null")
    return (
        f"select ((select coalesce({_SUM}, 0) from ({' union all '.join(rows.values())})) "
        f"- coalesce(sum(row_hash - cast(hash($salt) as hugeint)), 0)) % {MODULUS} = 0 "
        "and not exists (from work.changed_while_read) from plan.changes where state = 'candidate'"
    )


def changed_while_read(contract: Contract, columns: Columns, policy: Policy) -> str:
    """Return a select of (order_id): candidates whose staged rows differ from those `seen` read.

    It covers the ranks `$first` to `$last`; `$salt` is that of `seen`.
    """
    slices = {each.name: sliced(each) for each in contract.entities() if each.name in columns}
    rows = _fingerprints(contract, slices, columns, policy, f"{quote(RANK)} as rank")
    copied = f"select rank, {_ROW_HASH} from ({' union all '.join(rows.values())}) group by rank"
    return (
        f"select order_id from plan.changes left join ({copied}) as copied using (rank) "
        "where state = 'candidate' and rank between $first and $last "
        "and copied.row_hash is distinct from changes.row_hash"
    )


def drop_changed(entity: Entity) -> str:
    """Return the statement that drops the staged rows of orders in `work.changed_while_read`."""
    ranks = "select rank from work.ranked where order_id in (from work.changed_while_read)"
    return f"delete from staged.{quote(entity.name)} where {quote(RANK)} in ({ranks})"


def each_alone(
    contract: Contract, relations: Mapping[str, str], columns: Columns, policy: Policy
) -> dict[str, str]:
    """Return for each entity with a view a select that reads all that `seen` reads of it."""
    times = _times(contract, columns)
    rows = _fingerprints(contract, relations, columns, policy, _order_id(contract), *times)
    return {name: f"select sum(fingerprint) from ({select})" for name, select in rows.items()}


def _order_id(contract: Contract) -> str:
    return f"{quote(contract.key)} as order_id"


def _fingerprints(
    contract: Contract,
    relations: Mapping[str, str],
    columns: Columns,
    policy: Policy,
    by: str,
    *facts: str,
) -> dict[str, str]:
    """Return a select of (`by`, fingerprint, standing, and the facts) for each entity with a view.

    There is one row for each row of the view. The fingerprint covers the sent columns and
    `_position`. The other columns are null except for orders, which come first: their standing, and
    the columns of which `facts` holds the SQL.
    """
    orders = contract.orders.name
    known = (f"{standing(contract, policy, columns)} as standing", *facts)
    instead = {orders: lifecycle.instead(contract, policy, columns)}
    return {
        entity.name: f"select {by}, hash({literal(entity.name)}, "
        f"{_sent(entity, columns, instead.get(entity.name, {}))}) as fingerprint"
        + "".join(f", {each if entity.name == orders else 'null'}" for each in known)
        + f" from {relations[entity.name]}"
        for entity in contract.entities()
        if entity.name in relations
    }


def _times(contract: Contract, columns: Columns) -> tuple[str, str]:
    """Return SQL of the time by which orders are sorted, and of their last change."""
    present = columns[contract.orders.name]
    none = f"null::{TYPES[kinds(contract.orders)[contract.order_by]]}"
    oldest = quote(contract.order_by) if contract.order_by in present else none
    stamp = quote(CHANGED_AT) if CHANGED_AT in present else "null::timestamptz"
    return f"{oldest} as oldest", f"{_seconds(stamp)} as changed"


def sent(entity: Entity, present: Collection[str]) -> list[str]:
    """Return the columns of an entity's view whose values cause a send, keys first."""
    names = [
        *entity.keys,
        *(field.column for field in entity.fields if field.causes_send),
        *(["_position"] if entity.label else []),
    ]
    return list(dict.fromkeys(name for name in names if name in present))


def _sent(entity: Entity, columns: Columns, instead: Mapping[str, str]) -> str:
    known, names = kinds(entity), sent(entity, columns[entity.name])
    return ", ".join(_apart(known[name], instead.get(name, quote(name))) for name in names)


def _apart(kind: str, value: str) -> str:
    """Return SQL of a value whose hash does not run into that of its neighbour.

    DuckDB hashes the elements of a list like separate values: ['A'], ['B'] equals ['A', 'B'], [],
    and a null equals an empty list.
    """
    return f"hash({value}, len({value}))" if kind == "strings" else value
