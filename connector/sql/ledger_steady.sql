-- From version 4: an outcome has the values of the members that should stay as they were sent, as a
-- JSON array. A missing value is null there. Ledgers before had objects in `ledger.payloads`, which
-- stay.
alter table ledger.outcomes add column if not exists steady varchar;

-- The names of those members, in the order of the values; one row a run that kept any.
create table ledger.steady_members (
    destination varchar not null,
    environment varchar not null,
    run_id integer not null,
    names varchar[] not null
);

insert into ledger.meta values (5);
