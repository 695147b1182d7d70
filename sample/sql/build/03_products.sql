-- The name is the description used most on sales; what was never sold has none, as in the source.
create temp table product_names as
select product_id, description
from source_rows
where invoice_kind = '5' and unit_price > 0 and trim(coalesce(description, '')) <> ''
group by product_id, description
qualify row_number() over (partition by product_id order by count(*) desc, description) = 1;

create table raw.products as
select
    products.product_id,
    product_names.description as name,
    products.product_type,
    pick('category', products.product_id, ['Home', 'Kitchen', 'Garden', 'Party', 'Stationery']) as category,
    timestamp '2010-11-01' as created_at,
    timestamp '2010-11-01' as updated_at
from products
left join product_names using (product_id)
order by products.product_id;

create table raw.product_variants as
select
    concat(products.product_id, '-', variants.suffix) as variant_id,
    products.product_id,
    concat(products.product_id, '-', variants.suffix) as sku,
    variants.name,
    timestamp '2010-11-01' as created_at,
    timestamp '2010-11-01' as updated_at
from products
cross join (values ('S', 'Small'), ('M', 'Medium'), ('L', 'Large')) as variants (suffix, name)
where products.product_type = 'goods' and bucket('has variants', products.product_id, 8) = 0
order by variant_id;

create temp macro variant_of(product, line) as (
    concat(product, '-', pick('variant', line, ['S', 'M', 'L']))
);
