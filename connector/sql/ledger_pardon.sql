-- An order that equals its delivered version, or is not to be sent, stops being a dead letter.
insert into ledger.superseded
select $destination, $environment, order_id, refused_run
from plan.changes
where refused_run is not null
    and (
        (state = 'unchanged' and not is_retried)
        or state = 'not_sent'
        or order_id in (select order_id from work.settled where verdict = 'unchanged')
    );

-- A removal stops being pending when the order is in the view as delivered, or is left at the
-- destination as it is, whether it counts for nothing or is gone.
insert into ledger.superseded
select $destination, $environment, order_id, unremoved_run
from plan.changes
where
    unremoved_run is not null
    and (
        state in ('unchanged', 'not_sent')
        or order_id in (select order_id from work.settled where verdict = 'unchanged')
    )

union all

select $destination, $environment, order_id, run_id
from work.current
where
    outcome = 'removal_refused'
    and (select everything from work.choice)
    and order_id in (select order_id from work.gone)
    and order_id not in (select order_id from work.leaving)
;
