select encode(payload)
from query_table($payloads)
where position between $first and $last
order by position
