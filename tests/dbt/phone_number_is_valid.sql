-- Phone numbers that are left out, since they are not valid or can be read as two valid ones: dbt
-- counts them.
{{ config(severity="warn") }}
select order_id, customer_id
from {{ ref("int_order_contacts") }}
where is_phone_left_out
