-- An order that is as it was delivered, or is not to be sent, is no dead letter any more.
insert into ledger.superseded
select $destination, $environment, order_id, refused_run
from plan.changes
where refused_run is not null
    and (
        (state = 'unchanged' and not is_retried)
        or state = 'not_sent'
        or order_id in (select order_id from work.settled where verdict = 'unchanged')
    );

-- Nor is one that is in the view again waiting to be given up.
insert into ledger.superseded
select $destination, $environment, order_id, unremoved_run
from plan.changes
where
    unremoved_run is not null
    and (
        state = 'unchanged'
        or order_id in (select order_id from work.settled where verdict = 'unchanged')
    );
