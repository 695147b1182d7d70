create schema raw;

-- md5 and not hash(): the hash of DuckDB may differ between its versions, and the sample may not.
create temp macro bucket(salt, key, buckets) as (
    cast('0x' || left(md5(concat(salt, ':', key)), 12) as bigint) % buckets
);

create temp macro pick(salt, key, choices) as choices[bucket(salt, key, len(choices)) + 1];

create temp macro first_name(key) as pick(
    'first name',
    key,
    [
        'Mia', 'Rowan', 'Olena', 'Tomas', 'Ines', 'Jonas', 'Aoife', 'Marek', 'Selma', 'Hugo',
        'Petra', 'Luca', 'Zoë', 'Amira', 'Noah', 'Freya', 'Ivo', 'Clara', 'Dario', 'Elif'
    ]
);

create temp macro last_name(key) as pick(
    'last name',
    key,
    [
        'Stone', 'Hale', 'Harbor', 'Lindqvist', 'O''Mara', 'Novák', 'Ferro', 'Brandt', 'Quill',
        'Sørensen', 'Marsh', 'Vega', 'Thorne', 'Kowal', 'Peeters', 'Amari', 'Winter', 'Costa',
        'Ellery', 'Dumont'
    ]
);

-- The local parts have a form that the providers do not give out, so none is somebody's address.
create temp macro email(key) as case bucket('email', key, 24)
    when 0 then concat('Oms-Sample.', key, '+shop@gmail.com')
    when 1 then concat('oms-sample', key, '@GMail.com')
    when 2 then concat('0.Sample', key, '-promo@yahoo.com')
    when 3 then concat('0.sample.', key, '@ymail.com')
    when 4 then concat('0.sample.', key, '+gifts@outlook.com')
    when 5 then concat('  Sample.', key, '@Example.COM ')
    when 6 then concat('sample.', key, '+shop@example.net')
    when 7 then case bucket('no email', key, 3) when 0 then null when 1 then '' else 'unknown' end
    else 'sample.' || key || '@example.' || pick('domain', key, ['com', 'org', 'net'])
end;

-- Numbers that the regulators keep for films: Ofcom's 07700 900, ARCEP's 06 39 98, NANPA's 555-01.
create temp macro phone(key, country) as case
    when key is null or bucket('phone', key, 9) = 0 then null
    when country = 'United Kingdom' then
        concat(
            pick('form', key, ['07700 900', '+44 7700 900', '0044 7700 900', '(07700) 900']),
            lpad(cast(bucket('phone', key, 1000) as varchar), 3, '0')
        )
    when country = 'France' then
        concat('06 39 98 ', lpad(cast(bucket('phone', key, 10000) as varchar), 4, '0'))
    when country in ('USA', 'Canada') then
        concat('(212) 555-01', lpad(cast(bucket('phone', key, 100) as varchar), 2, '0'))
    when bucket('form', key, 8) = 0 then 'ask reception'
    else concat('+44 7700 900', lpad(cast(bucket('phone', key, 1000) as varchar), 3, '0'))
end;

create temp macro vat_rate(country, sold_at) as case
    when country = 'United Kingdom' and sold_at < timestamp '2011-01-04' then 0.175
    when country = 'United Kingdom' then 0.200
    when country = 'EIRE' then 0.210
    else 0.000
end;
