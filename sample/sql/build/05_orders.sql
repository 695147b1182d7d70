create temp table order_channels as
select
    *,
    case
        when invoice_kind = 'A' or is_write_off then 'warehouse'
        when has_marketplace_fee then 'marketplace'
        when has_web_postage or customer_id is null then 'web'
        else pick('channel', invoice_id, ['web', 'web', 'web', 'phone', 'marketplace'])
    end as channel
from invoices
where invoice_kind <> 'C';

create temp table coupons as
select draws.draw, draws.code
from (values (0, 'WELCOME10'), (1, 'FIVER'), (2, 'WELCOME10'), (2, 'FIVER')) as draws (draw, code);

-- One order in sixty has the same code twice, as when two people edit it.
create temp table used_coupons as
select
    order_channels.invoice_id as order_id,
    coupons.code,
    copies.copy,
    case when coupons.code = 'FIVER' then cast(5 as decimal(18, 2))
        else cast(round(order_channels.goods_amount * 0.10, 2) as decimal(18, 2)) end as amount,
    order_channels.created_at
from order_channels
inner join coupons on bucket('coupon', order_channels.invoice_id, 25) = coupons.draw
cross join (values (1), (2)) as copies (copy)
where order_channels.goods_amount > 20
    and (copies.copy = 1 or bucket('coupon twice', order_channels.invoice_id, 60) = 0);

create table raw.order_discounts as
select
    row_number() over (order by order_id, code, copy) as order_discount_id,
    order_id,
    code,
    amount,
    created_at
from used_coupons
order by order_discount_id;

create temp table discounted_orders as
select order_id, sum(amount) as amount
from raw.order_discounts
group by order_id;

create temp table subscribers as
select customer_id
from order_channels
where customer_id is not null and goods_amount > 0
group by customer_id
having count(*) >= 4 and bucket('subscriber', customer_id, 10) = 0;

create temp table subscription_orders as
select order_channels.invoice_id, order_channels.customer_id, order_channels.created_at
from order_channels
inner join subscribers using (customer_id)
where order_channels.goods_amount > 0 and bucket('subscription', order_channels.invoice_id, 3) > 0;

create table raw.subscriptions as
select
    concat('SUB-', customer_id) as subscription_id,
    customer_id,
    case when max(created_at) < timestamp '2011-06-01' then 'cancelled' else 'active' end as status,
    min(created_at) as started_at,
    case when max(created_at) < timestamp '2011-06-01'
        then max(created_at) + interval 30 day end as cancelled_at
from subscription_orders
group by customer_id
order by subscription_id;

create temp table order_amounts as
select
    order_lines.order_id,
    sum(cast(round(order_lines.quantity * order_lines.unit_price, 2) as decimal(18, 2))) as gross_amount,
    sum(order_lines.discount_amount) as line_discount_amount,
    sum(order_lines.tax_amount) as tax_amount
from raw.order_lines as order_lines
group by order_lines.order_id;

create temp table settled_orders as
select
    order_channels.*,
    order_amounts.gross_amount,
    order_amounts.tax_amount,
    order_amounts.line_discount_amount + coalesce(discounts.amount, 0) as discount_amount,
    case
        when order_channels.channel = 'web' and not order_channels.has_carriage
            and order_channels.goods_amount between 0.01 and 150 then cast(4.95 as decimal(18, 2))
        else cast(0 as decimal(18, 2))
    end as shipping_amount
from order_channels
inner join order_amounts on order_channels.invoice_id = order_amounts.order_id
left join discounted_orders as discounts
    on order_channels.invoice_id = discounts.order_id;
