-- Refunds that no product of an order can carry; they are not sent, and not forgotten either.
{{ config(severity="warn") }} select * from {{ ref("unmatched_refunds") }}
