-- What is taken back: the payload as it was last sent, if the ledger keeps it. What it kept
-- before it
-- was to keep whole payloads lacks the order's key.
create table work.based as
select withdrawn.rank, withdrawn.order_id, memory.payload
from work.withdrawn as withdrawn
inner join work.memory as memory using (rank)
where $remembers and json_extract(memory.payload, $key) is not null
;
