-- name: made
-- The tables of one plan that are filled bit by bit, remade for each destination. A table that
-- is made whole stands below, under `declared`.
drop schema if exists work cascade;
create schema work;

-- Orders that may have arrived in another version than the ledger knows. Written by plan.diff;
-- read by plan.diff, plan.scan, plan.taking_back.leaving, plan.windows.
create table work.doubts (order_id varchar);

-- What the ledger knows of orders but that they were delivered. Written by plan.diff; read by
-- plan.diff, plan.windows.
create table work.undelivered (
    order_id varchar,
    refused_hash ubigint,
    refused_md5 uhugeint,
    refused_run integer,
    removed_md5 uhugeint,
    removed_run integer,
    unremoved_run integer
);

-- Dead letters that are to be sent again. Written by plan.chosen; read by plan.chosen, plan.diff,
-- plan.taking_back.leaving, plan.taking_back.removals.
create table work.retried (order_id varchar);

-- Orders that are sent whatever the ledger says. Written by plan.chosen; read by plan.diff.
create table work.repaired (order_id varchar);

-- One of an order, to be taken back. Written by compile.verifying.surplus,
-- plan.taking_back.removals; read by plan.counts, plan.taking_back.leaving,
-- plan.taking_back.removals.
create table work.surplus (order_id varchar, record varchar, payload varchar);

-- The orders that a run is limited to. Written by plan.chosen; read by plan.chosen, plan.counts,
-- plan.extract, plan.plan.
create table work.chosen (order_id varchar);

-- What a run is asked to do. Written by plan.chosen, plan.extract, plan.plan, plan.windows; read
-- by ledger.contents.settling, ledger.ledger, plan.counts, plan.diff, plan.plan,
-- source.spark.state.
create table work.choice (is_full boolean, everything boolean, is_limited boolean, is_windowed boolean, is_cut boolean, is_divided boolean, last_rank bigint);

-- What is read by watermark. Written by plan.extract; read by compile.reading.watermark,
-- ledger.ledger, plan.extract, source.file.duckdb_file, source.postgres.reads, source.spark.reads.
create table work.sought (order_id varchar, is_recent boolean);

-- Since their fingerprint was taken. Written by compile.reading.watermark, source.file.one_moment,
-- source.spark.views; read by compile.reading.fingerprint, plan.counts, plan.plan.
create table work.changed_while_read (order_id varchar);

-- The rules that orders are judged by. Written by plan.judging; read by ledger.contents.intents,
-- ledger.ledger, plan.counts, plan.judging, plan.plan, plan.taking_back.mending,
-- plan.taking_back.removals, reporting.reports, runs.checks.behind, runs.checks.evidence.
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

-- Of the orders that are being judged. Written by plan.judging, plan.taking_back.mending; read by
-- compile.judging.mend, plan.judging, plan.taking_back.mending.
create table work.found (order_id varchar, number integer);

-- Ranks of rows that break some check of their entity, which is not known yet. Written by
-- plan.judging; read by compile.judging.judge.
create table work.suspects (rank bigint);

-- What was left out or shortened of them. Written by plan.judging; read by plan.judging.
create table work.cured (order_id varchar, number integer);

-- Which are judged again. Written by plan.judging; read by plan.judging.
create table work.mended (rank bigint, order_id varchar);

-- Which orders break which rules. Written by plan.judging, plan.plan,
-- plan.taking_back.withdrawals; read by ledger.ledger, plan.counts, plan.judging, plan.plan,
-- plan.taking_back.removals, reporting.reports, runs.checks.behind, runs.checks.evidence.
create table work.violations (order_id varchar, number integer);

-- Orders that are not sent for it. Written by plan.judging; read by plan.counts, plan.plan,
-- reporting.reports, runs.checks.evidence.
create table work.invalid (order_id varchar);

-- Orders whose verdict depends on the bytes: of what causes a send, and of all that is sent.
-- Written by compile.rendering.facts, plan.taking_back.withdrawals; read by payloads.late,
-- plan.plan.
create table work.rendered (
    rank bigint,
    payload_md5 uhugeint,
    full_md5 uhugeint,
    retaken_md5 uhugeint,
    sent_md5 uhugeint  -- of all that was last sent, when its content is the same
);

-- Orders that are too large for a request. Written by compile.rendering.facts, payloads.chunks,
-- plan.taking_back.withdrawals; read by plan.counts, plan.plan.
create table work.oversized (rank bigint);

-- What answers refused, until the ledger has it. Written by delivery.parts,
-- ledger.contents.answers, plan.taking_back.removals; read by delivery.parts,
-- ledger.contents.answers, ledger.contents.intents, plan.plan.
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

-- Go last, as something may be under way. Written by payloads.late, plan.taking_back.removals,
-- runs.adopt; read by payloads.late, plan.plan.
create table work.postponed (order_id varchar, moment timestamptz);

-- What may be under way. Written by payloads.late; read by payloads.late, plan.plan,
-- plan.taking_back.removals.
create table work.late (order_id varchar, payload_md5 uhugeint, moment timestamptz);

-- What may have arrived without an answer that says so. Written by delivery.parts,
-- plan.taking_back.removals; read by ledger.contents.answers, ledger.contents.intents.
create table work.sent (order_id varchar);

-- As last sent. Written by plan.candidates; read by compile.judging.evidence,
-- compile.judging.identity, compile.rendering.beside, compile.rendering.facts,
-- compile.rendering.last_sent, plan.taking_back.removals, plan.taking_back.withdrawals.
create table work.memory (rank bigint, order_id varchar, payload varchar, is_removed boolean);

-- name: declared
-- What statements make whole, as it comes out of them: never run, compared with real runs by a
-- test. Where a table is made in several ways, each of them has some of these columns. What is
-- named after a view or a number is not listed: staged.<entity>, the rows of the candidates with
-- all columns of the contract; work.cut_<entity>, the rows of a view that are read by watermark;
-- work.payloads_<n> and work.chunk_<n>, a chunk while it is rendered and sent. What is not
-- unchanged: its state (candidate, …), its change and what the ledger knows of it. Written by
-- plan.diff, plan.windows; read by compile.reading.fingerprint, compile.reading.spark.state,
-- compile.rendering.facts, compile.verifying.expected, ledger.contents.settling, ledger.ledger,
-- plan.completeness, plan.counts, plan.diff, plan.plan, plan.scan, plan.taking_back.withdrawals.
create table plan.changes (
    order_id varchar, row_hash ubigint, standing integer, delivered_md5 uhugeint,
    delivered_hash ubigint, delivered_run integer, refused_md5 uhugeint, refused_run integer,
    removed_run integer, removed_md5 uhugeint, unremoved_run integer, is_doubted boolean,
    is_held boolean, is_repaired boolean, change varchar, state varchar, is_retried boolean,
    rank bigint
);

-- For `verify`: orders as a destination should have them; compared fields follow. Written by
-- compile.verifying.expected; read by compile.verifying.expected, compile.verifying.verdicts,
-- verify.expected, verify.outcome, verify.verification.
create table plan.expected (
    order_id varchar, day date, is_live boolean, is_current boolean, sent_at timestamptz,
    currency varchar
);

-- For `verify`: what the ledger knows of orders. Written by verify.expected; read by
-- compile.verifying.expected, compile.verifying.verdicts.
create table plan.known (
    order_id varchar, sent_at timestamptz, is_delivered boolean, is_removed boolean
);

-- What is to be sent, oldest first. Written by payloads.late, plan.plan,
-- plan.taking_back.removals, runs.adopt; read by compile.judging.evidence,
-- compile.rendering.beside, compile.rendering.render, compile.verifying.expected,
-- compile.verifying.surplus, ledger.contents.intents, ledger.contents.settling, payloads.late,
-- payloads.recipe, plan.columns, plan.counts, plan.plan, plan.taking_back.leaving,
-- plan.taking_back.removals, plan.taking_back.withdrawals, runs.adopt, runs.checks.again,
-- verify.expected.
create table plan.planned (
    position bigint, rank bigint, order_id varchar, row_hash ubigint, change varchar,
    delivered_run integer, refused_run integer, removed_run integer, unremoved_run integer,
    is_changed boolean
);

-- What takes orders back, shaped as `plan.planned`. Written by plan.taking_back.removals; read by
-- plan.counts, plan.taking_back.removals.
create table plan.removing (
    position bigint, rank bigint, order_id varchar, row_hash ubigint, change varchar,
    delivered_run integer, refused_run integer, removed_run integer, unremoved_run integer,
    moment timestamptz
);

-- For `verify`: the ids of all orders of the view. Written by verify.expected; read by
-- compile.verifying.verdicts, verify.outcome.
create table plan.seen (
    order_id varchar
);

-- Candidates whose verdict needs their bytes. Written by plan.plan; read by payloads.chunks,
-- plan.plan.
create table plan.unsure (
    position bigint, rank bigint
);

-- Payloads that were mended. Written by plan.judging, plan.taking_back.mending; read by
-- compile.rendering.parsed, plan.taking_back.mending.
create table work.amended (
    order_id varchar
);

-- What the payload that takes them back is made of. Written by plan.taking_back.withdrawals; read
-- by plan.taking_back.withdrawals.
create table work.based (
    rank bigint, order_id varchar, payload varchar
);

-- For `plan --diff`: payloads of the plan beside what was sent last. Written by
-- compile.rendering.beside; read by api.questions.differences.
create table work.beside (
    order_id varchar, position bigint, before varchar, now varchar
);

-- Orders whose prints can be compared with those of before. Written by plan.columns; read by
-- plan.columns, runs.checks.again.
create table work.compared (
    order_id varchar
);

-- In how many of the staged orders a view has rows, and a column values. Written by
-- plan.completeness; read by ledger.contents.settling, plan.completeness.
create table work.completeness (
    entity varchar, column_name varchar, orders bigint, is_emptied boolean
);

-- What the ledger holds of orders; a view, or a table of those that are read by watermark. Written
-- by plan.extract, plan.scan, plan.windows; read by compile.judging.evidence,
-- compile.reading.spark.state, ledger.contents.settling, plan.chosen, plan.diff, plan.extract,
-- plan.scan, plan.taking_back.leaving, plan.windows, source.spark.state, verify.expected.
create table work.current (
    destination varchar, environment varchar, order_id varchar, run_id integer, batch_id integer,
    row_hash ubigint, payload_md5 uhugeint, amount decimal(38,4), outcome varchar, answer varchar,
    status integer, reason varchar, recorded_at timestamptz, request_id varchar
);

-- Their columns that differ. Written by plan.columns; read by plan.columns, runs.checks.again.
create table work.differing (
    order_id varchar, column_name varchar
);

-- For `export`: batches. Written by none; read by reporting.export.
create table work.export_batches (
    run_id integer, destination varchar, environment varchar, batch_id integer, delivered bigint,
    refused bigint, first_answer_at timestamptz, last_answer_at timestamptz
);

-- For `export`: the last status of every order. Written by none; read by reporting.export.
create table work.export_orders (
    destination varchar, environment varchar, order_id varchar, status varchar, reason varchar,
    status_run_id integer, delivered_run_id integer, delivered_batch_id integer,
    delivered_at timestamptz, delivered_amount decimal(38,4), delivered_md5 varchar,
    is_gone_from_view boolean
);

-- For `export`: runs. Written by none; read by reporting.export.
create table work.export_runs (
    run_id integer, destination varchar, environment varchar, command varchar,
    started_at timestamptz, finished_at timestamptz, exit_code integer, is_success boolean,
    outdated bigint, not_sent bigint, taken_back bigint, orders bigint, added bigint,
    changed bigint, in_doubt bigint, unchanged bigint, removed bigint, invalid bigint,
    refused_before bigint, planned bigint, delivered bigint, refused bigint, pending bigint,
    batches bigint, requests bigint, retries bigint, bytes bigint
);

-- For `export`: verifications. Written by none; read by reporting.export.
create table work.export_verifications (
    destination varchar, environment varchar, verified_at timestamptz, exit_code integer,
    first_day date, last_day date, orders bigint, equal bigint, missing bigint, different bigint,
    double bigint, unexpected bigint, cannot_tell bigint, not_sent bigint, too_early bigint,
    late bigint, not_compared bigint, other_sources bigint, seconds double
);

-- For `export`: the orders that were exported before. Written by reporting.export; read by
-- reporting.export.
create table work.exported_orders (
    destination varchar, environment varchar, order_id varchar, status varchar, reason varchar,
    status_run_id integer, delivered_run_id integer, delivered_batch_id integer,
    delivered_at timestamptz, delivered_amount decimal(38,4), delivered_md5 varchar,
    is_gone_from_view boolean
);

-- For `export`: the runs that were exported before. Written by reporting.export; read by
-- reporting.export.
create table work.exported_runs (
    run_id integer, destination varchar, environment varchar, command varchar,
    started_at timestamptz, finished_at timestamptz, exit_code integer, is_success boolean,
    outdated bigint, not_sent bigint, taken_back bigint, orders bigint, added bigint,
    changed bigint, in_doubt bigint, unchanged bigint, removed bigint, invalid bigint,
    refused_before bigint, planned bigint, delivered bigint, refused bigint, pending bigint,
    batches bigint, requests bigint, retries bigint, bytes bigint
);

-- For `forget`: the orders that are meant. Written by runs.forget; read by runs.forget.
create table work.forgotten (
    order_id varchar
);

-- Known orders that are not in the view. Written by plan.scan, plan.windows; read by
-- ledger.contents.settling, ledger.ledger, plan.columns, plan.completeness, plan.counts,
-- plan.taking_back.leaving.
create table work.gone (
    order_id varchar, delivered_run integer, is_noted boolean
);

-- Where the ledger keeps what was last sent of the candidates. Written by plan.candidates; read by
-- plan.candidates.
create table work.last_sent (
    rank bigint, order_id varchar, place bigint, is_outcome boolean, is_removed boolean
);

-- What the destination is to give up; of what goes by its id alone, less. Written by
-- plan.taking_back.leaving, plan.taking_back.removals; read by compile.rendering.mask,
-- ledger.contents.settling, plan.counts, plan.taking_back.removals.
create table work.leaving (
    order_id varchar, delivered_run integer, refused_run integer, removed_run integer,
    is_certain boolean, delivered_md5 uhugeint, unremoved_run integer, unremoved_md5 uhugeint,
    payload varchar
);

-- Invalid orders that left the view. Written by plan.scan, plan.windows; read by ledger.ledger.
create table work.left (
    order_id varchar, is_noted boolean
);

-- For `export`: batches to be added. Written by reporting.export; read by reporting.export.
create table work.new_batches (
    run_id integer, destination varchar, environment varchar, batch_id integer, delivered bigint,
    refused bigint, first_answer_at timestamptz, last_answer_at timestamptz
);

-- For `export`: orders to be put in place of others. Written by reporting.export; read by
-- reporting.export.
create table work.new_orders (
    destination varchar, environment varchar, order_id varchar, status varchar, reason varchar,
    status_run_id integer, delivered_run_id integer, delivered_batch_id integer,
    delivered_at timestamptz, delivered_amount decimal(38,4), delivered_md5 varchar,
    is_gone_from_view boolean
);

-- For `export`: runs to be added. Written by reporting.export; read by reporting.export.
create table work.new_runs (
    run_id integer, destination varchar, environment varchar, command varchar,
    started_at timestamptz, finished_at timestamptz, exit_code integer, is_success boolean,
    outdated bigint, not_sent bigint, taken_back bigint, orders bigint, added bigint,
    changed bigint, in_doubt bigint, unchanged bigint, removed bigint, invalid bigint,
    refused_before bigint, planned bigint, delivered bigint, refused bigint, pending bigint,
    batches bigint, requests bigint, retries bigint, bytes bigint
);

-- Orders at the destination that are neither as they were nor sent; a view. Written by plan.plan;
-- read by runs.run.
create table work.outdated (
    order_id varchar
);

-- For `show`: the payloads of staged orders. Written by plan.plan; read by reporting.reports.
create table work.payloads (
    order_id varchar, payload varchar
);

-- Prints of the columns of up to 1,000 delivered orders. Written by plan.columns; read by
-- ledger.contents.settling.
create table work.prints (
    order_id varchar, column_name varchar, print usmallint, prints usmallint[]
);

-- The same of the orders that are compared, with the prints of each type that a column may have
-- had. Written by plan.columns; read by plan.columns.
create table work.typed_prints (
    order_id varchar, column_name varchar, prints usmallint[]
);

-- The candidates, oldest first. Written by plan.diff; read by compile.judging.identity,
-- compile.reading.fingerprint, compile.reading.stage, compile.rendering.render, plan.candidates,
-- plan.judging, plan.plan, reporting.reports, source.file.one_moment, source.postgres.reads,
-- source.spark.reads.
create table work.ranked (
    order_id varchar, rank bigint, standing integer, is_removed boolean
);

-- The records of orders that `verify` found beside the one that is sent. Written by plan.chosen,
-- plan.taking_back.removals; read by compile.verifying.surplus, plan.plan.
create table work.records (
    order_id varchar, record varchar
);

-- Those of it that must wait. Written by plan.taking_back.removals; read by plan.plan,
-- plan.taking_back.removals.
create table work.removing_late (
    order_id varchar, moment timestamptz
);

-- What is sent for it. Written by plan.taking_back.removals; read by plan.taking_back.removals.
create table work.removing_payloads (
    rank bigint, amount decimal(38,4), payload varchar, steady varchar
);

-- The payloads of those orders. Written by compile.rendering.render; read by
-- compile.verifying.surplus.
create table work.rendered_once (
    order_id varchar, payload varchar
);

-- Orders whose old record must go before they are sent. Written by plan.taking_back.removals; read
-- by compile.verifying.surplus, plan.taking_back.leaving, plan.taking_back.removals.
create table work.replaced (
    order_id varchar
);

-- That payload. Written by plan.taking_back.withdrawals; read by plan.taking_back.withdrawals.
create table work.retracted (
    rank bigint, order_id varchar, payload varchar, payload_md5 uhugeint
);

-- The columns whose prints the ledger keeps. Written by plan.columns; read by
-- compile.reading.column_prints, ledger.contents.settling, plan.columns.
create table work.sampled (
    order_id varchar
);

-- The fingerprint of every order, and of children without one. Written by plan.windows,
-- source.file.duckdb_file, source.postgres.copied, source.postgres.views, source.spark.copied,
-- source.spark.state, source.spark.views; read by compile.reading.spark.state,
-- compile.reading.stage, plan.scan, plan.spill_tables, source.integrity, source.postgres.reads,
-- source.snapshot, source.spark.reads.
create table work.seen (
    order_id varchar, row_hash ubigint, standing integer, oldest timestamptz, changed uinteger,
    times bigint
);

-- The candidates with their verdict (planned, unchanged, refused_before, …); a view. Written by
-- plan.plan; read by ledger.contents.settling, ledger.ledger, plan.counts.
create table work.settled (
    order_id varchar, row_hash ubigint, standing integer, delivered_md5 uhugeint,
    delivered_hash ubigint, delivered_run integer, refused_md5 uhugeint, refused_run integer,
    removed_run integer, removed_md5 uhugeint, unremoved_run integer, is_doubted boolean,
    is_held boolean, is_repaired boolean, change varchar, state varchar, is_retried boolean,
    rank bigint, payload_md5 uhugeint, retaken_md5 uhugeint, is_changed boolean, verdict varchar
);

-- The same without what only the checks of rows need; a view. Written by source.snapshot; read by
-- compile.verifying.expected, ledger.ledger, plan.chosen, plan.counts, plan.diff, plan.scan,
-- plan.windows, verify.expected.
create table work.snapshot (
    order_id varchar, row_hash ubigint, oldest timestamptz, standing integer
);

-- That payload, before it is judged. Written by plan.taking_back.withdrawals; read by
-- plan.taking_back.withdrawals.
create table work.taken (
    order_id varchar, payload varchar
);

-- What is sent for it, before it is judged. Written by plan.taking_back.removals; read by
-- plan.counts, plan.taking_back.removals.
create table work.taken_back (
    order_id varchar, payload varchar
);

-- What would be refused of payloads that are judged. Written by plan.judging,
-- plan.taking_back.removals; read by plan.counts, plan.judging, plan.taking_back.removals.
create table work.unfit (
    order_id varchar, number integer
);

-- The candidates with their verdict, as if the run had no limit; a view. Written by plan.plan;
-- read by plan.plan.
create table work.verdicts (
    order_id varchar, row_hash ubigint, standing integer, delivered_md5 uhugeint,
    delivered_hash ubigint, delivered_run integer, refused_md5 uhugeint, refused_run integer,
    removed_run integer, removed_md5 uhugeint, unremoved_run integer, is_doubted boolean,
    is_held boolean, is_repaired boolean, change varchar, state varchar, is_retried boolean,
    rank bigint, payload_md5 uhugeint, retaken_md5 uhugeint, is_changed boolean, is_same boolean,
    verdict varchar
);

-- Orders of the view that count for nothing any more. Written by plan.taking_back.withdrawals;
-- read by plan.taking_back.withdrawals.
create table work.withdrawn (
    rank bigint, order_id varchar
);
