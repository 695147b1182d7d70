-- What is to be sent and would not be read again by its stamp is lost with the run that fails to
-- send it, unless the next one reads everything.
delete from ledger.watermarks
where
    destination = $destination
    and environment = $environment
    and exists (
        from work.settled
        where
            verdict in ('planned', 'held_back', 'changed_while_read')
            and order_id not in (select order_id from work.sought where is_recent)
    )
