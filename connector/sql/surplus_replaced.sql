-- An order is sent only when what stands beside it is given up.
insert into work.replaced select order_id from work.surplus
