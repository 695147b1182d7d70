set timezone = 'UTC'
;
set enable_progress_bar = false
;
create schema work;
create schema staged;
