-- In bytes.
select parse_formatted_bytes(current_setting('memory_limit'))
