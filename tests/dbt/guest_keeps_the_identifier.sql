-- Guests with the same e-mail address are one customer.
select customer_email_sha256
from {{ ref("order_contacts") }}
where is_guest and customer_email_sha256 is not null
group by customer_email_sha256
having count(distinct customer_id) > 1
