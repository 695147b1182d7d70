-- The findings of verifications, with their counts as JSON.
create table if not exists ledger.verifications (
    destination varchar not null,
    environment varchar not null,
    recorded_at timestamptz not null,
    exit_code integer not null,
    summary varchar not null
);

insert into ledger.verifications
values ($destination, $environment, $recorded_at, $exit_code, $summary)
