select batch, min(position), max(position), count(*), sum(bytes + 1)::bigint - 1 + $around, ''::blob
from query_table($chunk)
group by batch
order by batch
