-- Fields that rows do not have, with how many orders they could not be compared of.
select field, sum(orders)::bigint as orders from verified.blanks group by field order by field
