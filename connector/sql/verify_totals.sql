-- What was compared a day and currency, here and there; amounts are exact texts, or null.
select
    strftime(day, '%Y-%m-%d') as day,
    currency,
    sum(orders_here)::bigint as orders_here,
    sum(orders_there)::bigint as orders_there,
    rtrim(rtrim(cast(sum(amount_here) as varchar), '0'), '.') as amount_here,
    rtrim(rtrim(cast(sum(amount_there) as varchar), '0'), '.') as amount_there
from verified.totals
group by verified.totals.day, currency
order by verified.totals.day, currency
