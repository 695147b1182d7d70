-- The exact bytes decide: an order whose payload is what was delivered is unchanged, whatever its
-- row hash says.
create table work.settled as
select
    changes.*,
    ranked.position,
    strlen(payloads.payload) as bytes,
    payloads.payload_md5,
    case
        when payloads.payload_md5 = refused_md5 and not is_retried then 'refused_before'
        when
            change <> 'in_doubt'
            and payloads.payload_md5 = delivered_md5
            and not ($full and ($everything or chosen.order_id is not null))
        then 'unchanged'
        when strlen(payloads.payload) > $max_bytes then 'oversized'
        when not $everything and chosen.order_id is null then 'held_back'
        else 'planned'
    end as verdict
from work.payloads as payloads
inner join work.changes as changes using (order_id)
inner join work.ranked as ranked using (order_id)
left join work.chosen as chosen using (order_id)
