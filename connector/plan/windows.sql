-- name: divide
-- The orders that the diff would find new, and of which the ledger knows nothing else.
create table later.orders as
with unknown as (
    select snapshot.order_id, snapshot.row_hash, snapshot.oldest
    from work.snapshot as snapshot
    anti join (from work.current where outcome = 'delivered') using (order_id)
    anti join work.undelivered using (order_id)
    anti join work.doubts using (order_id)
    where snapshot.standing = 0
)

select row_number() over () as place, order_id, row_hash, oldest
from (from unknown order by oldest, order_id)
;

update work.choice
set is_divided = true
;

-- name: window
create table work.seen as
select
    order_id,
    row_hash,
    0 as standing,
    oldest,
    null::uinteger as changed,
    1::bigint as times
from later.orders
where place between $first and $last
;

-- Nothing of them was answered, and nothing is gone from a window.
create view work.current as
from ledger.current
where false
;

create table work.gone as
select null::varchar as order_id, null::integer as delivered_run, null::boolean as is_noted
where false
;

create table work.left as
select null::varchar as order_id, null::boolean as is_noted
where false
;

-- name: changes
-- As the diff makes it; no comparison is needed.
create table plan.changes as
select
    order_id,
    row_hash,
    0 as standing,
    null::uhugeint as delivered_md5,
    null::ubigint as delivered_hash,
    null::integer as delivered_run,
    null::uhugeint as refused_md5,
    null::integer as refused_run,
    null::integer as removed_run,
    null::uhugeint as removed_md5,
    null::integer as unremoved_run,
    false as is_doubted,
    false as is_held,
    false as is_repaired,
    'added' as change,
    'candidate' as state,
    false as is_retried,
    place - $first + 1 as rank
from later.orders
where place between $first and $last
order by place
;
