-- What the views say of the orders that the destination is to hold: those that are not invalid.
with
    orders as (from northbeam__orders where order_id not in (select unnest($invalid))),

    products as (from northbeam__products semi join orders using (order_id)),

    refunds as (from northbeam__refunds semi join orders using (order_id)),

    revenue as (select currency, sum(purchase_total) as total from orders group by currency)

select
    (select count(*) from orders) as orders,
    (select count(*) from products) as products,
    (select count(*) from refunds) as refunds,
    (
        select map(list(currency order by currency), list(total::varchar order by currency))
        from revenue
    ) as revenue
