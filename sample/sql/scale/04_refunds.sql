-- A refund without an order is in every copy.
create temp table refund_numbers as
select refunds.*, coalesce(order_numbers.order_number, 0) as order_number
from source('refunds') as refunds
left join order_numbers using (order_id);

create or replace table raw.refunds as
select
    source.* exclude (order_number) replace (
        source.refund_id || copies.suffix as refund_id,
        source.credit_note_id || copies.suffix as credit_note_id,
        source.order_id || copies.suffix as order_id,
        source.customer_id || copies.suffix as customer_id
    ),
    now() as _loaded_at
from refund_numbers as source
inner join copies on source.order_number <= copies.orders_left;

create or replace table raw.refund_lines as
select
    source.* replace (
        source.refund_line_id + copies.copy * 1000000 as refund_line_id,
        source.refund_id || copies.suffix as refund_id
    ),
    now() as _loaded_at
from source('refund_lines') as source
inner join refund_numbers using (refund_id)
inner join copies on refund_numbers.order_number <= copies.orders_left;
