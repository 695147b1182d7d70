create temp table cancelled_lines as
select
    source_rows.source_row as refund_line_id,
    source_rows.invoice_id as credit_note_id,
    source_rows.customer_id,
    source_rows.product_id,
    products.product_type,
    -source_rows.quantity as quantity,
    cast(round(-source_rows.quantity * source_rows.unit_price, 2) as decimal(18, 2)) as amount,
    source_rows.country,
    source_rows.unit_price,
    source_rows.invoiced_at as created_at
from source_rows
inner join products using (product_id)
where source_rows.invoice_kind = 'C';

-- A cancellation does not name its order: it is the last earlier one with this product, of this
-- customer.
create temp table matched_lines as
select
    cancelled_lines.refund_line_id,
    purchases.invoice_id as order_id,
    purchases.variant_id
from cancelled_lines
inner join priced_lines as purchases
    on cancelled_lines.customer_id = purchases.customer_id
    and cancelled_lines.product_id = purchases.product_id
    and cancelled_lines.created_at >= purchases.invoiced_at
where purchases.quantity > 0 and purchases.invoice_kind = '5'
qualify row_number() over (
    partition by cancelled_lines.refund_line_id
    order by
        purchases.invoiced_at desc,
        purchases.invoice_id desc,
        purchases.unit_price = cancelled_lines.unit_price desc,
        purchases.quantity desc,
        purchases.source_row asc
) = 1;

create temp table refunded_lines as
select
    cancelled_lines.*,
    matched_lines.order_id,
    matched_lines.variant_id,
    concat(cancelled_lines.credit_note_id, '-', dense_rank() over (
        partition by cancelled_lines.credit_note_id order by matched_lines.order_id nulls last
    )) as refund_id
from cancelled_lines
left join matched_lines using (refund_line_id);

create table raw.refunds as
select
    refund_id,
    credit_note_id,
    any_value(order_id) as order_id,
    any_value(customer_id) as customer_id,
    pick('reason', refund_id, ['damaged', 'returned', 'not delivered', 'ordered twice']) as reason,
    min(created_at) as created_at,
    min(created_at) as updated_at
from refunded_lines
group by refund_id, credit_note_id
order by refund_id;

create table raw.refund_lines as
select
    refund_line_id,
    refund_id,
    product_id,
    variant_id,
    quantity,
    amount,
    case when product_type in ('goods', 'carriage')
        then cast(round(amount * vat_rate(country, created_at), 2) as decimal(18, 2))
        else cast(0 as decimal(18, 2)) end as tax_amount,
    case when product_type = 'goods' and bucket('overhead', refund_line_id, 3) = 0
        then cast(2.50 as decimal(18, 2)) else cast(0 as decimal(18, 2)) end as overhead_cost
from refunded_lines
order by refund_line_id;
