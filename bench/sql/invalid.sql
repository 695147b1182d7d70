-- So many orders, spread over all, get a currency that no destination takes.
update northbeam__orders
set currency = 'dollar'
where hash(order_id) % (select count(*) from northbeam__orders) < $errors
;
