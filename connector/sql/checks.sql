insert into work.checks
select
    unnest($numbers) as number,
    unnest($rule) as rule,
    unnest($field) as field,
    unnest($severity) as severity,
    unnest($message) as message,
    unnest($cost) as cost,
    unnest($owner) as owner,
    unnest($whole_view) as whole_view
