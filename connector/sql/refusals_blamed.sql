-- Whether the account accepted orders before, and not each of those that it refuses now.
with
    taken as (
        select order_id
        from ledger.deliveries
        where destination = $destination and environment = $environment and outcome = $outcome
    )

select
    exists (from taken)
    and exists (
        from work.refused where not is_recorded and order_id not in (select order_id from taken)
    )
