-- An empty substitute for the verifications of a ledger that has none.
create or replace temp table no_verifications (
    destination varchar,
    environment varchar,
    recorded_at timestamptz,
    exit_code integer,
    summary varchar
)
