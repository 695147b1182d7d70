create temp table priced_lines as
select
    source_rows.*,
    products.product_type,
    case when bucket('has variants', source_rows.product_id, 8) = 0 and products.product_type = 'goods'
        then variant_of(source_rows.product_id, source_rows.source_row) end as variant_id,
    cast(round(source_rows.quantity * source_rows.unit_price, 2) as decimal(18, 2)) as gross_amount,
    source_rows.quantity > 0 and products.product_type = 'goods'
    and bucket('line discount', source_rows.source_row, 40) = 0 as is_discounted
from source_rows
inner join products using (product_id)
where source_rows.invoice_kind <> 'C';

create temp table discounted_lines as
select
    *,
    case when is_discounted then cast(round(gross_amount * 0.10, 2) as decimal(18, 2))
        else cast(0 as decimal(18, 2)) end as discount_amount
from priced_lines;

create table raw.order_lines as
select
    source_row as order_line_id,
    invoice_id as order_id,
    product_id,
    variant_id,
    description,
    quantity,
    unit_price,
    discount_amount,
    case when product_type in ('goods', 'carriage')
        then cast(round((gross_amount - discount_amount) * vat_rate(country, invoiced_at), 2) as decimal(18, 2))
        else cast(0 as decimal(18, 2)) end as tax_amount,
    invoiced_at as created_at
from discounted_lines
order by source_row;
