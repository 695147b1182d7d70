-- name: snapshot
create view work.snapshot as
select order_id, row_hash, oldest, standing
from work.seen
;
