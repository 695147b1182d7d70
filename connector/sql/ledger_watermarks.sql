-- The stamp up to which all orders of a view are done, for destinations that are read by watermark.
create table if not exists ledger.watermarks (
    destination varchar not null,
    environment varchar not null,
    run_id integer not null,
    changed_at timestamptz not null,
    salt varchar not null,
    full_scan_at timestamptz not null
);
