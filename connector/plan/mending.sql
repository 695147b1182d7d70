-- name: amend
-- Of what was found in payloads, what the vendor refuses and the order can be without.
delete from work.found
where
    number not in (
        select number from work.checks where owner = 'vendor' and cost in ('leave_out', 'shorten')
    )
;

insert into work.amended
select distinct order_id
from work.found
;
