create view work.snapshot as
select order_id, row_hash, oldest
from work.seen
where not is_gone
