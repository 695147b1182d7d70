set memory_limit = $memory
;
set threads = $threads
