-- A chunk of new orders as it is left by rendering: its positions from $first to $last.
select
    position,
    divide(position - $first, $orders) + 1 as batch,
    (1000000 + position)::varchar || '-NB' as order_id,
    hash(position) as row_hash,
    'added' as change,
    md5_number(position::varchar) as payload_md5,
    null::integer as delivered_run,
    null::integer as refused_run,
    null::integer as removed_run,
    null::integer as unremoved_run,
    ((hash(position) % 100000) * 0.01)::decimal(38, 4) as amount,
    '["customer-'
    || hash(position) % 300000
    || case when position % 10 = 0 then '","EUR","' else '","USD","' end
    || strftime(
        timestamp '2026-01-01 00:00:00' + to_seconds((position * 37) % 30000000),
        '%Y-%m-%dT%H:%M:%SZ'
    )
    || '"]' as steady,
    800 as bytes
from range($first, $last + 1) as numbers(position)
