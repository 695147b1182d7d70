-- name: engine
set timezone = 'UTC'
;
set enable_progress_bar = false
;
-- A checkpoint rewrites the last rows of every table of the ledger. What it has not seen is read
-- again after a kill, which takes a quarter of a second.
set checkpoint_threshold = '64MB'
;
create schema work;

-- name: limits
-- In bytes; and how many threads.
select
    parse_formatted_bytes(current_setting('memory_limit'))::bigint as memory,
    current_setting('threads')::integer as threads
;

-- name: limit
set memory_limit = $memory
;
set threads = $threads
;
