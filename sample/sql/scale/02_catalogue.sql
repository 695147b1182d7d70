create or replace table raw.products as
select *, now() as _loaded_at
from source('products');

create or replace table raw.product_variants as
select *, now() as _loaded_at
from source('product_variants');
