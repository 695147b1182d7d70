"""SQL that makes `plan.expected`: the orders as a destination should have them."""

from connector.compile import quote
from connector.compile.verifying.verified import columns, is_absent, moment, of_nothing, of_payload
from connector.contract.contract import Contract


def table(contract: Contract) -> str:
    """Return the statement that creates the empty table.

    Columns: order_id, day (in UTC), is_live (false: nothing of the order should be left),
    is_current (the ledger says that this version was sent), sent_at, currency, each compared field.
    """
    return (
        "create table plan.expected (order_id varchar, day date, is_live boolean, "
        f"is_current boolean, sent_at timestamptz, currency varchar{columns(contract)})"
    )


def rendered(contract: Contract) -> str:
    """Return the statement that adds the orders of a chunk, `$payloads`."""
    same = (
        "(payloads.payload_md5, md5_number(payloads.payload)) and not changes.is_doubted "
        "and planned.change <> 'withdrawn'"
    )
    return (
        f"insert into plan.expected select order_id, {_day(contract)}, is_live, is_current, "
        f"sent_at, values.* exclude (order_id, is_live, is_current, sent_at) from (select "
        "planned.order_id, planned.change <> 'withdrawn' "
        f"and not {is_absent(contract)} as is_live, "
        f"coalesce(changes.delivered_md5 in {same}, false) as is_current, known.sent_at, "
        f"{of_payload(contract)} from query_table($payloads) as payloads "
        "inner join plan.planned as planned using (position) "
        "inner join plan.changes as changes on changes.rank = planned.rank "
        "left join plan.known as known on known.order_id = planned.order_id) as values"
    )


def taken_back(contract: Contract) -> str:
    """Return the statement that adds orders that count for nothing and should be taken back."""
    return (
        "insert into plan.expected select snapshot.order_id, "
        "cast(snapshot.oldest as date), false, true, known.sent_at, "
        f"{of_nothing(contract)} from work.snapshot as snapshot "
        "left join plan.known as known using (order_id) where standing = 2 "
        "and not coalesce(known.is_delivered, false) "
        "and order_id not in (select order_id from plan.expected)"
    )


def ids(contract: Contract, relation: str) -> str:
    """Return a select of (order_id): the ids of all orders of the view."""
    return f"select {quote(contract.key)} as order_id from {relation}"


def _day(contract: Contract) -> str:
    return f"cast({moment(contract, 'values')} as date)"
