-- People with several customer ids, such as an account and that of a guest, or two accounts, told
-- by
-- the hash of the e-mail address. `join_customers_by_email` in dbt_project.yml makes one of them.
{{ config(severity="warn") }}
select
    person_email_sha256,
    count(distinct customer_id) as customer_ids,
    count(distinct customer_id) filter (where is_guest) as guest_ids,
    count(*) as orders
from {{ ref("int_order_contacts") }}
where person_email_sha256 is not null
group by person_email_sha256
having count(distinct customer_id) > 1
