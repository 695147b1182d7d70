-- As many of the newest orders as the variable says get another discount, a day after the last one.
update northbeam__orders
set discount_amount = discount_amount + 1, _changed_at = timestamptz '2026-06-01 00:00:00+00'
where order_id in (
    select order_id
    from (
        select order_id
        from northbeam__orders
        order by time_of_purchase desc, order_id
        limit 50 * getvariable('changed')
    )
    order by hash(order_id || 'x')
    limit getvariable('changed')
);
