-- The ranks of the first and the last of the orders at some positions of `plan.planned` or
-- `plan.unsure`.
select min(rank), max(rank) from query_table($table) where position between $start and $stop
