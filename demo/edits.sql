-- What an order-management system does in a day: one order edited, one placed, one refunded late.
insert into raw.orders
select * replace (
    version + 1 as version,
    discount_amount + 1.00 as discount_amount,
    total_amount - 1.00 as total_amount,
    updated_at + to_days(1) as updated_at
)
from raw.orders
where order_id = $edited
order by version desc
limit 1;

insert into raw.order_lines
select * replace (order_line_id + 10000000 as order_line_id, $placed as order_id)
from raw.order_lines
where order_id = $copied;

insert into raw.orders
select * replace ($placed as order_id, 1 as version, null as marketplace_order_id)
from raw.orders
where order_id = $copied
order by version desc
limit 1;

insert into raw.refunds
select
    'late-' || order_id as refund_id,
    'late-' || order_id as credit_note_id,
    order_id,
    customer_id,
    'returned' as reason,
    created_at + to_days(60) as created_at,
    created_at + to_days(60) as updated_at,
    _loaded_at
from raw.orders
where order_id = $refunded
order by version desc
limit 1;

insert into raw.refund_lines
select
    order_line_id + 10000000 as refund_line_id,
    'late-' || order_id as refund_id,
    product_id,
    variant_id,
    1 as quantity,
    unit_price as amount,
    0.00 as tax_amount,
    0.00 as overhead_cost,
    _loaded_at
from raw.order_lines
where order_id = $refunded
order by order_line_id
limit 1;
