-- The records that were not tried yet, one more of each order that may still be sent.
delete from work.records
where (order_id, record) in (select order_id, record from work.surplus)
;

delete from work.surplus
;

drop table work.taken_back
;

drop table work.removing_late
;

drop table work.removing_payloads
;

delete from work.replaced
;
