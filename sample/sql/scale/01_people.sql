create or replace table raw.customers as
select
    source.* replace (
        source.customer_id || copies.suffix as customer_id,
        copied_email(source.email, copies.copy) as email
    ),
    now() as _loaded_at
from source('customers') as source
cross join copies;

create or replace table raw.addresses as
select
    source.* replace (
        source.address_id + copies.copy * 1000000 as address_id,
        source.customer_id || copies.suffix as customer_id
    ),
    now() as _loaded_at
from source('addresses') as source
cross join copies;

create or replace table raw.subscriptions as
select
    source.* replace (
        source.subscription_id || copies.suffix as subscription_id,
        source.customer_id || copies.suffix as customer_id
    ),
    now() as _loaded_at
from source('subscriptions') as source
cross join copies;
