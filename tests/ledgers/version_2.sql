-- A ledger as version 2 wrote it, after a run that was refused two orders, one that was refused to
-- take order 3 back, one that took order 4 back, and one whose ten orders got no answer.
create table meta (version integer not null);

create table runs (
    run_id integer not null,
    destination varchar not null,
    environment varchar not null,
    command varchar not null,
    event varchar not null,
    recorded_at timestamptz not null,
    exit_code integer,
    summary varchar
);

-- One row a run; a run that has no end was killed. The counts are those of its summary, null when
-- it ended before there was a plan.
create view run_history as
select
    * exclude (summary),
    summary,
    unnest(
        from_json(
            summary,
            '{
                "orders": "bigint", "added": "bigint", "changed": "bigint", "in_doubt": "bigint",
                "unchanged": "bigint", "removed": "bigint", "invalid": "bigint",
                "refused_before": "bigint", "planned": "bigint", "delivered": "bigint",
                "refused": "bigint", "pending": "bigint", "batches": "bigint",
                "requests": "bigint", "retries": "bigint", "bytes": "bigint", "error": "varchar",
                "alerts": [{"kind": "varchar", "message": "varchar"}]
            }'
        )
    )
from
    (
        select
            run_id,
            destination,
            environment,
            command,
            min(recorded_at) as started_at,
            max(recorded_at) filter (where event = 'finished') as finished_at,
            max(exit_code) as exit_code,
            max(summary) as summary
        from runs
        group by all
    );

-- The intent, written before the first byte goes out; what has no outcome is in doubt.
create table planned (order_id varchar not null, run_id integer not null);

-- What the destination answered: at most one outcome an order and run.
create table deliveries (
    destination varchar not null,
    environment varchar not null,
    order_id varchar not null,
    run_id integer not null,
    batch_id integer not null,
    row_hash ubigint not null,
    payload_md5 uhugeint not null,
    outcome varchar not null,
    status integer,
    reason varchar,
    recorded_at timestamptz not null,
    request_id varchar  -- our own name of the request, as the logs have it
);

-- Payloads as they were sent, for destinations where what is sent next depends on it. Those that
-- were refused or surely not sent are deleted.
create table payloads (
    destination varchar not null,
    environment varchar not null,
    order_id varchar not null,
    run_id integer not null,
    payload varchar not null
);

-- What orders amounted to as they were sent, for contracts that name it; kept as long as what came
-- of it.
create table amounts (
    order_id varchar not null, run_id integer not null, amount decimal(38, 4)
);

-- Deliveries that a later one of the same order has replaced.
create table superseded (
    destination varchar not null,
    environment varchar not null,
    order_id varchar not null,
    run_id integer not null
);

create table violations (
    destination varchar not null,
    environment varchar not null,
    run_id integer not null,
    order_id varchar not null,
    rule varchar not null,
    field varchar not null,
    severity varchar not null,
    message varchar not null,
    recorded_at timestamptz not null
);

-- Orders that were delivered, or are in doubt, and are gone from the view, as far as a run has
-- taken note of it.
create table removals (
    destination varchar not null,
    environment varchar not null,
    order_id varchar not null,
    run_id integer not null
);

-- Prints of the columns of some delivered orders, to tell which columns changed.
create table samples (
    destination varchar not null,
    environment varchar not null,
    order_id varchar not null,
    column_name varchar not null,
    print usmallint
);

create view current as
select *
from deliveries
anti join superseded using (destination, environment, order_id, run_id);

create view last_sent as
select destination, environment, order_id, arg_max(payload, run_id) as payload
from payloads
group by destination, environment, order_id;

insert into meta values (2);
-- Only a delivery or a removal settles a doubt: what an earlier attempt left at the destination
-- is not known from a refusal. Intents of orders that surely were not stored are deleted, so they
-- are not here.
create view in_doubt as
select scopes.destination, scopes.environment, planned.order_id, planned.run_id
from planned
inner join
    (select distinct run_id, destination, environment from runs) as scopes using (run_id)
where not exists (
    from deliveries
    where deliveries.destination = scopes.destination
        and deliveries.environment = scopes.environment
        and deliveries.order_id = planned.order_id
        and deliveries.outcome in ('delivered', 'removed')
        and deliveries.run_id >= planned.run_id
        -- Leaves most of the deliveries unread, and all when nothing is planned.
        and deliveries.run_id >= (select min(run_id) from planned)
);
-- Up to which stamp all orders of a view are done, for the destinations that are read by watermark.
create table if not exists watermarks (
    destination varchar not null,
    environment varchar not null,
    run_id integer not null,
    changed_at timestamptz not null,
    salt varchar not null,
    full_scan_at timestamptz not null
);

insert into runs values
    (1, 'northbeam', '$environment', 'sync', 'finished', timestamptz '2026-11-26 12:26:33.327683+00', 1, '{"destination": "northbeam", "environment": "$environment", "run_id": 1, "exit_code": 1, "scan": "full", "scan_reason": null, "orders": 20, "added": 20, "changed": 0, "in_doubt": 0, "unchanged": 0, "removed": 0, "removals": 0, "removals_delivered": 0, "unremembered": 0, "invalid": 0, "warned": 0, "refused_before": 0, "planned": 20, "delivered": 18, "refused": 2, "pending": 0, "batches": 1, "requests": 3, "retries": 0, "bytes": 13323, "seconds": 0.299, "error": null, "examples": {"added": ["order-000000", "order-000001", "order-000002", "order-000003", "order-000004"], "changed": [], "in_doubt": [], "invalid": []}, "reasons": {"order cannot be processed at \u2026": 2}, "alerts": [{"kind": "partial_failure", "message": "northbeam: refused orders: 2; see `connector errors northbeam`"}]}'),
    (1, 'northbeam', '$environment', 'sync', 'started', timestamptz '2026-11-26 12:26:33.028770+00', null, null),
    (2, 'northbeam', '$environment', 'sync', 'finished', timestamptz '2026-11-26 12:26:33.678356+00', 0, '{"removals": 0, "refused": 1}'),
    (2, 'northbeam', '$environment', 'sync', 'started', timestamptz '2026-11-26 12:26:33.556399+00', null, null),
    (3, 'northbeam', '$environment', 'sync', 'finished', timestamptz '2026-11-26 12:26:33.708506+00', 1, '{"destination": "northbeam", "environment": "$environment", "run_id": 3, "exit_code": 1, "scan": "full", "scan_reason": null, "orders": 19, "added": 0, "changed": 0, "in_doubt": 0, "unchanged": 17, "removed": 1, "removals": 1, "removals_delivered": 0, "unremembered": 0, "invalid": 0, "warned": 0, "refused_before": 2, "planned": 0, "delivered": 0, "refused": 0, "pending": 0, "batches": 1, "requests": 1, "retries": 0, "bytes": 378, "seconds": 0.152, "error": null, "examples": {"added": [], "changed": [], "in_doubt": [], "invalid": []}, "reasons": {}, "alerts": []}'),
    (3, 'northbeam', '$environment', 'sync', 'started', timestamptz '2026-11-26 12:26:33.682607+00', null, null),
    (4, 'northbeam', '$environment', 'sync', 'finished', timestamptz '2026-11-26 12:26:34.218724+00', 0, '{"removals": 1, "refused": 0}'),
    (4, 'northbeam', '$environment', 'sync', 'started', timestamptz '2026-11-26 12:26:33.958074+00', null, null),
    (5, 'northbeam', '$environment', 'sync', 'finished', timestamptz '2026-11-26 12:26:34.275130+00', 1, '{"destination": "northbeam", "environment": "$environment", "run_id": 5, "exit_code": 1, "scan": "full", "scan_reason": null, "orders": 18, "added": 0, "changed": 0, "in_doubt": 0, "unchanged": 16, "removed": 2, "removals": 1, "removals_delivered": 1, "unremembered": 0, "invalid": 0, "warned": 0, "refused_before": 2, "planned": 0, "delivered": 0, "refused": 0, "pending": 0, "batches": 1, "requests": 1, "retries": 0, "bytes": 378, "seconds": 0.32, "error": null, "examples": {"added": [], "changed": [], "in_doubt": [], "invalid": []}, "reasons": {}, "alerts": []}'),
    (5, 'northbeam', '$environment', 'sync', 'started', timestamptz '2026-11-26 12:26:34.226811+00', null, null),
    (6, 'northbeam', '$environment', 'sync', 'finished', timestamptz '2026-11-26 12:26:35.051876+00', 4, '{"destination": "northbeam", "environment": "$environment", "run_id": 6, "exit_code": 4, "scan": "full", "scan_reason": null, "orders": 23, "added": 5, "changed": 5, "in_doubt": 0, "unchanged": 11, "removed": 1, "removals": 0, "removals_delivered": 0, "unremembered": 0, "invalid": 0, "warned": 5, "refused_before": 2, "planned": 10, "delivered": 0, "refused": 0, "pending": 10, "batches": 1, "requests": 1, "retries": 0, "bytes": 3506, "seconds": 0.465, "error": "northbeam: no complete answer from 127.0.0.1:46817 (ConnectionError); what is pending goes with the next run, check the url in connector.yml if this goes on", "examples": {"added": ["order-000020", "order-000021", "order-000022", "order-000023", "order-000024"], "changed": ["order-000005", "order-000006", "order-000007", "order-000008", "order-000009"], "in_doubt": [], "invalid": []}, "reasons": {}, "alerts": [{"kind": "failed", "message": "northbeam: run 6 ended with exit code 4 and delivered nothing; see `connector status northbeam`"}]}'),
    (6, 'northbeam', '$environment', 'sync', 'started', timestamptz '2026-11-26 12:26:34.590119+00', null, null);

insert into planned values
    ('order-000005', 6),
    ('order-000006', 6),
    ('order-000007', 6),
    ('order-000008', 6),
    ('order-000009', 6),
    ('order-000020', 6),
    ('order-000021', 6),
    ('order-000022', 6),
    ('order-000023', 6),
    ('order-000024', 6);

insert into deliveries values
    ('northbeam', '$environment', 'order-000000', 1, 1, 7903333815072389751, 284986364908819028065332997533769928839, 'delivered', 200, null, timestamptz '2026-11-26 12:26:33.284302+00', '1-3'),
    ('northbeam', '$environment', 'order-000001', 1, 1, 3481667179603516275, 309516500552496069502226328539539316541, 'refused', 400, 'order cannot be processed at $[1]', timestamptz '2026-11-26 12:26:33.267861+00', '1-1'),
    ('northbeam', '$environment', 'order-000002', 1, 1, 6899337108516650198, 107459044297716953083356826980240886312, 'refused', 400, 'order cannot be processed at $[2]', timestamptz '2026-11-26 12:26:33.267861+00', '1-1'),
    ('northbeam', '$environment', 'order-000003', 1, 1, 10745793552103410380, 34264090576735687372633330299439185233, 'delivered', 200, null, timestamptz '2026-11-26 12:26:33.284302+00', '1-3'),
    ('northbeam', '$environment', 'order-000003', 2, 1, 0, 310530559006257087696721055897701936862, 'refused', 400, 'order cannot be processed at $[0]', timestamptz '2026-11-26 12:26:33.670599+00', '2-1'),
    ('northbeam', '$environment', 'order-000004', 1, 1, 5650222651632975904, 240049037574197439436834082622894666, 'delivered', 200, null, timestamptz '2026-11-26 12:26:33.284302+00', '1-3'),
    ('northbeam', '$environment', 'order-000004', 4, 1, 0, 265397417398543926724617823650225437250, 'removed', 200, null, timestamptz '2026-11-26 12:26:34.188126+00', '4-1'),
    ('northbeam', '$environment', 'order-000005', 1, 1, 9448601285641590183, 13566907458673898584931363704057563810, 'delivered', 200, null, timestamptz '2026-11-26 12:26:33.284302+00', '1-3'),
    ('northbeam', '$environment', 'order-000006', 1, 1, 9484103513126740694, 11486781519406946855384695143603041219, 'delivered', 200, null, timestamptz '2026-11-26 12:26:33.284302+00', '1-3'),
    ('northbeam', '$environment', 'order-000007', 1, 1, 575046880181216553, 175622814412166028265445289140951224461, 'delivered', 200, null, timestamptz '2026-11-26 12:26:33.284302+00', '1-3'),
    ('northbeam', '$environment', 'order-000008', 1, 1, 18090461384733938394, 134977415469755271743196334679075943716, 'delivered', 200, null, timestamptz '2026-11-26 12:26:33.284302+00', '1-3'),
    ('northbeam', '$environment', 'order-000009', 1, 1, 11567458486723254647, 119866739863452010602373585520093182008, 'delivered', 200, null, timestamptz '2026-11-26 12:26:33.284302+00', '1-3'),
    ('northbeam', '$environment', 'order-000010', 1, 1, 13530740237814433374, 223182432131199429604874708124879514985, 'delivered', 200, null, timestamptz '2026-11-26 12:26:33.284302+00', '1-3'),
    ('northbeam', '$environment', 'order-000011', 1, 1, 977259803415545666, 326735007707882251046693682100918870419, 'delivered', 200, null, timestamptz '2026-11-26 12:26:33.284302+00', '1-3'),
    ('northbeam', '$environment', 'order-000012', 1, 1, 14931875065987992219, 110812026619723955694823619708547160225, 'delivered', 200, null, timestamptz '2026-11-26 12:26:33.284302+00', '1-3'),
    ('northbeam', '$environment', 'order-000013', 1, 1, 17816407585386995214, 150256119799200431766111246958390431332, 'delivered', 200, null, timestamptz '2026-11-26 12:26:33.284302+00', '1-3'),
    ('northbeam', '$environment', 'order-000014', 1, 1, 483360075211439026, 82728403221073759051922970823793940075, 'delivered', 200, null, timestamptz '2026-11-26 12:26:33.284302+00', '1-3'),
    ('northbeam', '$environment', 'order-000015', 1, 1, 853103547851698566, 229909094428401942003019244179431625188, 'delivered', 200, null, timestamptz '2026-11-26 12:26:33.284302+00', '1-3'),
    ('northbeam', '$environment', 'order-000016', 1, 1, 11504997067083466419, 169586981525790381948092083396201873448, 'delivered', 200, null, timestamptz '2026-11-26 12:26:33.284302+00', '1-3'),
    ('northbeam', '$environment', 'order-000017', 1, 1, 2257940513676904922, 292493592573512948902021814524399445512, 'delivered', 200, null, timestamptz '2026-11-26 12:26:33.284302+00', '1-3'),
    ('northbeam', '$environment', 'order-000018', 1, 1, 6201083531062297083, 187864882031121749934938507320550630226, 'delivered', 200, null, timestamptz '2026-11-26 12:26:33.284302+00', '1-3'),
    ('northbeam', '$environment', 'order-000019', 1, 1, 9418722000524075101, 59710337059537533036754392084801028646, 'delivered', 200, null, timestamptz '2026-11-26 12:26:33.284302+00', '1-2');

insert into payloads values
    ('northbeam', '$environment', 'order-000000', 1, '{"order_id":"order-000000","customer_id":"customer-0","time_of_purchase":"2026-01-01T00:00:00Z","currency":"GBP","purchase_total":12.5,"tax":2,"shipping_cost":0.5,"discount_codes":[],"order_tags":["channel:web"],"customer_email":"someone0@mail.example","customer_name":"Some One","products":[{"id":"tea","name":"Harbor Tea","quantity":2,"price":5}]}'),
    ('northbeam', '$environment', 'order-000003', 1, '{"order_id":"order-000003","customer_id":"customer-3","time_of_purchase":"2026-01-01T00:03:00Z","currency":"GBP","purchase_total":12.5,"tax":2,"shipping_cost":0.5,"discount_codes":[],"order_tags":["channel:web"],"customer_email":"someone3@mail.example","customer_name":"Some One","products":[{"id":"tea","name":"Harbor Tea","quantity":2,"price":5}]}'),
    ('northbeam', '$environment', 'order-000004', 1, '{"order_id":"order-000004","customer_id":"customer-4","time_of_purchase":"2026-01-01T00:04:00Z","currency":"GBP","purchase_total":12.5,"tax":2,"shipping_cost":0.5,"discount_codes":[],"order_tags":["channel:web"],"customer_email":"someone4@mail.example","customer_name":"Some One","products":[{"id":"tea","name":"Harbor Tea","quantity":2,"price":5}]}'),
    ('northbeam', '$environment', 'order-000005', 6, '{"order_id":"order-000005","customer_id":"customer-5","time_of_purchase":"2026-01-01T00:05:00Z","currency":"GBP","purchase_total":12.5,"tax":3,"shipping_cost":0.5,"discount_codes":[],"order_tags":["channel:web"],"customer_email":"someone5@mail.example","customer_name":"Some One","products":[{"id":"tea","name":"Harbor Tea","quantity":2,"price":5}]}'),
    ('northbeam', '$environment', 'order-000006', 6, '{"order_id":"order-000006","customer_id":"customer-6","time_of_purchase":"2026-01-01T00:06:00Z","currency":"GBP","purchase_total":12.5,"tax":3,"shipping_cost":0.5,"discount_codes":[],"order_tags":["channel:web"],"customer_email":"someone6@mail.example","customer_name":"Some One","products":[{"id":"tea","name":"Harbor Tea","quantity":2,"price":5}]}'),
    ('northbeam', '$environment', 'order-000007', 6, '{"order_id":"order-000007","customer_id":"customer-0","time_of_purchase":"2026-01-01T00:07:00Z","currency":"GBP","purchase_total":12.5,"tax":3,"shipping_cost":0.5,"discount_codes":[],"order_tags":["channel:web"],"customer_email":"someone7@mail.example","customer_name":"Some One","products":[{"id":"tea","name":"Harbor Tea","quantity":2,"price":5}]}'),
    ('northbeam', '$environment', 'order-000008', 6, '{"order_id":"order-000008","customer_id":"customer-1","time_of_purchase":"2026-01-01T00:08:00Z","currency":"GBP","purchase_total":12.5,"tax":3,"shipping_cost":0.5,"discount_codes":[],"order_tags":["channel:web"],"customer_email":"someone8@mail.example","customer_name":"Some One","products":[{"id":"tea","name":"Harbor Tea","quantity":2,"price":5}]}'),
    ('northbeam', '$environment', 'order-000009', 6, '{"order_id":"order-000009","customer_id":"customer-2","time_of_purchase":"2026-01-01T00:09:00Z","currency":"GBP","purchase_total":12.5,"tax":3,"shipping_cost":0.5,"discount_codes":[],"order_tags":["channel:web"],"customer_email":"someone9@mail.example","customer_name":"Some One","products":[{"id":"tea","name":"Harbor Tea","quantity":2,"price":5}]}'),
    ('northbeam', '$environment', 'order-000010', 1, '{"order_id":"order-000010","customer_id":"customer-3","time_of_purchase":"2026-01-01T00:10:00Z","currency":"GBP","purchase_total":12.5,"tax":2,"shipping_cost":0.5,"discount_codes":[],"order_tags":["channel:web"],"customer_email":"someone10@mail.example","customer_name":"Some One","products":[{"id":"tea","name":"Harbor Tea","quantity":2,"price":5}]}'),
    ('northbeam', '$environment', 'order-000011', 1, '{"order_id":"order-000011","customer_id":"customer-4","time_of_purchase":"2026-01-01T00:11:00Z","currency":"GBP","purchase_total":12.5,"tax":2,"shipping_cost":0.5,"discount_codes":[],"order_tags":["channel:web"],"customer_email":"someone11@mail.example","customer_name":"Some One","products":[{"id":"tea","name":"Harbor Tea","quantity":2,"price":5}]}'),
    ('northbeam', '$environment', 'order-000012', 1, '{"order_id":"order-000012","customer_id":"customer-5","time_of_purchase":"2026-01-01T00:12:00Z","currency":"GBP","purchase_total":12.5,"tax":2,"shipping_cost":0.5,"discount_codes":[],"order_tags":["channel:web"],"customer_email":"someone12@mail.example","customer_name":"Some One","products":[{"id":"tea","name":"Harbor Tea","quantity":2,"price":5}]}'),
    ('northbeam', '$environment', 'order-000013', 1, '{"order_id":"order-000013","customer_id":"customer-6","time_of_purchase":"2026-01-01T00:13:00Z","currency":"GBP","purchase_total":12.5,"tax":2,"shipping_cost":0.5,"discount_codes":[],"order_tags":["channel:web"],"customer_email":"someone13@mail.example","customer_name":"Some One","products":[{"id":"tea","name":"Harbor Tea","quantity":2,"price":5}]}'),
    ('northbeam', '$environment', 'order-000014', 1, '{"order_id":"order-000014","customer_id":"customer-0","time_of_purchase":"2026-01-01T00:14:00Z","currency":"GBP","purchase_total":12.5,"tax":2,"shipping_cost":0.5,"discount_codes":[],"order_tags":["channel:web"],"customer_email":"someone14@mail.example","customer_name":"Some One","products":[{"id":"tea","name":"Harbor Tea","quantity":2,"price":5}]}'),
    ('northbeam', '$environment', 'order-000015', 1, '{"order_id":"order-000015","customer_id":"customer-1","time_of_purchase":"2026-01-01T00:15:00Z","currency":"GBP","purchase_total":12.5,"tax":2,"shipping_cost":0.5,"discount_codes":[],"order_tags":["channel:web"],"customer_email":"someone15@mail.example","customer_name":"Some One","products":[{"id":"tea","name":"Harbor Tea","quantity":2,"price":5}]}'),
    ('northbeam', '$environment', 'order-000016', 1, '{"order_id":"order-000016","customer_id":"customer-2","time_of_purchase":"2026-01-01T00:16:00Z","currency":"GBP","purchase_total":12.5,"tax":2,"shipping_cost":0.5,"discount_codes":[],"order_tags":["channel:web"],"customer_email":"someone16@mail.example","customer_name":"Some One","products":[{"id":"tea","name":"Harbor Tea","quantity":2,"price":5}]}'),
    ('northbeam', '$environment', 'order-000017', 1, '{"order_id":"order-000017","customer_id":"customer-3","time_of_purchase":"2026-01-01T00:17:00Z","currency":"GBP","purchase_total":12.5,"tax":2,"shipping_cost":0.5,"discount_codes":[],"order_tags":["channel:web"],"customer_email":"someone17@mail.example","customer_name":"Some One","products":[{"id":"tea","name":"Harbor Tea","quantity":2,"price":5}]}'),
    ('northbeam', '$environment', 'order-000018', 1, '{"order_id":"order-000018","customer_id":"customer-4","time_of_purchase":"2026-01-01T00:18:00Z","currency":"GBP","purchase_total":12.5,"tax":2,"shipping_cost":0.5,"discount_codes":[],"order_tags":["channel:web"],"customer_email":"someone18@mail.example","customer_name":"Some One","products":[{"id":"tea","name":"Harbor Tea","quantity":2,"price":5}]}'),
    ('northbeam', '$environment', 'order-000019', 1, '{"order_id":"order-000019","customer_id":"customer-5","time_of_purchase":"2026-01-01T00:19:00Z","currency":"GBP","purchase_total":12.5,"tax":2,"shipping_cost":0.5,"discount_codes":[],"order_tags":["channel:web"],"customer_email":"someone19@mail.example","customer_name":"Some One","products":[{"id":"tea","name":"Harbor Tea","quantity":2,"price":5}]}'),
    ('northbeam', '$environment', 'order-000020', 6, '{"order_id":"order-000020","customer_id":"customer-6","time_of_purchase":"2026-01-01T00:20:00Z","currency":"GBP","purchase_total":12.5,"tax":2,"shipping_cost":0.5,"discount_codes":[],"order_tags":["channel:web"],"customer_email":"someone20@mail.example","customer_name":"Some One","products":[{"id":"tea","name":"Harbor Tea","quantity":2,"price":5}]}'),
    ('northbeam', '$environment', 'order-000021', 6, '{"order_id":"order-000021","customer_id":"customer-0","time_of_purchase":"2026-01-01T00:21:00Z","currency":"GBP","purchase_total":12.5,"tax":2,"shipping_cost":0.5,"discount_codes":[],"order_tags":["channel:web"],"customer_email":"someone21@mail.example","customer_name":"Some One","products":[{"id":"tea","name":"Harbor Tea","quantity":2,"price":5}]}'),
    ('northbeam', '$environment', 'order-000022', 6, '{"order_id":"order-000022","customer_id":"customer-1","time_of_purchase":"2026-01-01T00:22:00Z","currency":"GBP","purchase_total":12.5,"tax":2,"shipping_cost":0.5,"discount_codes":[],"order_tags":["channel:web"],"customer_email":"someone22@mail.example","customer_name":"Some One","products":[{"id":"tea","name":"Harbor Tea","quantity":2,"price":5}]}'),
    ('northbeam', '$environment', 'order-000023', 6, '{"order_id":"order-000023","customer_id":"customer-2","time_of_purchase":"2026-01-01T00:23:00Z","currency":"GBP","purchase_total":12.5,"tax":2,"shipping_cost":0.5,"discount_codes":[],"order_tags":["channel:web"],"customer_email":"someone23@mail.example","customer_name":"Some One","products":[{"id":"tea","name":"Harbor Tea","quantity":2,"price":5}]}'),
    ('northbeam', '$environment', 'order-000024', 6, '{"order_id":"order-000024","customer_id":"customer-3","time_of_purchase":"2026-01-01T00:24:00Z","currency":"GBP","purchase_total":12.5,"tax":2,"shipping_cost":0.5,"discount_codes":[],"order_tags":["channel:web"],"customer_email":"someone24@mail.example","customer_name":"Some One","products":[{"id":"tea","name":"Harbor Tea","quantity":2,"price":5}]}');

insert into amounts values
    ('order-000000', 1, 12.5000),
    ('order-000001', 1, 12.5000),
    ('order-000002', 1, 12.5000),
    ('order-000003', 1, 12.5000),
    ('order-000004', 1, 12.5000),
    ('order-000005', 1, 12.5000),
    ('order-000005', 6, 12.5000),
    ('order-000006', 1, 12.5000),
    ('order-000006', 6, 12.5000),
    ('order-000007', 1, 12.5000),
    ('order-000007', 6, 12.5000),
    ('order-000008', 1, 12.5000),
    ('order-000008', 6, 12.5000),
    ('order-000009', 1, 12.5000),
    ('order-000009', 6, 12.5000),
    ('order-000010', 1, 12.5000),
    ('order-000011', 1, 12.5000),
    ('order-000012', 1, 12.5000),
    ('order-000013', 1, 12.5000),
    ('order-000014', 1, 12.5000),
    ('order-000015', 1, 12.5000),
    ('order-000016', 1, 12.5000),
    ('order-000017', 1, 12.5000),
    ('order-000018', 1, 12.5000),
    ('order-000019', 1, 12.5000),
    ('order-000020', 6, 12.5000),
    ('order-000021', 6, 12.5000),
    ('order-000022', 6, 12.5000),
    ('order-000023', 6, 12.5000),
    ('order-000024', 6, 12.5000);

insert into superseded values
    ('northbeam', '$environment', 'order-000004', 1);

insert into removals values
    ('northbeam', '$environment', 'order-000003', 3),
    ('northbeam', '$environment', 'order-000004', 5);

insert into violations values
    ('northbeam', '$environment', 6, 'order-000005', 'purchase_total.adds_up', 'purchase_total', 'warning', 'purchase_total is not the sum of the products, tax and shipping; send unit prices net of discounts', timestamptz '2026-11-26 12:26:34.988682+00');
