-- A page of the errors; `$sorted_by` is a column, or null.
with
    keyed as (
        select
            *,
            case
                $sorted_by
                when 'order_id'
                then order_id
                when 'rule'
                then rule
                when 'message'
                then message
                when 'at'
                then told_errors.at
            end as key
        from told_errors
    )

select type, order_id, rule, field, message, status, run_id, batch_id, request_id, keyed.at
from keyed
order by if($is_descending, null, key), if($is_descending, key, null) desc, type, order_id, rule
limit $limit
offset $offset
