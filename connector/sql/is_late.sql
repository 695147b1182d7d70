select 1 from work.late limit 1
