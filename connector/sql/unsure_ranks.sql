-- The ranks of the first and the last of the orders at some positions.
select min(rank), max(rank) from plan.unsure where position between $start and $stop
