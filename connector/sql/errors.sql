select
    case when severity = 'warning' then 'warning' else 'invalid' end as kind,
    order_id,
    severity,
    rule,
    field,
    message,
    null as status,
    run_id,
    strftime(recorded_at, '%Y-%m-%dT%H:%M:%SZ') as at
from ledger.violations
where
    destination = $destination and environment = $environment and (severity = 'error' or $warnings)

union all

select
    'refused' as kind,
    order_id,
    'error' as severity,
    null as rule,
    null as field,
    reason as message,
    status,
    run_id,
    strftime(recorded_at, '%Y-%m-%dT%H:%M:%SZ') as at
from ledger.current
where destination = $destination and environment = $environment and outcome = 'refused'

order by kind, order_id, rule
