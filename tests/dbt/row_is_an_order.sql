-- Rows of the order system that are no orders; they are not sent, and not forgotten either.
{{ config(severity="warn") }} select * from {{ ref("left_out_orders") }}
