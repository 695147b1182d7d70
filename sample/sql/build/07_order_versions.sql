create temp table refunded_orders as
select refunds.order_id, sum(refund_lines.quantity) as quantity
from raw.refund_lines as refund_lines
inner join raw.refunds as refunds using (refund_id)
inner join products using (product_id)
where refunds.order_id is not null and products.product_type = 'goods'
group by refunds.order_id;

create temp table bought_orders as
select invoice_id as order_id, sum(quantity) as quantity
from priced_lines
where product_type = 'goods'
group by invoice_id;

create temp table final_orders as
select
    settled_orders.*,
    case
        when settled_orders.invoice_kind = 'A' then 'adjustment'
        when refunded_orders.quantity >= bought_orders.quantity then 'cancelled'
        when settled_orders.created_at >= timestamp '2011-08-31' then 'pending'
        else 'completed'
    end as status,
    settled_orders.created_at
    + to_minutes(cast(60 + bucket('handled', settled_orders.invoice_id, 4000) as bigint)) as updated_at,
    guests.guest_key,
    subscription_orders.invoice_id is not null as is_subscription
from settled_orders
left join refunded_orders on settled_orders.invoice_id = refunded_orders.order_id
left join bought_orders on settled_orders.invoice_id = bought_orders.order_id
left join guests on settled_orders.invoice_id = guests.invoice_id
left join subscription_orders on settled_orders.invoice_id = subscription_orders.invoice_id;

create temp table addressed_orders as
select final_orders.*, resident_addresses.address_id
from final_orders
left join resident_addresses
    on resident_addresses.resident_key = coalesce(final_orders.customer_id, final_orders.guest_key)
    and final_orders.country = resident_addresses.country;

-- One order in ten has an older version; half of these bear the same time as the newer one.
create temp table order_versions as
select invoice_id, 1 as version, 'pending' as status,
    case when bucket('versions', invoice_id, 20) = 0 then created_at else updated_at end as updated_at
from addressed_orders
where bucket('versions', invoice_id, 20) < 2
union all
select
    invoice_id,
    case when bucket('versions', invoice_id, 20) < 2 then 2 else 1 end as version,
    status,
    updated_at
from addressed_orders;

create table raw.orders as
select
    orders.invoice_id as order_id,
    versions.version,
    orders.customer_id,
    case when orders.guest_key is not null then email(orders.guest_key) end as guest_email,
    phone(orders.guest_key, orders.country) as guest_phone,
    case when orders.guest_key is not null then first_name(orders.guest_key) end as guest_first_name,
    case when orders.guest_key is not null then last_name(orders.guest_key) end as guest_last_name,
    orders.address_id as shipping_address_id,
    case when orders.is_subscription then concat('SUB-', orders.customer_id) end as subscription_id,
    versions.status,
    orders.channel,
    case when orders.channel = 'marketplace'
        then concat('MP-', upper(left(md5(concat('marketplace:', orders.invoice_id)), 10))) end as marketplace_order_id,
    case when orders.channel = 'web'
        then concat('203.0.113.', bucket('ip', orders.invoice_id, 256)) end as ip_address,
    case
        when orders.country in (
            'Germany', 'France', 'EIRE', 'Belgium', 'Spain', 'Netherlands', 'Portugal', 'Italy', 'Finland',
            'Austria', 'Cyprus', 'Malta', 'Greece', 'European Community'
        ) then 'EUR'
        when orders.country in (
            'Australia', 'Japan', 'Hong Kong', 'Singapore', 'Canada', 'Israel', 'Bahrain', 'Saudi Arabia',
            'Brazil', 'USA', 'Lebanon', 'United Arab Emirates'
        ) then 'USD'
        else 'GBP'
    end as currency,
    orders.gross_amount as subtotal_amount,
    orders.discount_amount,
    orders.shipping_amount,
    orders.tax_amount,
    cast(orders.gross_amount - orders.discount_amount + orders.shipping_amount + orders.tax_amount as decimal(18, 2))
        as total_amount,
    orders.created_at,
    versions.updated_at
from addressed_orders as orders
inner join order_versions as versions using (invoice_id)
order by orders.invoice_id, versions.version;
