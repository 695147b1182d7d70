-- A ledger of two destinations as version 3 wrote it before each account had its own. At Northbeam two
-- orders were refused, order 3 was taken back, and five got no answer; Yespo has kept payloads.
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

create table planned (
    order_id varchar not null,
    run_id integer not null,
    payload_md5 uhugeint
);

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
    request_id varchar
);

create table payloads (
    destination varchar not null,
    environment varchar not null,
    order_id varchar not null,
    run_id integer not null,
    payload varchar not null
);

create table amounts (
    order_id varchar not null, run_id integer not null, amount decimal(38, 4)
);

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

create table removals (
    destination varchar not null,
    environment varchar not null,
    order_id varchar not null,
    run_id integer not null
);

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

create table if not exists watermarks (
    destination varchar not null,
    environment varchar not null,
    run_id integer not null,
    changed_at timestamptz not null,
    salt varchar not null,
    full_scan_at timestamptz not null
);
create table stamp (ledger varchar not null, sequence bigint not null);

create table on_wire (
    order_id varchar not null,
    run_id integer not null,
    payload_md5 uhugeint,
    moment timestamptz not null
);

create table distrusted (
    destination varchar not null,
    environment varchar not null,
    run_id integer not null,
    is_accepted boolean not null
);
create table completeness (
    destination varchar not null,
    environment varchar not null,
    entity varchar not null,
    column_name varchar not null,
    orders bigint not null
);
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
        and deliveries.run_id >= (select min(run_id) from planned)
)

union all

select known.destination, known.environment, known.order_id, known.run_id
from current as known
inner join distrusted as distrusted
    on distrusted.destination = known.destination
    and distrusted.environment = known.environment
    and known.run_id < distrusted.run_id
where known.outcome in ('delivered', 'removed')
    and known.run_id < (select max(run_id) from distrusted);

insert into amounts values
    ('order-0', 2, 12.5000),
    ('order-000000', 1, 12.5000),
    ('order-000001', 1, 12.5000),
    ('order-000002', 1, 12.5000),
    ('order-000003', 1, 12.5000),
    ('order-000004', 1, 12.5000),
    ('order-000005', 1, 12.5000),
    ('order-000005', 5, 12.5000),
    ('order-000006', 1, 12.5000),
    ('order-000006', 5, 12.5000),
    ('order-000007', 1, 12.5000),
    ('order-000007', 5, 12.5000),
    ('order-000008', 1, 12.5000),
    ('order-000008', 5, 12.5000),
    ('order-000009', 1, 12.5000),
    ('order-000009', 5, 12.5000),
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
    ('order-000020', 1, 12.5000),
    ('order-000021', 1, 12.5000),
    ('order-000022', 1, 12.5000),
    ('order-000023', 1, 12.5000),
    ('order-000024', 1, 12.5000),
    ('order-1', 2, 12.5000),
    ('order-1', 6, 13.0000),
    ('order-10', 2, 12.5000),
    ('order-11', 2, 12.5000),
    ('order-12', 2, 12.5000),
    ('order-13', 2, 12.5000),
    ('order-14', 2, 12.5000),
    ('order-15', 2, 12.5000),
    ('order-2', 2, 12.5000),
    ('order-3', 2, 12.5000),
    ('order-4', 2, 12.5000),
    ('order-4', 6, 13.0000),
    ('order-5', 2, 12.5000),
    ('order-6', 2, 12.5000),
    ('order-7', 2, 12.5000),
    ('order-8', 2, 12.5000),
    ('order-9', 2, 12.5000);

insert into completeness values
    ('northbeam', '$environment', 'orders', '', 24),
    ('northbeam', '$environment', 'orders', 'currency', 5),
    ('northbeam', '$environment', 'orders', 'customer_email', 5),
    ('northbeam', '$environment', 'orders', 'customer_id', 5),
    ('northbeam', '$environment', 'orders', 'customer_name', 5),
    ('northbeam', '$environment', 'orders', 'discount_codes', 5),
    ('northbeam', '$environment', 'orders', 'order_tags', 5),
    ('northbeam', '$environment', 'orders', 'purchase_total', 5),
    ('northbeam', '$environment', 'orders', 'shipping_cost', 5),
    ('northbeam', '$environment', 'orders', 'tax', 5),
    ('northbeam', '$environment', 'orders', 'time_of_purchase', 5),
    ('northbeam', '$environment', 'products', '', 24),
    ('northbeam', '$environment', 'products', 'id', 5),
    ('northbeam', '$environment', 'products', 'name', 5),
    ('northbeam', '$environment', 'products', 'price', 5),
    ('northbeam', '$environment', 'products', 'quantity', 5),
    ('yespo', '$environment', 'orders', '', 16),
    ('yespo', '$environment', 'orders', 'currency', 16),
    ('yespo', '$environment', 'orders', 'date', 16),
    ('yespo', '$environment', 'orders', 'email', 16),
    ('yespo', '$environment', 'orders', 'externalCustomerId', 16),
    ('yespo', '$environment', 'orders', 'status', 16),
    ('yespo', '$environment', 'orders', 'totalCost', 16);

insert into deliveries values
    ('northbeam', '$environment', 'order-000000', 1, 1, 3967427363964550049, '284986364908819028065332997533769928839', 'delivered', 200, null, '2026-11-26 15:57:57.535751+00:00', '1-2'),
    ('northbeam', '$environment', 'order-000001', 1, 1, '7705720309790988965', '309516500552496069502226328539539316541', 'refused', 400, 'order cannot be processed at $[1]', '2026-11-26 15:57:57.506373+00:00', '1-1'),
    ('northbeam', '$environment', 'order-000002', 1, 1, 368790056111160576, '107459044297716953083356826980240886312', 'refused', 400, 'order cannot be processed at $[2]', '2026-11-26 15:57:57.506373+00:00', '1-1'),
    ('northbeam', '$environment', 'order-000003', 1, 1, '14952461334341683994', '34264090576735687372633330299439185233', 'delivered', 200, null, '2026-11-26 15:57:57.535751+00:00', '1-2'),
    ('northbeam', '$environment', 'order-000003', 3, 1, 0, '310530559006257087696721055897701936862', 'removed', 200, null, '2026-11-26 15:57:58.682455+00:00', '3-1'),
    ('northbeam', '$environment', 'order-000004', 1, 1, 1497716811130372598, '240049037574197439436834082622894666', 'delivered', 200, null, '2026-11-26 15:57:57.535751+00:00', '1-2'),
    ('northbeam', '$environment', 'order-000005', 1, 1, '15672886102204273777', '13566907458673898584931363704057563810', 'delivered', 200, null, '2026-11-26 15:57:57.535751+00:00', '1-2'),
    ('northbeam', '$environment', 'order-000006', 1, 1, '15654274761121964800', '11486781519406946855384695143603041219', 'delivered', 200, null, '2026-11-26 15:57:57.535751+00:00', '1-2'),
    ('northbeam', '$environment', 'order-000007', 1, 1, '6727128827603477759', '175622814412166028265445289140951224461', 'delivered', 200, null, '2026-11-26 15:57:57.535751+00:00', '1-2'),
    ('northbeam', '$environment', 'order-000008', 1, 1, '11650619657492189964', '134977415469755271743196334679075943716', 'delivered', 200, null, '2026-11-26 15:57:57.535751+00:00', '1-2'),
    ('northbeam', '$environment', 'order-000009', 1, 1, '18025292629717686433', '119866739863452010602373585520093182008', 'delivered', 200, null, '2026-11-26 15:57:57.535751+00:00', '1-2'),
    ('northbeam', '$environment', 'order-000010', 1, 1, '16242146978429798280', '223182432131199429604874708124879514985', 'delivered', 200, null, '2026-11-26 15:57:57.535751+00:00', '1-2'),
    ('northbeam', '$environment', 'order-000011', 1, 1, '6282106470010422932', '326735007707882251046693682100918870419', 'delivered', 200, null, '2026-11-26 15:57:57.535751+00:00', '1-2'),
    ('northbeam', '$environment', 'order-000012', 1, 1, '10779866344318274381', '110812026619723955694823619708547160225', 'delivered', 200, null, '2026-11-26 15:57:57.535751+00:00', '1-2'),
    ('northbeam', '$environment', 'order-000013', 1, 1, '12529562116705525720', '150256119799200431766111246958390431332', 'delivered', 200, null, '2026-11-26 15:57:57.535751+00:00', '1-2'),
    ('northbeam', '$environment', 'order-000014', 1, 1, '6635024343466834532', '82728403221073759051922970823793940075', 'delivered', 200, null, '2026-11-26 15:57:57.535751+00:00', '1-2'),
    ('northbeam', '$environment', 'order-000015', 1, 1, '5870370894184902736', '229909094428401942003019244179431625188', 'delivered', 200, null, '2026-11-26 15:57:57.535751+00:00', '1-2'),
    ('northbeam', '$environment', 'order-000016', 1, 1, '14197773685885388645', '169586981525790381948092083396201873448', 'delivered', 200, null, '2026-11-26 15:57:57.535751+00:00', '1-2'),
    ('northbeam', '$environment', 'order-000017', 1, 1, '5040859486245439500', '292493592573512948902021814524399445512', 'delivered', 200, null, '2026-11-26 15:57:57.535751+00:00', '1-2'),
    ('northbeam', '$environment', 'order-000018', 1, 1, 914167554019409965, '187864882031121749934938507320550630226', 'delivered', 200, null, '2026-11-26 15:57:57.535751+00:00', '1-2'),
    ('northbeam', '$environment', 'order-000019', 1, 1, '15571037176448246155', '59710337059537533036754392084801028646', 'delivered', 200, null, '2026-11-26 15:57:57.535751+00:00', '1-2'),
    ('northbeam', '$environment', 'order-000020', 1, 1, '10782352038322261552', '225265823413352242544368756720385117695', 'delivered', 200, null, '2026-11-26 15:57:57.535751+00:00', '1-2'),
    ('northbeam', '$environment', 'order-000021', 1, 1, '8934812426695823022', '334670121696743790553129878696969318442', 'delivered', 200, null, '2026-11-26 15:57:57.535751+00:00', '1-2'),
    ('northbeam', '$environment', 'order-000022', 1, 1, '7330906105377350371', '79123358898823871637261371749391781726', 'delivered', 200, null, '2026-11-26 15:57:57.535751+00:00', '1-2'),
    ('northbeam', '$environment', 'order-000023', 1, 1, '10637395144399085816', '272935985160817489714125255850011724358', 'delivered', 200, null, '2026-11-26 15:57:57.535751+00:00', '1-2'),
    ('northbeam', '$environment', 'order-000024', 1, 1, 4417040315941692243, '148663347760200285926031904779251812833', 'delivered', 200, null, '2026-11-26 15:57:57.535751+00:00', '1-2'),
    ('yespo', '$environment', 'order-0', 2, 1, 1696957682288073046, '41049475375662346040575319982451431333', 'delivered', 200, null, '2026-11-26 15:57:57.956747+00:00', '2-1'),
    ('yespo', '$environment', 'order-1', 2, 1, '7400100947543410167', '246072206802783481362967764761345155466', 'delivered', 200, null, '2026-11-26 15:57:57.956747+00:00', '2-1'),
    ('yespo', '$environment', 'order-1', 6, 1, '11491405589462779247', '145475533224873960432876854474595596885', 'delivered', 200, null, '2026-11-26 15:58:00.677005+00:00', '6-1'),
    ('yespo', '$environment', 'order-10', 2, 1, '12558077540443421589', '43667250412887162599698140205720095684', 'delivered', 200, null, '2026-11-26 15:57:57.956747+00:00', '2-1'),
    ('yespo', '$environment', 'order-11', 2, 1, '4990720336617801666', '334629556172406186900865191678599591207', 'delivered', 200, null, '2026-11-26 15:57:57.956747+00:00', '2-1'),
    ('yespo', '$environment', 'order-12', 2, 1, 3925579984719933326, '138313371661490965067097321614764779580', 'delivered', 200, null, '2026-11-26 15:57:57.956747+00:00', '2-1'),
    ('yespo', '$environment', 'order-13', 2, 1, 1741190545719703271, '81338375770401634899463563043021166376', 'delivered', 200, null, '2026-11-26 15:57:57.956747+00:00', '2-1'),
    ('yespo', '$environment', 'order-14', 2, 1, 2133064843145248751, '65892756433064168079977030030488404066', 'delivered', 200, null, '2026-11-26 15:57:57.956747+00:00', '2-1'),
    ('yespo', '$environment', 'order-15', 2, 1, '7993268906838925289', '124274598915204800842052212478902631707', 'delivered', 200, null, '2026-11-26 15:57:57.956747+00:00', '2-1'),
    ('yespo', '$environment', 'order-2', 2, 1, '10071682227984678078', '264288620819487706257277873854046672896', 'delivered', 200, null, '2026-11-26 15:57:57.956747+00:00', '2-1'),
    ('yespo', '$environment', 'order-3', 2, 1, 530500192297461343, '237670288800894684311258054676802324489', 'delivered', 200, null, '2026-11-26 15:57:57.956747+00:00', '2-1'),
    ('yespo', '$environment', 'order-4', 2, 1, '16512849310013195455', '88851251981381305439742012996155762984', 'delivered', 200, null, '2026-11-26 15:57:57.956747+00:00', '2-1'),
    ('yespo', '$environment', 'order-4', 6, 1, '4785527402219222373', '36961118777412282789987491735857507638', 'delivered', 200, null, '2026-11-26 15:58:00.677005+00:00', '6-1'),
    ('yespo', '$environment', 'order-5', 2, 1, 1822052842937766206, '291369500612766362147746396359509847344', 'delivered', 200, null, '2026-11-26 15:57:57.956747+00:00', '2-1'),
    ('yespo', '$environment', 'order-6', 2, 1, '8645594749136350093', '90633342475307370261912806698492583881', 'delivered', 200, null, '2026-11-26 15:57:57.956747+00:00', '2-1'),
    ('yespo', '$environment', 'order-7', 2, 1, '9154452514160637769', '303752474387768442647792979476308266117', 'delivered', 200, null, '2026-11-26 15:57:57.956747+00:00', '2-1'),
    ('yespo', '$environment', 'order-8', 2, 1, 2061874823313210396, '186406537234243418644073465000809659258', 'delivered', 200, null, '2026-11-26 15:57:57.956747+00:00', '2-1'),
    ('yespo', '$environment', 'order-9', 2, 1, '7087680562952684734', '49880184502759930933795598548315561474', 'delivered', 200, null, '2026-11-26 15:57:57.956747+00:00', '2-1');

insert into meta values
    (3);

insert into on_wire values
    ('order-000005', 5, '57279732055358984908679402381912617490', '2026-11-26 15:57:59.789539+00:00'),
    ('order-000005', 5, '57279732055358984908679402381912617490', '2026-11-26 15:57:59.821349+00:00'),
    ('order-000006', 5, '337627525522881894964128730087109794101', '2026-11-26 15:57:59.789539+00:00'),
    ('order-000006', 5, '337627525522881894964128730087109794101', '2026-11-26 15:57:59.821349+00:00'),
    ('order-000007', 5, '174622990324327603676635477160185522587', '2026-11-26 15:57:59.789539+00:00'),
    ('order-000007', 5, '174622990324327603676635477160185522587', '2026-11-26 15:57:59.847949+00:00'),
    ('order-000007', 5, '174622990324327603676635477160185522587', '2026-11-26 15:58:00.002408+00:00'),
    ('order-000008', 5, '31786698476097999109367334602575291657', '2026-11-26 15:57:59.789539+00:00'),
    ('order-000008', 5, '31786698476097999109367334602575291657', '2026-11-26 15:57:59.847949+00:00'),
    ('order-000008', 5, '31786698476097999109367334602575291657', '2026-11-26 15:57:59.899022+00:00'),
    ('order-000009', 5, '242055268200508915939353361930196957498', '2026-11-26 15:57:59.789539+00:00'),
    ('order-000009', 5, '242055268200508915939353361930196957498', '2026-11-26 15:57:59.847949+00:00'),
    ('order-000009', 5, '242055268200508915939353361930196957498', '2026-11-26 15:57:59.899022+00:00');

insert into payloads values
    ('northbeam', '$environment', 'order-000000', 1, '{"order_id":"order-000000","customer_id":"customer-0","time_of_purchase":"2026-01-01T00:00:00Z","currency":"GBP","purchase_total":12.5,"tax":2,"shipping_cost":0.5,"discount_codes":[],"order_tags":["channel:web"],"customer_email":"someone0@mail.example","customer_name":"Some One","products":[{"id":"tea","name":"Harbor Tea","quantity":2,"price":5}]}'),
    ('northbeam', '$environment', 'order-000003', 1, '{"order_id":"order-000003","customer_id":"customer-3","time_of_purchase":"2026-01-01T00:03:00Z","currency":"GBP","purchase_total":12.5,"tax":2,"shipping_cost":0.5,"discount_codes":[],"order_tags":["channel:web"],"customer_email":"someone3@mail.example","customer_name":"Some One","products":[{"id":"tea","name":"Harbor Tea","quantity":2,"price":5}]}'),
    ('northbeam', '$environment', 'order-000004', 1, '{"order_id":"order-000004","customer_id":"customer-4","time_of_purchase":"2026-01-01T00:04:00Z","currency":"GBP","purchase_total":12.5,"tax":2,"shipping_cost":0.5,"discount_codes":[],"order_tags":["channel:web"],"customer_email":"someone4@mail.example","customer_name":"Some One","products":[{"id":"tea","name":"Harbor Tea","quantity":2,"price":5}]}'),
    ('northbeam', '$environment', 'order-000005', 5, '{"order_id":"order-000005","customer_id":"customer-5","time_of_purchase":"2026-01-01T00:05:00Z","currency":"GBP","purchase_total":12.5,"tax":3,"shipping_cost":0.5,"discount_codes":[],"order_tags":["channel:web"],"customer_email":"someone5@mail.example","customer_name":"Some One","products":[{"id":"tea","name":"Harbor Tea","quantity":2,"price":5}]}'),
    ('northbeam', '$environment', 'order-000006', 5, '{"order_id":"order-000006","customer_id":"customer-6","time_of_purchase":"2026-01-01T00:06:00Z","currency":"GBP","purchase_total":12.5,"tax":3,"shipping_cost":0.5,"discount_codes":[],"order_tags":["channel:web"],"customer_email":"someone6@mail.example","customer_name":"Some One","products":[{"id":"tea","name":"Harbor Tea","quantity":2,"price":5}]}'),
    ('northbeam', '$environment', 'order-000007', 5, '{"order_id":"order-000007","customer_id":"customer-0","time_of_purchase":"2026-01-01T00:07:00Z","currency":"GBP","purchase_total":12.5,"tax":3,"shipping_cost":0.5,"discount_codes":[],"order_tags":["channel:web"],"customer_email":"someone7@mail.example","customer_name":"Some One","products":[{"id":"tea","name":"Harbor Tea","quantity":2,"price":5}]}'),
    ('northbeam', '$environment', 'order-000008', 5, '{"order_id":"order-000008","customer_id":"customer-1","time_of_purchase":"2026-01-01T00:08:00Z","currency":"GBP","purchase_total":12.5,"tax":3,"shipping_cost":0.5,"discount_codes":[],"order_tags":["channel:web"],"customer_email":"someone8@mail.example","customer_name":"Some One","products":[{"id":"tea","name":"Harbor Tea","quantity":2,"price":5}]}'),
    ('northbeam', '$environment', 'order-000009', 5, '{"order_id":"order-000009","customer_id":"customer-2","time_of_purchase":"2026-01-01T00:09:00Z","currency":"GBP","purchase_total":12.5,"tax":3,"shipping_cost":0.5,"discount_codes":[],"order_tags":["channel:web"],"customer_email":"someone9@mail.example","customer_name":"Some One","products":[{"id":"tea","name":"Harbor Tea","quantity":2,"price":5}]}'),
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
    ('northbeam', '$environment', 'order-000020', 1, '{"order_id":"order-000020","customer_id":"customer-6","time_of_purchase":"2026-01-01T00:20:00Z","currency":"GBP","purchase_total":12.5,"tax":2,"shipping_cost":0.5,"discount_codes":[],"order_tags":["channel:web"],"customer_email":"someone20@mail.example","customer_name":"Some One","products":[{"id":"tea","name":"Harbor Tea","quantity":2,"price":5}]}'),
    ('northbeam', '$environment', 'order-000021', 1, '{"order_id":"order-000021","customer_id":"customer-0","time_of_purchase":"2026-01-01T00:21:00Z","currency":"GBP","purchase_total":12.5,"tax":2,"shipping_cost":0.5,"discount_codes":[],"order_tags":["channel:web"],"customer_email":"someone21@mail.example","customer_name":"Some One","products":[{"id":"tea","name":"Harbor Tea","quantity":2,"price":5}]}'),
    ('northbeam', '$environment', 'order-000022', 1, '{"order_id":"order-000022","customer_id":"customer-1","time_of_purchase":"2026-01-01T00:22:00Z","currency":"GBP","purchase_total":12.5,"tax":2,"shipping_cost":0.5,"discount_codes":[],"order_tags":["channel:web"],"customer_email":"someone22@mail.example","customer_name":"Some One","products":[{"id":"tea","name":"Harbor Tea","quantity":2,"price":5}]}'),
    ('northbeam', '$environment', 'order-000023', 1, '{"order_id":"order-000023","customer_id":"customer-2","time_of_purchase":"2026-01-01T00:23:00Z","currency":"GBP","purchase_total":12.5,"tax":2,"shipping_cost":0.5,"discount_codes":[],"order_tags":["channel:web"],"customer_email":"someone23@mail.example","customer_name":"Some One","products":[{"id":"tea","name":"Harbor Tea","quantity":2,"price":5}]}'),
    ('northbeam', '$environment', 'order-000024', 1, '{"order_id":"order-000024","customer_id":"customer-3","time_of_purchase":"2026-01-01T00:24:00Z","currency":"GBP","purchase_total":12.5,"tax":2,"shipping_cost":0.5,"discount_codes":[],"order_tags":["channel:web"],"customer_email":"someone24@mail.example","customer_name":"Some One","products":[{"id":"tea","name":"Harbor Tea","quantity":2,"price":5}]}'),
    ('yespo', '$environment', 'order-0', 2, '{"externalOrderId":"order-0","externalCustomerId":"customer-0","totalCost":12.5,"status":"DELIVERED","date":"2026-01-01T00:00:00+00:00","currency":"EUR","email":"someone0@mail.example"}'),
    ('yespo', '$environment', 'order-1', 6, '{"externalOrderId":"order-1","externalCustomerId":"customer-1","totalCost":13,"status":"DELIVERED","date":"2026-01-01T00:01:00+00:00","currency":"EUR","email":"someone1@mail.example"}'),
    ('yespo', '$environment', 'order-10', 2, '{"externalOrderId":"order-10","externalCustomerId":"customer-10","totalCost":12.5,"status":"DELIVERED","date":"2026-01-01T00:10:00+00:00","currency":"EUR","email":"someone10@mail.example"}'),
    ('yespo', '$environment', 'order-11', 2, '{"externalOrderId":"order-11","externalCustomerId":"customer-11","totalCost":12.5,"status":"DELIVERED","date":"2026-01-01T00:11:00+00:00","currency":"EUR","email":"someone11@mail.example"}'),
    ('yespo', '$environment', 'order-12', 2, '{"externalOrderId":"order-12","externalCustomerId":"customer-12","totalCost":12.5,"status":"DELIVERED","date":"2026-01-01T00:12:00+00:00","currency":"EUR","email":"someone12@mail.example"}'),
    ('yespo', '$environment', 'order-13', 2, '{"externalOrderId":"order-13","externalCustomerId":"customer-13","totalCost":12.5,"status":"DELIVERED","date":"2026-01-01T00:13:00+00:00","currency":"EUR","email":"someone13@mail.example"}'),
    ('yespo', '$environment', 'order-14', 2, '{"externalOrderId":"order-14","externalCustomerId":"customer-14","totalCost":12.5,"status":"DELIVERED","date":"2026-01-01T00:14:00+00:00","currency":"EUR","email":"someone14@mail.example"}'),
    ('yespo', '$environment', 'order-15', 2, '{"externalOrderId":"order-15","externalCustomerId":"customer-15","totalCost":12.5,"status":"DELIVERED","date":"2026-01-01T00:15:00+00:00","currency":"EUR","email":"someone15@mail.example"}'),
    ('yespo', '$environment', 'order-2', 2, '{"externalOrderId":"order-2","externalCustomerId":"customer-2","totalCost":12.5,"status":"DELIVERED","date":"2026-01-01T00:02:00+00:00","currency":"EUR","email":"someone2@mail.example"}'),
    ('yespo', '$environment', 'order-3', 2, '{"externalOrderId":"order-3","externalCustomerId":"customer-3","totalCost":12.5,"status":"DELIVERED","date":"2026-01-01T00:03:00+00:00","currency":"EUR","email":"someone3@mail.example"}'),
    ('yespo', '$environment', 'order-4', 6, '{"externalOrderId":"order-4","externalCustomerId":"customer-4","totalCost":13,"status":"DELIVERED","date":"2026-01-01T00:04:00+00:00","currency":"EUR","email":"someone4@mail.example"}'),
    ('yespo', '$environment', 'order-5', 2, '{"externalOrderId":"order-5","externalCustomerId":"customer-5","totalCost":12.5,"status":"DELIVERED","date":"2026-01-01T00:05:00+00:00","currency":"EUR","email":"someone5@mail.example"}'),
    ('yespo', '$environment', 'order-6', 2, '{"externalOrderId":"order-6","externalCustomerId":"customer-6","totalCost":12.5,"status":"DELIVERED","date":"2026-01-01T00:06:00+00:00","currency":"EUR","email":"someone6@mail.example"}'),
    ('yespo', '$environment', 'order-7', 2, '{"externalOrderId":"order-7","externalCustomerId":"customer-7","totalCost":12.5,"status":"DELIVERED","date":"2026-01-01T00:07:00+00:00","currency":"EUR","email":"someone7@mail.example"}'),
    ('yespo', '$environment', 'order-8', 2, '{"externalOrderId":"order-8","externalCustomerId":"customer-8","totalCost":12.5,"status":"DELIVERED","date":"2026-01-01T00:08:00+00:00","currency":"EUR","email":"someone8@mail.example"}'),
    ('yespo', '$environment', 'order-9', 2, '{"externalOrderId":"order-9","externalCustomerId":"customer-9","totalCost":12.5,"status":"DELIVERED","date":"2026-01-01T00:09:00+00:00","currency":"EUR","email":"someone9@mail.example"}');

insert into planned values
    ('order-000005', 5, '57279732055358984908679402381912617490'),
    ('order-000006', 5, '337627525522881894964128730087109794101'),
    ('order-000007', 5, '174622990324327603676635477160185522587'),
    ('order-000008', 5, '31786698476097999109367334602575291657'),
    ('order-000009', 5, '242055268200508915939353361930196957498');

insert into removals values
    ('northbeam', '$environment', 'order-000003', 4);

insert into runs values
    (1, 'northbeam', '$environment', 'sync', 'finished', '2026-11-26 15:57:57.593149+00:00', 1, '{"destination": "northbeam", "environment": "$environment", "run_id": 1, "exit_code": 1, "scan": "full", "scan_reason": null, "orders": 25, "added": 25, "changed": 0, "in_doubt": 0, "unchanged": 0, "removed": 0, "removals": 0, "removals_delivered": 0, "removals_refused": 0, "unremembered": 0, "invalid": 0, "warned": 0, "refused_before": 0, "outdated": 0, "not_sent": 0, "planned": 25, "delivered": 23, "taken_back": 0, "refused": 2, "pending": 0, "batches": 1, "requests": 2, "retries": 0, "bytes": 16832, "seconds": 0.733, "error": null, "cause": null, "examples": {"added": ["order-000000", "order-000001", "order-000002", "order-000003", "order-000004"], "changed": [], "in_doubt": [], "invalid": []}, "reasons": {"order cannot be processed at \u2026": 2}, "alerts": [{"kind": "partial_failure", "message": "northbeam: 2 orders refused; see `connector errors northbeam`"}], "again": []}'),
    (1, 'northbeam', '$environment', 'sync', 'started', '2026-11-26 15:57:56.860837+00:00', null, null),
    (2, 'yespo', '$environment', 'sync', 'finished', '2026-11-26 15:57:58.004727+00:00', 0, '{"destination": "yespo", "environment": "$environment", "run_id": 2, "exit_code": 0, "scan": "full", "scan_reason": null, "orders": 16, "added": 16, "changed": 0, "in_doubt": 0, "unchanged": 0, "removed": 0, "removals": 0, "removals_delivered": 0, "removals_refused": 0, "unremembered": 0, "invalid": 0, "warned": 0, "refused_before": 0, "outdated": 0, "not_sent": 0, "planned": 16, "delivered": 16, "taken_back": 0, "refused": 0, "pending": 0, "batches": 1, "requests": 1, "retries": 0, "bytes": 3006, "seconds": 0.337, "error": null, "cause": null, "examples": {"added": ["order-0", "order-1", "order-2", "order-3", "order-4"], "changed": [], "in_doubt": [], "invalid": []}, "reasons": {}, "alerts": [], "again": []}'),
    (2, 'yespo', '$environment', 'sync', 'started', '2026-11-26 15:57:57.669856+00:00', null, null),
    (3, 'northbeam', '$environment', 'sync', 'finished', '2026-11-26 15:57:58.743404+00:00', 0, '{"removals": 1, "refused": 0}'),
    (3, 'northbeam', '$environment', 'sync', 'started', '2026-11-26 15:57:58.218601+00:00', null, null),
    (4, 'northbeam', '$environment', 'sync', 'finished', '2026-11-26 15:57:58.782116+00:00', 1, '{"destination": "northbeam", "environment": "$environment", "run_id": 4, "exit_code": 1, "scan": "full", "scan_reason": null, "orders": 24, "added": 0, "changed": 0, "in_doubt": 0, "unchanged": 22, "removed": 1, "removals": 1, "removals_delivered": 1, "removals_refused": 0, "unremembered": 0, "invalid": 0, "warned": 0, "refused_before": 2, "outdated": 0, "not_sent": 0, "planned": 0, "delivered": 0, "taken_back": 0, "refused": 0, "pending": 0, "batches": 1, "requests": 1, "retries": 0, "bytes": 378, "seconds": 0.569, "error": null, "cause": null, "examples": {"added": [], "changed": [], "in_doubt": [], "invalid": []}, "reasons": {}, "alerts": [], "again": []}'),
    (4, 'northbeam', '$environment', 'sync', 'started', '2026-11-26 15:57:58.747920+00:00', null, null),
    (5, 'northbeam', '$environment', 'sync', 'finished', '2026-11-26 15:58:00.247211+00:00', 4, '{"destination": "northbeam", "environment": "$environment", "run_id": 5, "exit_code": 4, "scan": "full", "scan_reason": null, "orders": 24, "added": 0, "changed": 5, "in_doubt": 0, "unchanged": 17, "removed": 0, "removals": 0, "removals_delivered": 0, "removals_refused": 0, "unremembered": 0, "invalid": 0, "warned": 5, "refused_before": 2, "outdated": 0, "not_sent": 0, "planned": 5, "delivered": 0, "taken_back": 0, "refused": 0, "pending": 5, "batches": 1, "requests": 7, "retries": 2, "bytes": 5957, "seconds": 0.869, "error": "northbeam: HTTP 500: {\"status\":\"500\",\"response\":\"Internal Server Error\"}; what is pending goes with the next run, check the url in connector.yml if this goes on", "cause": "the destination is unavailable (HTTP 500)", "examples": {"added": [], "changed": ["order-000005", "order-000006", "order-000007", "order-000008", "order-000009"], "in_doubt": [], "invalid": []}, "reasons": {}, "alerts": [{"kind": "failed", "message": "northbeam: run 5 ended with exit code 4 and delivered nothing: the destination is unavailable (HTTP 500)"}], "again": []}'),
    (5, 'northbeam', '$environment', 'sync', 'started', '2026-11-26 15:57:59.387282+00:00', null, null),
    (6, 'yespo', '$environment', 'sync', 'finished', '2026-11-26 15:58:00.730752+00:00', 0, '{"destination": "yespo", "environment": "$environment", "run_id": 6, "exit_code": 0, "scan": "full", "scan_reason": null, "orders": 16, "added": 0, "changed": 2, "in_doubt": 0, "unchanged": 14, "removed": 0, "removals": 0, "removals_delivered": 0, "removals_refused": 0, "unremembered": 0, "invalid": 0, "warned": 0, "refused_before": 0, "outdated": 0, "not_sent": 0, "planned": 2, "delivered": 2, "taken_back": 0, "refused": 0, "pending": 0, "batches": 1, "requests": 1, "retries": 0, "bytes": 380, "seconds": 0.348, "error": null, "cause": null, "examples": {"added": [], "changed": ["order-1", "order-4"], "in_doubt": [], "invalid": []}, "reasons": {}, "alerts": [], "again": []}'),
    (6, 'yespo', '$environment', 'sync', 'started', '2026-11-26 15:58:00.390697+00:00', null, null);

insert into samples values
    ('northbeam', '$environment', 'order-000000', 'currency', 13547),
    ('northbeam', '$environment', 'order-000000', 'customer_email', 45154),
    ('northbeam', '$environment', 'order-000000', 'customer_id', 12155),
    ('northbeam', '$environment', 'order-000000', 'customer_ip_address', 58809),
    ('northbeam', '$environment', 'order-000000', 'customer_name', 61066),
    ('northbeam', '$environment', 'order-000000', 'customer_phone_number', 58809),
    ('northbeam', '$environment', 'order-000000', 'customer_shipping_address.address1', 58809),
    ('northbeam', '$environment', 'order-000000', 'customer_shipping_address.address2', 58809),
    ('northbeam', '$environment', 'order-000000', 'customer_shipping_address.city', 58809),
    ('northbeam', '$environment', 'order-000000', 'customer_shipping_address.country_code', 58809),
    ('northbeam', '$environment', 'order-000000', 'customer_shipping_address.state', 58809),
    ('northbeam', '$environment', 'order-000000', 'customer_shipping_address.zip', 58809),
    ('northbeam', '$environment', 'order-000000', 'discount_amount', 58809),
    ('northbeam', '$environment', 'order-000000', 'discount_codes', 58809),
    ('northbeam', '$environment', 'order-000000', 'hashed_customer_email', 58809),
    ('northbeam', '$environment', 'order-000000', 'hashed_customer_phone_number', 58809),
    ('northbeam', '$environment', 'order-000000', 'is_recurring_order', 58809),
    ('northbeam', '$environment', 'order-000000', 'order_id', 5857),
    ('northbeam', '$environment', 'order-000000', 'order_tags', 25725),
    ('northbeam', '$environment', 'order-000000', 'products.id', 9792),
    ('northbeam', '$environment', 'order-000000', 'products.name', 44741),
    ('northbeam', '$environment', 'order-000000', 'products.price', 51683),
    ('northbeam', '$environment', 'order-000000', 'products.quantity', 26006),
    ('northbeam', '$environment', 'order-000000', 'products.variant_id', 58220),
    ('northbeam', '$environment', 'order-000000', 'products.variant_name', 58220),
    ('northbeam', '$environment', 'order-000000', 'purchase_total', 30372),
    ('northbeam', '$environment', 'order-000000', 'shipping_cost', 11663),
    ('northbeam', '$environment', 'order-000000', 'tax', 46615),
    ('northbeam', '$environment', 'order-000000', 'time_of_purchase', 54125);

insert into stamp values
    ('01a21893-ea90-7a80-9395-36b18fca43ce', 11);

insert into superseded values
    ('northbeam', '$environment', 'order-000003', 1),
    ('yespo', '$environment', 'order-1', 2),
    ('yespo', '$environment', 'order-4', 2);

insert into violations values
    ('northbeam', '$environment', 5, 'order-000005', 'purchase_total.adds_up', 'purchase_total', 'warning', 'purchase_total is not the sum of the products, tax, shipping and fees; send unit prices net of discounts and without tax, and fees in _fee_amount', '2026-11-26 15:57:59.711529+00:00'),
    ('northbeam', '$environment', 5, 'order-000006', 'purchase_total.adds_up', 'purchase_total', 'warning', 'purchase_total is not the sum of the products, tax, shipping and fees; send unit prices net of discounts and without tax, and fees in _fee_amount', '2026-11-26 15:57:59.711529+00:00'),
    ('northbeam', '$environment', 5, 'order-000007', 'purchase_total.adds_up', 'purchase_total', 'warning', 'purchase_total is not the sum of the products, tax, shipping and fees; send unit prices net of discounts and without tax, and fees in _fee_amount', '2026-11-26 15:57:59.711529+00:00'),
    ('northbeam', '$environment', 5, 'order-000008', 'purchase_total.adds_up', 'purchase_total', 'warning', 'purchase_total is not the sum of the products, tax, shipping and fees; send unit prices net of discounts and without tax, and fees in _fee_amount', '2026-11-26 15:57:59.711529+00:00'),
    ('northbeam', '$environment', 5, 'order-000009', 'purchase_total.adds_up', 'purchase_total', 'warning', 'purchase_total is not the sum of the products, tax, shipping and fees; send unit prices net of discounts and without tax, and fees in _fee_amount', '2026-11-26 15:57:59.711529+00:00');
