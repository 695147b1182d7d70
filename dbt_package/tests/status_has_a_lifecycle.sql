-- Every status of the seed means one of the known lifecycles.
select status, lifecycle
from {{ ref("order_statuses") }}
where
    lifecycle is null
    or lifecycle not in (
        'placed',
        'completed',
        'cancelled',
        'failed',
        'refunded',
        'draft',
        'abandoned',
        'not_an_order'
    )
