-- What the other senders read, over the same tables: an order with its lists in a row, and the same
-- as one text.
create view nested as
with
    products as (
        select
            order_id,
            list(
                {
                    'id': id,
                    'name': name,
                    'quantity': quantity,
                    'price': price::double,
                    'variant_id': variant_id,
                    'variant_name': variant_name
                }
                order by _position
            ) as products
        from northbeam__products
        group by order_id
    ),

    refunds as (
        select
            order_id,
            list(
                {
                    'product_id': product_id,
                    'quantity': quantity,
                    'refund_amount': refund_amount::double,
                    'refund_cost': refund_cost::double,
                    'refund_made_at': strftime(refund_made_at, '%Y-%m-%dT%H:%M:%SZ'),
                    'variant_id': variant_id
                }
                order by _position
            ) as refunds
        from northbeam__refunds
        group by order_id
    )

select
    orders.order_id,
    customer_id,
    strftime(time_of_purchase, '%Y-%m-%dT%H:%M:%SZ') as time_of_purchase,
    customer_email,
    customer_name,
    discount_codes,
    discount_amount::double as discount_amount,
    order_tags,
    tax::double as tax,
    is_recurring_order,
    shipping_cost::double as shipping_cost,
    currency,
    purchase_total::double as purchase_total,
    products.products,
    coalesce(refunds.refunds, []) as refunds,
    {
        'address1': customer_shipping_address__address1,
        'city': customer_shipping_address__city,
        'state': customer_shipping_address__state,
        'zip': customer_shipping_address__zip,
        'country_code': customer_shipping_address__country_code
    } as customer_shipping_address,
    _changed_at
from northbeam__orders as orders
join products using (order_id)
left join refunds using (order_id);

create view payloads as
select
    _changed_at,
    to_json(
        {
            'order_id': order_id,
            'customer_id': customer_id,
            'time_of_purchase': time_of_purchase,
            'customer_email': customer_email,
            'customer_name': customer_name,
            'discount_codes': discount_codes,
            'discount_amount': discount_amount,
            'order_tags': order_tags,
            'tax': tax,
            'is_recurring_order': is_recurring_order,
            'shipping_cost': shipping_cost,
            'currency': currency,
            'purchase_total': purchase_total,
            'products': products,
            'refunds': refunds,
            'customer_shipping_address': customer_shipping_address
        }
    )::varchar as payload
from nested;
