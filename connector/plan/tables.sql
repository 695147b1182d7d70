-- name: made
-- The tables of one plan, remade for each destination.
drop schema if exists work cascade;
create schema work;

create table work.retried (order_id varchar);  -- dead letters that are to be sent again
create table work.repaired (order_id varchar);  -- orders that are sent whatever the ledger says
create table work.surplus (order_id varchar, record varchar, payload varchar);  -- one of an order, to be taken back
create table work.chosen (order_id varchar);  -- the orders that a run is limited to
create table work.choice (is_full boolean, everything boolean, is_limited boolean, is_windowed boolean, is_cut boolean, last_rank bigint);
create table work.sought (order_id varchar, is_recent boolean);  -- what is read by watermark
create table work.changed_while_read (order_id varchar);  -- since their fingerprint was taken
create table work.checks (
    number integer,
    rule varchar,
    field varchar,
    severity varchar,
    message varchar,
    cost varchar,
    owner varchar,
    whole_view boolean
);
create table work.found (order_id varchar, number integer);  -- of the orders that are being judged
create table work.cured (order_id varchar, number integer);  -- what was left out or shortened of them
create table work.mended (rank bigint, order_id varchar);  -- which are judged again
create table work.violations (order_id varchar, number integer);
create table work.invalid (order_id varchar);
-- Orders whose verdict depends on the bytes: of what causes a send, and of all that is sent.
create table work.rendered (
    rank bigint,
    payload_md5 uhugeint,
    full_md5 uhugeint,
    retaken_md5 uhugeint,
    sent_md5 uhugeint  -- of all that was last sent, when its content is the same
);
create table work.oversized (rank bigint);
create table work.refused (
    order_id varchar,
    position bigint,
    batch bigint,
    row_hash ubigint,
    payload_md5 uhugeint,
    refused_run integer,
    status integer,
    request_id varchar,
    reason varchar,
    is_recorded boolean
);
create table work.postponed (order_id varchar, moment timestamptz);  -- go last, as something may be under way
create table work.late (order_id varchar, payload_md5 uhugeint, moment timestamptz);  -- what may be under way
create table work.sent (order_id varchar);  -- what may have arrived without an answer that says so
create table work.memory (rank bigint, order_id varchar, payload varchar, is_removed boolean);  -- as last sent
;
