-- Orders that this run fails to send, and whose stamps would not make the next run read them, would
-- be lost. So the next run reads everything.
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
