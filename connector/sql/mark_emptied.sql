update work.completeness
set is_emptied = true
where entity = $entity and column_name = $column_name
