-- name: has_watermarks
-- A ledger of an earlier version that is opened read-only lacks this table.
select 1
from duckdb_tables()
where database_name = 'ledger' and table_name = 'watermarks'
;

-- name: watermark
select epoch_us(changed_at) as changed_at, salt, epoch_us(full_scan_at) as full_scan_at
from ledger.watermarks
where destination = $destination and environment = $environment
;

-- name: may_miss_orders
-- Whether any order that was delivered or is in doubt may be missing from the view. Unchanged
-- orders are in the view, so comparing counts is enough.
select
    $known
    <> (select count(*) from work.snapshot)
    - $new
    - (select count(*) from plan.changes where delivered_run is null)
    or exists (from work.doubts)
;

-- name: gone
-- Orders that were delivered or are in doubt, and that are missing from the part of the view read.
create table work.gone as
with remembered as (
    select order_id, run_id as delivered_run from work.current where outcome = 'delivered'

    union all by name

    select order_id from work.doubts
)

select
    order_id,
    max(delivered_run) as delivered_run,
    order_id in (
        select order_id
        from ledger.removals
        where destination = $destination and environment = $environment
    ) as is_noted
from remembered
where
    order_id not in (select order_id from work.snapshot)
    and $is_any
group by order_id
;

-- Orders that count for nothing and are left at the destination as they are.
create table work.left as
select
    order_id,
    order_id in (
        select order_id
        from ledger.removals
        where destination = $destination and environment = $environment
    ) as is_noted
from plan.changes
where state = 'not_sent' and is_held
;
