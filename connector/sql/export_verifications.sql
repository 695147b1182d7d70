-- Verifications, one row each, with their counts of orders.
select
    destination,
    environment,
    recorded_at as verified_at,
    exit_code,
    (summary ->> 'from')::date as first_day,
    (summary ->> 'to')::date as last_day,
    (summary ->> 'orders')::bigint as orders,
    (summary ->> 'equal')::bigint as equal,
    (summary ->> 'missing')::bigint as missing,
    (summary ->> 'different')::bigint as different,
    (summary ->> 'double')::bigint as double,
    (summary ->> 'unexpected')::bigint as unexpected,
    (summary ->> 'cannot_tell')::bigint as cannot_tell,
    (summary ->> 'not_sent')::bigint as not_sent,
    (summary ->> 'too_early')::bigint as too_early,
    (summary ->> 'late')::bigint as late,
    (summary ->> 'not_compared')::bigint as not_compared,
    (summary ->> 'other_sources')::bigint as other_sources,
    (summary ->> 'seconds')::double as seconds
from query_table($verifications)
order by recorded_at, destination, environment
