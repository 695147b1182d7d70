-- name: amend
-- Findings in payloads that the vendor would refuse and that can be left out of the order.
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
