-- A refund without an order is in every copy.
create temp table copied_refunds as
select refunds.refund_id, copies.copy, copies.suffix
from source('refunds') as refunds
inner join order_numbers using (order_id)
cross join copies
where order_numbers.order_number <= copies.orders_left
union all
select refunds.refund_id, copies.copy, copies.suffix
from source('refunds') as refunds
cross join copies
where refunds.order_id is null;

create or replace table raw.refunds as
select
    source.* replace (
        source.refund_id || copies.suffix as refund_id,
        source.credit_note_id || copies.suffix as credit_note_id,
        source.order_id || copies.suffix as order_id,
        source.customer_id || copies.suffix as customer_id
    ),
    now() as _loaded_at
from source('refunds') as source
inner join copied_refunds as copies using (refund_id);

create or replace table raw.refund_lines as
select
    source.* replace (
        source.refund_line_id + copies.copy * 1000000 as refund_line_id,
        source.refund_id || copies.suffix as refund_id
    ),
    now() as _loaded_at
from source('refund_lines') as source
inner join copied_refunds as copies using (refund_id);
