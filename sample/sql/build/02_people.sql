create table raw.customers as
select
    customer_id,
    email(customer_id) as email,
    phone(customer_id, arg_min(country, source_row)) as phone,
    first_name(customer_id) as first_name,
    last_name(customer_id) as last_name,
    min(invoiced_at) as created_at,
    min(invoiced_at) as updated_at
from source_rows
where customer_id is not null
group by customer_id
order by customer_id;

create temp table places as
select
    cities_of_countries.country,
    cities_of_countries.cities
from (
    values
        ('United Kingdom', ['Leeds', 'Bristol', 'Norwich', 'Dundee', 'Swansea', 'London']),
        ('Germany', ['Bremen', 'Leipzig', 'Kassel']),
        ('France', ['Nantes', 'Lille', 'Dijon']),
        ('EIRE', ['Cork', 'Galway']),
        ('USA', ['Austin']),
        ('Netherlands', ['Utrecht', 'Zwolle']),
        ('Spain', ['Girona', 'León']),
        ('Belgium', ['Gent', 'Namur'])
) as cities_of_countries (country, cities);

create temp table residents as
select customer_id as resident_key, customer_id, country, min(created_at) as created_at
from invoices
where customer_id is not null
group by all
union all
select guests.guest_key, null as customer_id, guests.country, min(invoices.created_at) as created_at
from guests
inner join invoices using (invoice_id)
group by all;

create temp table resident_addresses as
select
    row_number() over (order by residents.resident_key, residents.country) as address_id,
    residents.*,
    concat(1 + bucket('house', residents.resident_key, 180), ' ', pick('street', residents.resident_key, [
        'Quay Road', 'Mill Lane', 'Station Street', 'Rue du Port', 'Harbour Walk', 'Church Row'
    ])) as address1,
    case when bucket('flat', residents.resident_key, 5) = 0
        then concat('Unit ', 1 + bucket('unit', residents.resident_key, 40)) end as address2,
    pick('city', residents.resident_key, coalesce(places.cities, ['Port Sample', 'New Sample'])) as city
from residents
left join places on residents.country = places.country;

-- One in fifty has no postal code, one in fifty no region, one in fifty no city.
create table raw.addresses as
select
    address_id,
    customer_id,
    address1,
    address2,
    case bucket('gap', resident_key, 50) when 1 then '' else city end as city,
    case
        when bucket('gap', resident_key, 50) = 2 then null
        when country = 'USA' then 'TX'
        else concat(city, ' Region')
    end as state,
    case
        when bucket('gap', resident_key, 50) = 3 or country in ('Hong Kong', 'United Arab Emirates')
            then null
        when country = 'United Kingdom'
            then concat('ZZ99 ', bucket('zip', resident_key, 10), 'ZZ')
        else lpad(cast(bucket('zip', resident_key, 100000) as varchar), 5, '0')
    end as zip,
    country,
    created_at,
    created_at as updated_at
from resident_addresses
order by address_id;
