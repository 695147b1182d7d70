-- What a verification has found so far, so that it can go on where it was stopped. `there` and
-- `extra` are made by the fields that are compared.
create table verified.meta (
    version integer, scope varchar, first date, last date, salt varchar, began timestamptz
);

-- The days that were asked for; what is incomplete tells nothing of an order that is not in it.
create table verified.days (day date, rows bigint, problem varchar);

-- How many orders were found, by what came of comparing them.
create table verified.counts (verdict varchar, orders bigint);

-- Orders that should be there and were not found by their day, and what that means.
create table verified.absent (
    order_id varchar, verdict varchar, day date, currency varchar, amount decimal(38, 6)
);

create table verified.findings (
    kind varchar, order_id varchar, field varchar, here varchar, there varchar, day date
);

create table verified.totals (
    day date,
    currency varchar,
    orders_here bigint,
    orders_there bigint,
    amount_here decimal(38, 6),
    amount_there decimal(38, 6)
);

-- The records that a destination has of orders of which something is wrong; `identity` tells those
-- of one order apart, and is null where a row does not tell it.
create table verified.records (order_id varchar, identity varchar, record varchar);

-- Fields that were sent and that rows do not have, so that nothing was compared.
create table verified.blanks (field varchar, orders bigint);
