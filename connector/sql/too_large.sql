-- Planned orders that proved too large for a request, by what they are against the ledger.
select change, count(*) from work.oversized inner join plan.planned using (rank) group by change
