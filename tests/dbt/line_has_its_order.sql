-- A line that names no order of the system would be lost without a word.
{{ config(severity="warn") }}
select lines.order_line_id, lines.order_id
from {{ ref("stg_oms__order_lines") }} as lines
left join {{ ref("stg_oms__orders") }} as orders on lines.order_id = orders.order_id
where orders.order_id is null
