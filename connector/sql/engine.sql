set timezone = 'UTC'
;
set enable_progress_bar = false
;
-- A checkpoint rewrites the last rows of every table of the ledger. What it has not seen is read
-- again after a kill, which takes a quarter of a second.
set checkpoint_threshold = '64MB'
;
create schema work;
