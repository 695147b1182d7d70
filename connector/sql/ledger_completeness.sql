-- Of how many orders a view had rows, or a column values, when it was last sent: at least so
-- many. The rows of a view stand under an empty column name.
create table if not exists ledger.completeness (
    destination varchar not null,
    environment varchar not null,
    entity varchar not null,
    column_name varchar not null,
    orders bigint not null
);
