"""SQL of Spark over the table of what was delivered, and of DuckDB over what it says.

The table has the sum of hashes of each order as it was delivered; null for an order that is to be
looked at in any case. An order is left out of an answer only if its sum there is that of the views.
"""

from connector.compile import Columns, quote, temporary
from connector.compile.reading import fingerprint
from connector.compile.reading.fingerprint import MODULUS
from connector.compile.reading.lifecycle import SENT
from connector.compile.reading.newest import moments
from connector.compile.reading.postgres import FINGERPRINT, facts
from connector.compile.reading.received import total
from connector.compile.reading.spark.rows import CHOSEN
from connector.compile.reading.stage import RANK
from connector.contract.contract import Contract
from connector.contract.entity import Entity
from connector.settings.settings import Policy

_DELIVERED = "select order_id, row_hash from work.current where outcome = 'delivered'"
_OTHERS = (
    f"select * from ({_DELIVERED}) "
    "where order_id not in (select order_id from temp.differing where order_id is not null)"
)
_MATCHED = (
    f"select seen.order_id from work.seen as seen inner join ({_DELIVERED}) as delivered "
    f"using (order_id) where seen.row_hash = delivered.row_hash and standing = {SENT} and times = 1"
)


def differing(seen: str, state: str, contract: Contract, columns: Columns) -> str:
    """Return a select of the orders that differ from the table, and of one row about the others.

    `seen` is the select of `rows.fingerprints`. An order that is gone has no fingerprint. In the
    row about the others `order_id` is null, `left_out` is their number and `fingerprint` the sum of
    their fingerprints; the facts are the greatest ones, so that it shows what is newest.
    """
    names = [quote(name) for name in facts(contract, columns)]
    joined = (
        "select coalesce(seen.order_id, state.order_id) as order_id, seen.fingerprint, seen.times, "
        + "".join(f"seen.{name}, " for name in names)
        + "coalesce(seen.fingerprint = state.fingerprint and seen.times = 1, false) as is_same "
        f"from ({seen}) as seen full outer join {state} as state "
        "on seen.order_id = state.order_id"
    )
    times = set(map(quote, moments(contract)))
    known = [_past(name) if name in times else name for name in names]
    own = ["if(is_same, null, order_id) as order_id", "is_same", "fingerprint", "times", *known]
    values = ["cast(sum(fingerprint) as decimal(38, 0)) as fingerprint", "max(times) as times"]
    values += [f"max({name}) as {name}" for name in names]
    values.append("if(is_same, count(*), null) as left_out")
    return (
        f"select order_id, {', '.join(values)} from (select {', '.join(own)} from ({joined}) "
        "as joined) as marked group by order_id, is_same"
    )


def _past(name: str) -> str:
    """Return SQL of a time, null if it is after now and of an order that is left out."""
    return f"if(is_same and {name} > current_timestamp(), null, {name}) as {name}"


def written(seen: str, state: str) -> str:
    """Return the statement that makes the table of what the views hold.

    Orders of `CHOSEN` get no fingerprint.
    """
    known = f"if({CHOSEN}.order_id is null, seen.fingerprint, cast(null as decimal(20, 0)))"
    return (
        f"create table {state} using parquet as "
        f"select coalesce(seen.order_id, {CHOSEN}.order_id) as order_id, "
        f"{known} as fingerprint from ({seen}) as seen "
        f"full outer join {CHOSEN} on seen.order_id = {CHOSEN}.order_id "
        f"where coalesce(seen.order_id, {CHOSEN}.order_id) is not null"
    )


def dropped(state: str) -> str:
    """Return the statement that drops the table."""
    return f"drop table if exists {state}"


def arrived(contract: Contract, columns: Columns, policy: Policy) -> str:
    """Return a select of the columns of `work.seen`: orders that differ, and all others.

    The others are as the ledger has them. The newest times among them stand for the time of each.
    """
    differ = "(from temp.differing where left_out is null and fingerprint is not null)"
    newest = fingerprint.totalled(
        contract, columns, policy, "(from temp.differing where left_out is not null)"
    )
    others = (
        f"select delivered.order_id, delivered.row_hash, {SENT} as standing, newest.oldest, "
        f"newest.changed, 1::bigint as times from ({_OTHERS}) as delivered "
        f"left join ({newest}) as newest on true"
    )
    return f"{fingerprint.totalled(contract, columns, policy, differ)} union all by name {others}"


def is_as_known(contract: Contract, columns: Columns, policy: Policy) -> str:
    """Return a select of one row: whether the orders that were left out are as the ledger says.

    Their number and the sum of their fingerprints must be those of the ledger's other orders. So a
    table that is out of date, or of another ledger, is noticed whatever it says.
    """
    sum_here = f"sum({_unsalted(contract, columns, policy, 'row_hash')})"
    return (
        f"select (select (count(*), coalesce({sum_here}, 0)) from ({_OTHERS})) = "
        "(select (coalesce(sum(left_out), 0)::bigint, coalesce(sum(fingerprint), 0)::hugeint) "
        "from temp.differing where left_out is not null)"
    )


def unmatched() -> str:
    """Return a select of (order_id): orders that views and ledger do not have alike."""
    return (
        "select order_id from (select order_id from work.seen union "
        "select order_id from work.current where outcome = 'delivered') "
        f"where order_id is not null and order_id not in (select order_id from ({_MATCHED}))"
    )


def matched() -> str:
    """Return a select of one row: how many orders both have alike, and how many the views have."""
    return f"select (select count(*) from ({_MATCHED})), (select count(*) from work.seen)"


def needless() -> str:
    """Return a select of one row: how many orders came though they are as the ledger says."""
    return (
        f"select count(*) from ({_MATCHED}) where order_id in (select order_id from temp.differing)"
    )


def changed(contract: Contract, columns: Columns, policy: Policy) -> str:
    """Return a select of (order_id): candidates whose rows came with other hashes than were summed.

    `$salt` is that of the fingerprints in `plan.changes`.
    """
    copied = f"select rank, {total('fingerprint')} as fingerprint from temp.arrived group by rank"
    row_hash = f"(copied.fingerprint + {fingerprint.salted(contract, columns, policy)}) % {MODULUS}"
    return (
        f"select order_id from plan.changes left join ({copied}) as copied using (rank) "
        f"where state = 'candidate' and {row_hash} is distinct from changes.row_hash::hugeint"
    )


def _unsalted(contract: Contract, columns: Columns, policy: Policy, row_hash: str) -> str:
    salted = fingerprint.salted(contract, columns, policy)
    return f"({row_hash}::hugeint - {salted} + {MODULUS}) % {MODULUS}"


def printed(entity: Entity, *, is_first: bool) -> tuple[str, str]:
    """Return the statements that note the hashes of staged rows, and drop their column.

    `temp.arrived` (rank, fingerprint) gets them; the first entity makes it anew.
    """
    table, name = f"staged.{quote(entity.name)}", quote(FINGERPRINT)
    sums = f"select {quote(RANK)} as rank, sum({name}::hugeint) as fingerprint from {table}"
    noted = f"{sums} group by all"
    return (
        temporary("arrived", noted) if is_first else f"insert into temp.arrived {noted}",
        f"alter table {table} drop column {quote(FINGERPRINT)}",
    )
