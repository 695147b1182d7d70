-- name: unsure
-- Valid orders whose verdict depends on the bytes of their payload; the bytes of removals are
-- known.
create table plan.unsure as
with unsure as (
    select rank
    from plan.changes
    cross join work.choice as choice
    where
        state = 'candidate'
        and order_id not in (select order_id from work.invalid)
        and order_id not in (select order_id from work.changed_while_read)
        and change <> 'withdrawn'
        and (
            (refused_md5 is not null and not is_retried)
            or order_id in (select order_id from work.late)
            or (
                $replaces
                and order_id in (
                    select order_id
                    from work.violations
                    inner join work.checks using (number)
                    where list_contains($rules, rule)
                )
            )
            or (
                coalesce(delivered_md5, removed_md5) is not null
                and (
                    row_hash <> delivered_hash  -- for the guards, if all are sent
                    or not is_doubted
                    and not (choice.is_full and choice.everything and not choice.is_limited)
                )
            )
        )
    order by rank
)

select row_number() over () as position, rank
from unsure
;

-- name: oversized
-- The size of an order is the last check; rendering the order decides it.
insert into work.violations
select order_id, (select max(number) from work.checks)
from work.oversized
inner join plan.changes using (rank)
;

-- name: pack
-- The verdict on each candidate, as if the run had no limit. The exact bytes decide where they are
-- known: an order whose payload equals the delivered one is unchanged, whatever its row hash; so is
-- one that differs only in members that cause no send. Earlier versions stored the MD5 of the whole
-- payload.
create view work.verdicts as
select
    changes.*,
    rendered.payload_md5,
    rendered.retaken_md5,
    coalesce(
        changes.row_hash <> changes.delivered_hash
        and changes.delivered_md5 not in (rendered.payload_md5, rendered.full_md5)
        and changes.delivered_md5 is distinct from rendered.sent_md5,
        false
    ) as is_changed,  -- since its delivery; an order in doubt may be sent unchanged
    coalesce(
        not changes.is_doubted
        and not changes.is_repaired
        and (
            coalesce(changes.delivered_md5, changes.removed_md5)
            in (rendered.payload_md5, rendered.full_md5)
            or changes.delivered_md5 = rendered.sent_md5
            or coalesce(changes.delivered_md5, changes.removed_md5) = rendered.retaken_md5
        ),
        false
    ) as is_same,
    case
        when changed_while_read.order_id is not null
        then 'changed_while_read'
        when invalid.order_id is not null
        then 'invalid'
        when
            changes.refused_md5 in (rendered.payload_md5, rendered.full_md5)
            and not changes.is_retried
            and not changes.is_repaired
        then 'refused_before'
        when
            is_same
            and not (
                choice.is_full
                and changes.change <> 'withdrawn'
                and (choice.everything or chosen.order_id is not null)
            )
        then 'unchanged'
        when oversized.rank is not null
        then 'oversized'
        when not choice.everything and chosen.order_id is null
        then 'held_back'
        else 'planned'
    end as verdict
from plan.changes as changes
cross join work.choice as choice
left join
    work.changed_while_read as changed_while_read
    on changed_while_read.order_id = changes.order_id
left join work.invalid as invalid on invalid.order_id = changes.order_id
left join work.rendered as rendered on rendered.rank = changes.rank
left join work.oversized as oversized on oversized.rank = changes.rank
left join work.chosen as chosen on chosen.order_id = changes.order_id
where changes.state = 'candidate'
;

-- The orders that are sent, the oldest first, and the last of them.
create table plan.planned as
with chosen as (from work.verdicts where verdict = 'planned' order by rank limit $limit)

select
    row_number() over () as position,
    rank,
    order_id,
    row_hash,
    change,
    delivered_run,
    refused_run,
    removed_run,
    unremoved_run,
    is_changed
from chosen
;

update work.choice
set last_rank = (select max(rank) from plan.planned)
where is_limited
;

-- The final verdicts: when a run also sends unchanged orders, those beyond its limit are unchanged,
-- and not pending.
create view work.settled as
select
    verdicts.* exclude (is_same, verdict),
    case
        when is_same and rank > choice.last_rank and verdict in ('planned', 'oversized')
        then 'unchanged'
        else verdict
    end as verdict
from work.verdicts as verdicts
cross join work.choice as choice
;

-- Refused orders that the destination holds in an older version.
create view work.outdated as
select order_id
from work.refused
semi join (from plan.planned where delivered_run is not null) using (order_id)
;
