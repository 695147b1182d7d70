-- No valid order has been undelivered for longer than the cadence.
{{ config(enabled=var("connector_export", false)) }}
select order_id, status, reason, changed_at, waiting_seconds
from {{ ref("northbeam__delivery_lag") }}
where status <> 'invalid' and waiting_seconds > {{ var("connector_cadence_hours", 3) }} * 3600
