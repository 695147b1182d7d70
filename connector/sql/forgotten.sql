-- How many orders of `work.forgotten` the ledger knows, and what it stores about them.
select
    (
        select count(distinct order_id)
        from work.forgotten
        where
            order_id in (select order_id from ledger.outcomes)
            or order_id in (select order_id from ledger.planned)
            or order_id in (select order_id from ledger.payloads)
    ) as orders,
    (select count(*) from ledger.kept where order_id in (from work.forgotten)) as payloads,
    (
        select count(*)
        from ledger.outcomes
        where reason <> $erased and order_id in (from work.forgotten)
    ) as texts
