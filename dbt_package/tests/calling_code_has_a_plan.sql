-- The calling code of every country has a numbering plan.
select countries.spelling, countries.calling_code
from {{ ref("countries") }} as countries
left join {{ ref("phone_plans") }} as plans on countries.calling_code = plans.calling_code
where countries.calling_code is not null and plans.calling_code is null
