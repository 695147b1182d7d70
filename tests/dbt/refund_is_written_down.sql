-- An order whose status says that it was refunded has a refund; without one, all was given back.
{{ config(severity="warn") }} select order_id, refund_amount from {{ ref("int_assumed_refunds") }}
