create table raw.order_tags as
select final_orders.invoice_id as order_id, drawn_tags.tag, final_orders.created_at
from final_orders
cross join (values ('gift'), ('wholesale'), ('write-off')) as drawn_tags (tag)
where case drawn_tags.tag
    when 'gift' then final_orders.goods_amount > 0 and bucket('gift', final_orders.invoice_id, 30) = 0
    when 'wholesale' then final_orders.goods_amount > 1000
    else final_orders.is_write_off
end
order by final_orders.invoice_id, drawn_tags.tag;

-- The pixel sees a purchase some seconds before the order system writes it; one clock in 200 is
-- fast.
create table raw.pixel_purchase_events as
select
    row_number() over (order by created_at, invoice_id) as pixel_event_id,
    invoice_id as order_id,
    case when bucket('clock', invoice_id, 200) = 0 then created_at + interval 90 second
        else created_at - to_seconds(cast(bucket('pixel', invoice_id, 45) as bigint)) end as occurred_at
from final_orders
where channel = 'web' and bucket('pixel seen', invoice_id, 40) > 0
order by pixel_event_id;
