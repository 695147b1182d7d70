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
);
