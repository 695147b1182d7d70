-- Orders of several records that their rows do not tell apart, so that none can be taken back.
create or replace temp table alike as
select distinct order_id
from verified.findings
where
    kind = 'double'
    and order_id in (
        select order_id
        from verified.records
        group by order_id
        having count(identity) < count(*) or count(distinct identity) < count(*)
    )
;

select order_id
from temp.alike
order by order_id
