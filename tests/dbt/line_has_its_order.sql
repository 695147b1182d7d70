-- A line that names no order of the system would be lost without a word.
{{ config(severity="warn") }}
select order_line_id, order_id
from {{ ref("stg_oms__order_lines") }}
where order_id not in (select order_id from {{ ref("stg_oms__orders") }})
