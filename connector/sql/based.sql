-- What is taken back: the payload as it was last sent, if the ledger keeps it.
create table work.based as
select withdrawn.rank, withdrawn.order_id, memory.payload
from work.withdrawn as withdrawn
inner join work.memory as memory using (rank)
where $remembers and memory.payload is not null
;
