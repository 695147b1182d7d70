-- What the destination answered, once per request and outcome: delivered, refused, removed,
-- removal_refused, or adopted because a person said so. Texts are most of what a ledger costs.
create table ledger.answers (
    answer_id integer not null,  -- one of its own in the whole ledger
    destination varchar not null,
    environment varchar not null,
    run_id integer not null,
    batch_id integer not null,
    outcome varchar not null,
    status integer,
    recorded_at timestamptz not null,
    request_id varchar  -- our own name of the request, as the logs have it
);

-- What came of an order in a run; the amount is what was sent, for contracts that name it. A row is
-- written before the first byte goes out, with the number that the answer to its request will have:
-- until there is such an answer, it is the intent to send the order. An order that was sent without
-- an answer and then refused has both rows until its chunk is settled.
create table ledger.outcomes (
    order_id varchar not null,
    run_id integer not null,
    answer_id integer not null,
    row_hash ubigint not null,
    payload_md5 uhugeint not null,
    amount decimal(38, 4),
    reason varchar
);
