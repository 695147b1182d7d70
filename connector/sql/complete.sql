-- What had rows or values when it was last sent, in how many orders at least.
select entity, column_name, orders, true
from ledger.completeness
where destination = $destination and environment = $environment
order by entity, column_name
