-- Copy 0 bears the identifiers of the sample, copy 7 the same with -7; the last copy may be in
-- part.
create schema if not exists raw;

create temp macro source(name) as table
select *
from read_parquet(getvariable('raw') || '/' || name || '.parquet');

create temp table order_numbers as
select order_id, row_number() over (order by order_id) as order_number
from source('orders')
group by order_id;

create temp table copies as
select
    cast(numbers.copy as bigint) as copy,
    case when numbers.copy = 0 then '' else concat('-', numbers.copy) end as suffix,
    cast(getvariable('orders') - numbers.copy * (select count(*) from order_numbers) as bigint) as orders_left
from range(cast(ceil(getvariable('orders') / (select count(*) from order_numbers)) as bigint)) as numbers (copy);

-- Of each copy the address becomes another one, but what is none stays none.
create temp macro copied_email(email, copy) as
    case when copy = 0 or email not like '%@%' then email else concat('c', copy, '.', trim(email)) end;
