-- Requests of the present run, with the numbers of their future answers. An outcome with the number
-- of an unanswered request is an intent: its result is not known yet. The next process that opens
-- the ledger finds the requests of a killed run.
create table ledger.requests (
    answer_id integer not null,
    run_id integer not null,
    batch_id integer not null,
    takes_back boolean not null  -- removals among other orders have their own answer
);

insert into ledger.meta values (4);
