-- name: engine
set timezone = 'UTC'
;
set enable_progress_bar = false
;
-- A checkpoint rewrites the last rows of every table of the ledger. After a kill, DuckDB replays
-- the changes since the last checkpoint, which takes a quarter of a second.
set checkpoint_threshold = '64MB'
;
create schema work;

-- name: limits
-- The memory limit in bytes, and the number of threads.
select
    parse_formatted_bytes(current_setting('memory_limit'))::bigint as memory,
    current_setting('threads')::integer as threads
;

-- name: limit
set memory_limit = $memory
;
set threads = $threads
;

-- name: room
select current_setting('memory_limit') as memory, current_setting('temp_directory') as spill
;
