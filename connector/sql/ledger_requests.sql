-- Requests of the run that is under way, with the numbers that their answers will have. An outcome
-- that carries the number of one without an answer is an intent: what came of it is not known yet.
-- Whoever opens the ledger next finds those of a run that was killed.
create table ledger.requests (
    answer_id integer not null,
    run_id integer not null,
    batch_id integer not null,
    takes_back boolean not null  -- what takes orders back among others has an answer of its own
);

insert into ledger.meta values (4);
