select order_id, before, now from work.beside order by position limit $limit
