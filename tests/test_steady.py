"""Fields that should not change, implausible dates, lists that fan out, orders sent again."""

import duckdb
import pytest

from connector.compile.rendering.last_sent import member
from tests.conformance.shop import DestinationShop
from tests.test_lifecycle import become, make, of


@pytest.fixture
def northbeam(tmp_path, sandbox) -> DestinationShop:
    return make(tmp_path, sandbox, "northbeam")


@pytest.fixture(params=["northbeam", "triple_whale", "yespo"])
def shop(request, tmp_path, sandbox) -> DestinationShop:
    return make(tmp_path, sandbox, request.param)


def change(shop: DestinationShop, sets: str, number: int) -> None:
    shop.sql(f"update northbeam__orders set {sets} where order_id = 'HB-{number:06}'")


CHANGES = [
    ("customer_id = 'another'", "customer_id.identity"),
    ("currency = 'EUR'", "currency.identity"),
    ("time_of_purchase = time_of_purchase + interval 61 minute", "time_of_purchase.identity"),
    ("time_of_purchase = time_of_purchase - interval 59 minute", None),
    ("customer_name = 'Another'", None),
]


@pytest.mark.parametrize("policy", ["send", "freeze", "keep"])
def test_northbeam_tells_what_moves_an_order_and_sends_or_freezes_it(northbeam, policy):
    northbeam.configure(on_identity_change=policy)
    northbeam.sync()
    before = northbeam.held()
    for number, (sets, _) in enumerate(CHANGES):
        change(northbeam, sets, number)
    result = northbeam.run("sync", "--output", "json")
    summary = result.summary()
    assert summary["exit_code"] == 0
    (alert,) = summary["alerts"]
    assert alert["kind"] == "identity"
    assert "3 delivered orders" in alert["message"]
    rules = {rule for _, rule in CHANGES if rule}
    warnings = northbeam.run("errors", "--warnings", "--output", "json").json()
    assert {each["rule"] for each in warnings} & rules == rules
    assert ("is keep, and is read as send" in result.err) == (policy == "keep")
    after = northbeam.held()
    moved = {number for number in range(8) if after[f"HB-{number:06}"] != before[f"HB-{number:06}"]}
    assert moved == ({3, 4} if policy == "freeze" else {0, 1, 2, 3, 4})
    assert northbeam.sync()["requests"] == 0
    assert northbeam.sync()["alerts"] == []


def test_other_words_for_the_policy_are_refused(northbeam):
    northbeam.configure(on_identity_change="freeze_it")
    northbeam.run("plan").fails(2, "on_identity_change", "did you mean", "freeze")
    northbeam.configure(on_cancelled="takeback")
    northbeam.run("plan").fails(2, "on_cancelled", "take_back")
    northbeam.configure(send_abandoned=True)
    northbeam.run("plan").fails(2, "send_abandoned", "no value for abandoned carts")


MOMENTS = (
    *("timestamptz '1989-12-31 23:59:59+00'", "timestamptz '1990-01-01 00:00:00+00'"),
    *("now() + interval 25 hours", "now() + interval 23 hours"),
)


def test_a_date_that_cannot_be_is_told_and_refused_where_it_identifies(shop):
    date, key = shop.contract.order_by, shop.contract.key
    for number, moment in enumerate(MOMENTS):
        shop.sql(
            f'update {shop.view("orders")} set {date} = {moment} where "{key}" = $order',
            order=shop.key(number),
        )
    summary = shop.sync()
    is_identity = date in shop.contract.orders.identity
    assert summary["invalid"] == (2 if is_identity else 0)
    kind = ["--warnings"] if not is_identity else []
    told = shop.run("errors", *kind, "--output", "json").json()
    rules = {(each["order_id"], each["rule"]) for each in told}
    assert (shop.key(0), f"{date}.is_not_before_1990") in rules
    assert (shop.key(2), f"{date}.is_not_in_the_future") in rules
    fine = {rule for key, rule in rules if key in (shop.key(1), shop.key(3))}
    assert not {f"{date}.is_not_before_1990", f"{date}.is_not_in_the_future"} & fine


@pytest.mark.parametrize("position", ["_position", "null"])
def test_a_list_that_fans_out_stops_everything(shop, position):
    child = next(each for each in shop.contract.entities() if each.label)
    view, key = shop.view(child.name), shop.contract.key
    shop.sql(
        f"insert into {view} select * replace ({position} as _position) from {view} "
        f"where \"{key}\" = 'HB-000002' limit 1"
    )
    for command in ("sync", "plan", "validate"):
        allowed = ["--allow-side-effects"] if command == "sync" else []
        found = shop.run(command, *allowed)
        found.fails(2, f"{shop.name}__{child.name}._position", "HB-000002", "fanned out")
    assert shop.sandbox.counts()["requests"] == 0


def test_a_plan_tells_which_orders_go_again_and_why(northbeam):
    northbeam.sync()
    assert northbeam.plan()["again"] == []
    change(northbeam, "tax = tax + 1", 1)
    become(northbeam, "cancelled", 0)
    # Columns of another type have the same numbers, in the sample too.
    for view, column in (("orders", "tax"), ("orders", "purchase_total"), ("products", "quantity")):
        northbeam.sql(f"alter table {northbeam.view(view)} alter {column} type decimal(18, 6)")
    told = northbeam.plan()["again"]
    assert [reason["kind"] for reason in told] == ["taken_back", "money"]
    assert told[0]["message"].startswith("1 count for nothing any more")
    assert (told[1]["orders"], told[1]["columns"]) == (1, ["tax"])
    assert told[1]["message"].endswith("quantities: tax; 0 have another purchase_total")
    assert "sent again: 1 count for nothing any more" in northbeam.run("plan").out


def test_a_state_that_is_not_known_is_told_and_counts_as_placed(northbeam):
    become(northbeam, "canceled", 0)
    summary = northbeam.sync()
    assert of(summary, "delivered", "not_sent") == (8, 0)
    assert "_lifecycle.is_known" in northbeam.run("errors", "--warnings").out


def test_what_takes_back_a_vanished_order_is_judged_too(northbeam):
    """An earlier payload may break today's contract."""
    northbeam.configure(on_removed="cancel")
    northbeam.sync()
    northbeam.sql("create table gone as from northbeam__orders where order_id = 'HB-000000'")
    northbeam.remove(0)
    assert northbeam.sync()["removals_delivered"] == 1
    held = northbeam.held()["HB-000000"]
    assert "refunds" not in held
    assert held["purchase_total"] == 0


KEPT = ['{"customer": {"id": "C-1"}, "at": "x"}', '{"customer__id": "C-1", "at": "x"}']


@pytest.mark.parametrize("payload", KEPT, ids=["a payload", "only what identifies the order"])
def test_what_was_sent_of_an_object_is_found_however_it_is_kept(payload):
    found = "select {} from (select $payload::json as payload) as sent"
    with duckdb.connect() as connection:
        for column, value in (("customer__id", '"C-1"'), ("at", '"x"'), ("customer__name", None)):
            row = connection.execute(found.format(member(column)), {"payload": payload}).fetchone()
            assert row == (value,)


@pytest.fixture
def frozen(northbeam) -> DestinationShop:
    """A shop whose ledger has the first payloads sent to Northbeam, and which sends them again."""
    northbeam.configure(on_identity_change="freeze")
    northbeam.sync()
    return northbeam


AS_VERSION_4 = """
insert into ledger.payloads
select destination, environment, order_id, run_id, payload from ledger.kept;
drop view ledger.kept;
drop table ledger.steady_members;
alter table ledger.outcomes drop column steady;
delete from ledger.meta where version = 5;
"""


def test_what_an_earlier_version_kept_of_an_order_is_still_sent(frozen):
    before = frozen.held()
    with duckdb.connect() as connection:
        connection.execute(f"attach '{frozen.ledger}' as ledger; {AS_VERSION_4}")
    assert frozen.sync()["requests"] == 0
    for number in (0, 1):  # the second is kept in the new form from then on
        change(frozen, "customer_id = 'another', tax = tax + 1", number)
        assert frozen.sync()["delivered"] == 1
    change(frozen, "customer_id = 'a third', tax = tax + 1", 1)
    assert frozen.sync("--yes")["delivered"] == 1
    after = frozen.held()
    assert [after[key]["customer_id"] for key in sorted(after)] == [
        before[key]["customer_id"] for key in sorted(before)
    ]
    kept = "select count(*), count(distinct order_id) from ledger.payloads"
    assert frozen.remembered(kept) == [(6, 6)], "the form of before is gone where there is a newer"


LONG_AGO = "update ledger.runs set recorded_at = recorded_at - interval 100 days"


def test_what_was_sent_first_outlives_the_history_of_an_order(frozen):
    before = frozen.held()["HB-000000"]
    become(frozen, "cancelled", 0)
    frozen.sync()
    with duckdb.connect() as connection:
        connection.execute(f"attach '{frozen.ledger}' as ledger; {LONG_AGO}")
    change(frozen, "tax = tax + 1", 1)
    frozen.sync()
    outcomes = "select outcome from ledger.deliveries where order_id = 'HB-000000'"
    assert frozen.remembered(outcomes) == [("removed",)]
    become(frozen, "placed", 0)
    change(frozen, "customer_id = 'another'", 0)
    frozen.sync()
    assert frozen.held()["HB-000000"] == before


def test_what_may_have_arrived_is_what_was_sent_first(northbeam):
    northbeam.configure(on_identity_change="freeze", attempts=1)
    northbeam.sandbox.faults(["reset-after"])
    northbeam.run("sync").fails(4)
    northbeam.sandbox.faults([])
    before = northbeam.held()
    assert len(before) == 8
    for number in range(8):
        change(northbeam, "customer_id = 'another'", number)
    assert northbeam.sync("--yes")["in_doubt"] == 8
    assert northbeam.held() == before
