with
    verdicts as (select change, verdict, bytes, order_id from work.settled),

    delivered as (
        select order_id
        from ledger.current
        where destination = $destination and environment = $environment and outcome = 'delivered'
    )

select
    (select count(*) from work.snapshot) as orders,
    (
        select count(*) from verdicts where verdict in ('planned', 'held_back') and change = 'added'
    ) as added,
    (
        select count(*)
        from verdicts
        where verdict in ('planned', 'held_back') and change = 'changed'
    ) as changed,
    (
        select count(*)
        from verdicts
        where verdict in ('planned', 'held_back') and change = 'in_doubt'
    ) as in_doubt,
    (select count(*) from work.changes where state = 'unchanged')
    + (select count(*) from verdicts where verdict = 'unchanged') as unchanged,
    (
        select count(*) from delivered where order_id not in (select order_id from work.snapshot)
    ) as removed,
    (select count(*) from work.invalid)
    + (select count(*) from verdicts where verdict = 'oversized') as invalid,
    (
        select count(distinct order_id)
        from work.violations
        inner join work.checks using (number)
        where severity = 'warning' and order_id not in (select order_id from work.invalid)
    ) as warned,
    (select count(*) from work.changes where state = 'refused_before')
    + (select count(*) from verdicts where verdict = 'refused_before') as refused_before,
    (select count(*) from work.planned) as planned,
    (select count(distinct batch) from work.planned) as batches,
    (
        select coalesce(sum(bytes + 1), 0) + count(distinct batch) * ($around - 1) from work.planned
    )::bigint as bytes,
    (select count(*) from delivered) as known,
    (select count(*) from work.planned where delivered_run is not null) as resent,
    (
        select count(*)
        from work.changes
        where delivered_run is not null and order_id in (select order_id from work.invalid)
    ) as spoiled,
    (select count(*) from work.removing) as removals,
    (
        select count(*)
        from work.leaving
        where order_id not in (select order_id from work.taken_back)
    ) as unremembered
