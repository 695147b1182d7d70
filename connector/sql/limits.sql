-- In bytes; and how many threads.
select
    parse_formatted_bytes(current_setting('memory_limit'))::bigint as memory,
    current_setting('threads')::integer as threads
