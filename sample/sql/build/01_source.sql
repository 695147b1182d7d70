-- The position in the file is the key of a line: the source has none, and exact duplicates are to
-- stay.
create temp table source_rows as
select
    row_number() over () as source_row,
    invoice_id,
    left(invoice_id, 1) as invoice_kind,
    product_id,
    description,
    cast(quantity as integer) as quantity,
    cast(invoiced_at as timestamp) as invoiced_at,
    cast(unit_price as decimal(18, 3)) as unit_price,
    replace(customer_id, '.0', '') as customer_id,
    country
from read_csv(
    getvariable('source'),
    all_varchar = true,
    header = true,
    names = [
        'invoice_id', 'product_id', 'description', 'quantity', 'invoiced_at', 'unit_price',
        'customer_id', 'country'
    ]
);

create temp table products as
select
    product_id,
    case
        when product_id in ('POST', 'DOT', 'C2') then 'carriage'
        when product_id = 'D' then 'discount'
        when product_id in ('M', 'm', 'S', 'B', 'BANK CHARGES', 'AMAZONFEE', 'CRUK') then 'fee'
        else 'goods'
    end as product_type
from source_rows
group by product_id;

create temp table invoices as
select
    source_rows.invoice_id,
    any_value(source_rows.invoice_kind) as invoice_kind,
    any_value(source_rows.customer_id) as customer_id,
    any_value(source_rows.country) as country,
    min(source_rows.invoiced_at) as created_at,
    bool_and(source_rows.quantity < 0) as is_write_off,
    count_if(products.product_type = 'carriage') > 0 as has_carriage,
    count_if(source_rows.product_id = 'DOT') > 0 as has_web_postage,
    count_if(source_rows.product_id = 'AMAZONFEE') > 0 as has_marketplace_fee,
    coalesce(sum(source_rows.quantity * source_rows.unit_price)
        filter (where products.product_type = 'goods'), 0) as goods_amount
from source_rows
inner join products using (product_id)
group by source_rows.invoice_id;

-- A sale without a customer is a guest's; some guests come back, some leave no e-mail address.
create temp table guests as
select
    invoice_id,
    concat('guest.', bucket('guest', invoice_id, 900)) as guest_key,
    country
from invoices
where customer_id is null and invoice_kind = '5' and not is_write_off;
