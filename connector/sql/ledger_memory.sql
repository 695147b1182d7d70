-- Which ledger this is, and how many runs and intents it has seen; noted outside of it as well.
create table ledger.stamp (ledger varchar not null, sequence bigint not null);

insert into ledger.stamp select coalesce($ledger, uuidv7()::varchar), 0;

-- Orders of requests that were never answered, with the last moment at which one may have been
-- under way. Until a server must have finished, a late one could replace what is sent meanwhile.
create table ledger.on_wire (
    order_id varchar not null,
    run_id integer not null,
    payload_md5 uhugeint,  -- null: not known
    moment timestamptz not null
);

-- From which run on the ledger can be believed: it was put back from a copy before. `is_accepted`
-- says whether somebody has asked for everything to be sent again.
create table ledger.distrusted (
    destination varchar not null,
    environment varchar not null,
    run_id integer not null,
    is_accepted boolean not null
);
