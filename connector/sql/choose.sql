insert into work.choice
values ($full, $everything, $is_limited, null)
