-- name: schema
create table ledger.meta (version integer not null);

create table ledger.runs (
    run_id integer not null,
    destination varchar not null,
    environment varchar not null,
    command varchar not null,
    event varchar not null,
    recorded_at timestamptz not null,
    exit_code integer,
    summary varchar
);

-- Orders that may have arrived without an answer, stored one by one when their requests are
-- settled: see `requests`.
create table ledger.planned (
    order_id varchar not null,
    run_id integer not null,
    payload_md5 uhugeint  -- null if an earlier version wrote the row
);

-- Sent payloads, for destinations where later payloads depend on them. Those that were refused or
-- surely not stored are deleted.
create table ledger.payloads (
    destination varchar not null,
    environment varchar not null,
    order_id varchar not null,
    run_id integer not null,
    payload varchar not null
);

-- Deliveries that a later delivery of the same order has replaced.
create table ledger.superseded (
    destination varchar not null,
    environment varchar not null,
    order_id varchar not null,
    run_id integer not null
);

create table ledger.violations (
    destination varchar not null,
    environment varchar not null,
    run_id integer not null,
    order_id varchar not null,
    rule varchar not null,
    field varchar not null,
    severity varchar not null,
    message varchar not null,
    recorded_at timestamptz not null
);

-- Orders that were delivered or are in doubt, and that a run found gone from the view, or counting
-- for nothing and left as they are.
create table ledger.removals (
    destination varchar not null,
    environment varchar not null,
    order_id varchar not null,
    run_id integer not null
);

-- Prints of the columns of some delivered orders, to find which columns changed.
create table ledger.samples (
    destination varchar not null,
    environment varchar not null,
    order_id varchar not null,
    column_name varchar not null,
    print usmallint
)
;

-- name: answers
-- The destination's answers, once per request and outcome: delivered, refused, removed,
-- removal_refused, or adopted on a user's word. Texts take most of the space of a ledger.
create table ledger.answers (
    answer_id integer not null,  -- unique in the whole ledger
    destination varchar not null,
    environment varchar not null,
    run_id integer not null,
    batch_id integer not null,
    outcome varchar not null,
    status integer,
    recorded_at timestamptz not null,
    request_id varchar  -- our own id of the request, as in the logs
);

-- The outcome of an order in a run; `amount` is the sent amount, if the contract names one. A row
-- is written before the first byte is sent, with the number of the future answer to its request.
-- Until that answer exists, the row is the intent to send the order. An order that was sent without
-- an answer and then refused has both rows until its chunk is settled. To compress ids takes more
-- time than the rest of a row, and saves 10 bytes an order.
create table ledger.outcomes (
    order_id varchar using compression uncompressed not null,
    run_id integer not null,
    answer_id integer not null,
    row_hash ubigint not null,
    payload_md5 uhugeint not null,
    amount decimal(38, 4),
    reason varchar
)
;

-- name: requests
-- Requests of the present run, with the numbers of their future answers. An outcome with the number
-- of an unanswered request is an intent: its result is not known yet. The next process that opens
-- the ledger finds the requests of a killed run.
create table ledger.requests (
    answer_id integer not null,
    run_id integer not null,
    batch_id integer not null,
    takes_back boolean not null  -- removals among other orders have their own answer
);

insert into ledger.meta values (4)
;

-- name: memory
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
)
;

-- name: steady
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

insert into ledger.meta values (5)
;

-- name: watermarks
-- The stamp up to which all orders of a view are done, for destinations that are read by watermark.
create table if not exists ledger.watermarks (
    destination varchar not null,
    environment varchar not null,
    run_id integer not null,
    changed_at timestamptz not null,
    salt varchar not null,
    full_scan_at timestamptz not null
)
;

-- name: completeness
-- The number of orders for which a view had rows, or a column values, when last sent: a lower
-- bound. An empty column name stands for the rows of the view.
create table if not exists ledger.completeness (
    destination varchar not null,
    environment varchar not null,
    entity varchar not null,
    column_name varchar not null,
    orders bigint not null
)
;
