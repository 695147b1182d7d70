delete from ledger.samples
where
    destination = $destination
    and environment = $environment
    and order_id in (
        select order_id
        from ledger.deliveries
        where
            destination = $destination
            and environment = $environment
            and run_id = $run_id
            and outcome = 'delivered'
    )
;

insert into ledger.samples
select $destination, $environment, order_id, column_name, print
from work.prints
where order_id in (
        select order_id
        from ledger.deliveries
        where destination = $destination
            and environment = $environment
            and run_id = $run_id
            and outcome = 'delivered'
    );

delete from ledger.samples
where
    destination = $destination
    and environment = $environment
    and order_id not in (
        select order_id
        from ledger.samples
        where destination = $destination and environment = $environment
        group by order_id
        order by md5(order_id)
        limit 1000
    )
;
