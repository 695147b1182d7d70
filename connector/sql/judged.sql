select
    (select count(*) from work.invalid) as invalid,
    (
        select count(distinct order_id)
        from work.violations
        where order_id not in (select order_id from work.invalid)
    ) as warned
