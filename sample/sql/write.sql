-- Ordered down to the key, so that the same rows become the same bytes.
copy (select columns(lambda name: name <> '_loaded_at') from raw.customers order by customer_id)
to (getvariable('out') || '/customers.parquet') (format parquet, compression zstd, row_group_size 1000000);

copy (select columns(lambda name: name <> '_loaded_at') from raw.addresses order by address_id)
to (getvariable('out') || '/addresses.parquet') (format parquet, compression zstd, row_group_size 1000000);

copy (select columns(lambda name: name <> '_loaded_at') from raw.products order by product_id)
to (getvariable('out') || '/products.parquet') (format parquet, compression zstd, row_group_size 1000000);

copy (select columns(lambda name: name <> '_loaded_at') from raw.product_variants order by variant_id)
to (getvariable('out') || '/product_variants.parquet') (format parquet, compression zstd, row_group_size 1000000);

copy (select columns(lambda name: name <> '_loaded_at') from raw.orders order by order_id, version)
to (getvariable('out') || '/orders.parquet') (format parquet, compression zstd, row_group_size 1000000);

copy (select columns(lambda name: name <> '_loaded_at') from raw.order_lines order by order_line_id)
to (getvariable('out') || '/order_lines.parquet') (format parquet, compression zstd, row_group_size 1000000);

copy (select columns(lambda name: name <> '_loaded_at') from raw.order_discounts order by order_discount_id)
to (getvariable('out') || '/order_discounts.parquet') (format parquet, compression zstd, row_group_size 1000000);

copy (select columns(lambda name: name <> '_loaded_at') from raw.order_tags order by order_id, tag)
to (getvariable('out') || '/order_tags.parquet') (format parquet, compression zstd, row_group_size 1000000);

copy (select columns(lambda name: name <> '_loaded_at') from raw.subscriptions order by subscription_id)
to (getvariable('out') || '/subscriptions.parquet') (format parquet, compression zstd, row_group_size 1000000);

copy (select columns(lambda name: name <> '_loaded_at') from raw.refunds order by refund_id)
to (getvariable('out') || '/refunds.parquet') (format parquet, compression zstd, row_group_size 1000000);

copy (select columns(lambda name: name <> '_loaded_at') from raw.refund_lines order by refund_line_id)
to (getvariable('out') || '/refund_lines.parquet') (format parquet, compression zstd, row_group_size 1000000);

copy (select columns(lambda name: name <> '_loaded_at') from raw.pixel_purchase_events order by pixel_event_id)
to (getvariable('out') || '/pixel_purchase_events.parquet') (format parquet, compression zstd, row_group_size 1000000);
