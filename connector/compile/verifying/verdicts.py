"""SQL that compares an order with the rows that a destination returns for it, and gives a verdict.

Verdicts: equal, different, double, unexpected, missing; not_sent (the ledger says that it is not
there yet), too_early and late (it may not be shown yet), cannot_tell (the answer was cut off).
"""

from connector.compile import literal
from connector.compile.verifying.compared import column, read_back_of
from connector.compile.verifying.verified import amount, blanks, differences, is_nothing, moment
from connector.contract.contract import Contract


def judged(contract: Contract, relation: str, which: str) -> str:
    """Return the statement that makes `temp.judged` of the expected orders that `which` names.

    They are compared with the rows of a relation. Columns: order_id, day, currency, is_live,
    is_there, copies, differing, blank, amount_here, amount_there, verdict. Of several records of
    one order, the most similar one counts.
    """
    several = "count(*) filter (where is_there)"
    copies = several if read_back_of(contract).several else f"least({several}, 1)"
    return (
        "create or replace temp table judged as with pairs as (select here.order_id, here.day, "
        "here.currency, here.is_live, here.is_current, here.sent_at, "
        f"{amount(contract, 'here')} as amount_here, there.order_id is not null as is_there, "
        f"coalesce({is_nothing(contract)}, false) as is_nothing, "
        f"{differences(contract)} as differing, {blanks(contract)} as blank, "
        f"{amount(contract, 'there')} as amount_there "
        f"from (from plan.expected where {which}) as here left join {relation} as there "
        "on there.order_id = here.order_id and (there.asked is null "
        "or there.asked = here.currency or here.currency is null)), "
        "orders as (select order_id, any_value(day) as day, any_value(currency) as currency, "
        "bool_or(is_live) as is_live, bool_and(is_current) as is_current, "
        f"max(sent_at) as sent_at, bool_or(is_there) as is_there, {copies} as copies, "
        "bool_and(is_nothing) as is_nothing, arg_min(differing, len(differing)) as differing, "
        "case when bool_or(is_there) then arg_min(blank, len(differing)) else [] end as blank, "
        f"max(amount_here) as amount_here, {_amounts(contract)} as amount_there "
        f"from pairs group by order_id) select *, {_VERDICT} as verdict from orders"
    )


def unexpected(contract: Contract) -> str:
    """Return the statement that keeps the rows up to `$day` of orders that were not expected."""
    near = "day between (select min(day) from verified.there) - 1 and $day + 1"
    return (
        "insert into verified.extra select distinct on (order_id, "
        f"{column(contract.order_by)}) * from verified.there where day <= $day and order_id not in "
        f"(select order_id from plan.expected where {near}) "
        f"order by order_id, {column(contract.order_by)}, asked; "
        "delete from verified.there where day <= $day"
    )


def _amounts(contract: Contract) -> str:
    if read_back_of(contract).several:
        return "sum(amount_there)"
    return "max(amount_there)"


# An order that was just sent may not be shown yet, nor its last change.
_AGE = (
    "when sent_at > $now - to_seconds($early) then 'too_early' "
    "when sent_at > $now - to_seconds($late) then 'late' "
)
_VERDICT = (
    "case when not is_live then case when not is_there or is_nothing then 'equal' "
    f"{_AGE} else 'unexpected' end "
    "when is_there and len(differing) = 0 and copies < 2 then 'equal' "
    "when not is_current then 'not_sent' "
    "when not is_there and $is_open then 'cannot_tell' "
    f"{_AGE} when not is_there then 'missing' "
    "when len(differing) > 0 then 'different' else 'double' end"
)


def others(contract: Contract) -> str:
    """Return the statement that classifies the rows that match no order of the period.

    Orders of the view, and orders that count for nothing, are left out. A recent send, or one
    that is still due, may correct such an order.
    """
    return (
        "create or replace temp table others as select *, case "
        "when found not in ('double', 'unexpected') then found "
        f"when is_pending then 'not_sent' {_AGE} else found end as kind, "
        f"kind in ('double', 'unexpected') as is_wrong from ({_found(contract)}); "
        "insert into verified.counts select kind, count(distinct order_id) from temp.others "
        "where found = 'unexpected' and kind in ('too_early', 'late') group by kind; "
        "insert into verified.counts select 'equal', -count(distinct order_id) from temp.others "
        "where kind = 'double' and order_id not in (select order_id from verified.findings); "
        "insert into verified.findings select distinct on (kind, order_id) kind, order_id, "
        "case when kind = 'double' then 'records' when amount is not null "
        f"then {literal(contract.amount or '')} end, case kind when 'double' then '1' end, "
        "case kind when 'double' then '2' "
        "else rtrim(rtrim(cast(amount as varchar), '0'), '.') end, day "
        "from temp.others where is_wrong or kind = 'other' order by kind, order_id"
    )


def _found(contract: Contract) -> str:
    several = "'double'" if read_back_of(contract).several else "null"
    return (
        "select there.order_id, there.day, known.sent_at, there.order_id in (select order_id "
        "from plan.expected where not is_current) as is_pending, case "
        "when there.order_id in (select order_id from verified.absent) then null "
        f"when there.order_id in (select order_id from plan.expected where is_live) then {several} "
        f"when {is_nothing(contract)} then null "
        "when there.order_id in (select order_id from plan.expected) then 'unexpected' "
        "when there.order_id in (select order_id from plan.seen) then null "
        f"when {_OUTSIDE.format(moment=moment(contract, 'there'))} then null "
        "when known.order_id is not null then 'unexpected' else 'other' end as found, "
        f"{amount(contract, 'there')} as amount from verified.extra as there "
        "left join plan.known as known on known.order_id = there.order_id"
    )


_OUTSIDE = (
    "coalesce(cast({moment} as date) not between $first and $last, "
    "there.day not between $first and $last)"
)
