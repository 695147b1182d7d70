-- The number of orders for which a view had rows, or a column values, when last sent: a lower
-- bound. An empty column name stands for the rows of the view.
create table if not exists ledger.completeness (
    destination varchar not null,
    environment varchar not null,
    entity varchar not null,
    column_name varchar not null,
    orders bigint not null
);
