insert into work.choice
values ($full, $everything, $is_limited, $is_windowed, false, null)
