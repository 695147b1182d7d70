-- Every channel of the seed sells online or offline.
select channel, sales_source
from {{ ref("sales_channels") }}
where sales_source is null or sales_source not in ('online', 'offline')
