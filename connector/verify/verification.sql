-- name: verify_currencies
-- The currencies of the orders that may be found on a day.
select distinct currency
from plan.expected
where day between $day - 1 and $day + 1 and currency is not null
order by currency
;
