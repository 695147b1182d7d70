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
