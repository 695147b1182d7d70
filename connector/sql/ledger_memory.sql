-- The ledger's name and its numbers of runs and intents; these are also stored outside the ledger.
create table ledger.stamp (ledger varchar not null, sequence bigint not null);

insert into ledger.stamp select coalesce($ledger, uuidv7()::varchar), 0;

-- Orders of requests that were never answered, with the last moment at which a request may have
-- been under way. Until the server must have finished, a late request could overwrite a newer
-- version.
create table ledger.on_wire (
    order_id varchar not null,
    run_id integer not null,
    payload_md5 uhugeint,  -- null if not known
    moment timestamptz not null
);

-- The run from which the ledger can be trusted, since it was restored from a copy before that run.
-- `is_accepted` says whether a user asked to send everything again.
create table ledger.distrusted (
    destination varchar not null,
    environment varchar not null,
    run_id integer not null,
    is_accepted boolean not null
);
