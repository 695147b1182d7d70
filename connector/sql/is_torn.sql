-- Whether there are rows that belong to no order of the view.
select bool_or(times = 0) from work.seen
