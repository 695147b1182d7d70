"""What counts as a change: the content of an order as it is sent, and nothing else."""

import shutil

import pytest

from tests.shop import Shop, make_shop
from tests.stamped import StampedShop

pytestmark = pytest.mark.untraced

REFUND = """
insert into northbeam__refunds values
($key, 1, 'tea', 1, 5.00, 5.50, timestamptz '2026-02-01 00:00:00+00')
"""
KEY = "order-000003"
POISON = "order-00000[34]"


EDITS = {
    "orders": [
        "customer_id = 'customer-x'",
        "time_of_purchase = time_of_purchase + interval 1 second",
        "currency = 'EUR'",
        "purchase_total = 12.51",
        "tax = 2.01",
        "shipping_cost = 0.00",
        "discount_codes = ['SPRING']",
        "order_tags = []",
        "order_tags = ['channel:web', 'gift']",
        "customer_email = 'else@mail.example'",
        "customer_email = null",
        "customer_name = 'Some Öne'",
        "customer_name = 'some one'",
        "customer_name = 'Some One '",
        "tax = shipping_cost, shipping_cost = tax",
    ],
    "products": ["id = 'coffee'", "name = 'Coffee'", "quantity = 3", "price = 5.01"],
    "refunds": [
        "quantity = 2",
        "refund_amount = 4.99",
        "refund_cost = 5.00",
        "refund_made_at = timestamptz '2026-02-01 00:00:01+00'",
    ],
}


@pytest.fixture(scope="module", params=[Shop, StampedShop], ids=["full scan", "watermark"])
def kind(request):
    """How changes are found: what is sent must not depend on it."""
    return request.param


@pytest.fixture
def shop(kind, tmp_path, sandbox):
    return next(make_shop(tmp_path, sandbox, kind))


@pytest.fixture(scope="module")
def delivered_before(kind, tmp_path_factory, sandbox_process):
    """The directory of a shop whose twenty orders, eight of them with a refund, were delivered."""
    shop = next(make_shop(tmp_path_factory.mktemp("delivered"), sandbox_process, kind))
    shop.orders(0, 20)
    for number in range(10, 18):
        shop.sql(REFUND, key=f"order-{number:06}")
    assert shop.sync()["delivered"] == 20
    return shop.directory


@pytest.fixture
def delivered(kind, delivered_before, tmp_path, sandbox):
    """A copy of that shop; the sandbox remembers only what is sent from now on."""
    return kind(shutil.copytree(delivered_before, tmp_path / "shop"), sandbox)


def sent(shop, *arguments: str) -> list[str]:
    """Sync and return the ids of the orders that were written once more."""
    before = shop.sandbox.writes()
    summary = shop.sync(*arguments)
    assert summary["exit_code"] in {0, 1}, summary
    after = shop.sandbox.writes()
    twice = [key for key, writes in after.items() if writes > before.get(key, 0) + 1]
    assert not twice, f"sent twice in one run: {twice}"
    return sorted(key for key, writes in after.items() if writes > before.get(key, 0))


def assert_silent(shop, *arguments: str) -> None:
    """Sync and check that no request was made."""
    before = shop.sandbox.counts()["requests"]
    summary = shop.sync(*arguments)
    assert (summary["exit_code"], summary["requests"]) == (0, 0), summary
    assert shop.sandbox.counts()["requests"] == before


def rebuilt(shop, name: str, columns: str = "*", order: str = "random()") -> None:
    """Make a table anew, as dbt does."""
    shop.sql(
        f"create or replace table northbeam__{name} as "
        f"select {columns} from northbeam__{name} order by {order}"
    )


# What is no change.


def test_a_rebuilt_view_is_no_change(delivered):
    for name in ("orders", "products", "refunds"):
        delivered.sql(
            f"alter table northbeam__{name} rename to old_{name};"
            f"create view northbeam__{name} as select * from old_{name} order by all desc"
        )
    assert_silent(delivered)


def test_rows_in_another_order_are_no_change(delivered):
    for name in ("orders", "products", "refunds"):
        rebuilt(delivered, name)
    assert_silent(delivered)


def test_columns_in_another_order_are_no_change(delivered):
    rebuilt(delivered, "orders", "customer_name, tax, * exclude (customer_name, tax)")
    rebuilt(delivered, "products", "price, name, * exclude (price, name)")
    assert_silent(delivered)


def test_other_types_with_the_same_text_are_no_change(delivered):
    for column, kind in {
        "orders alter purchase_total": "decimal(30, 2)",
        "orders alter tax": "decimal(12, 2)",
        "products alter quantity": "bigint",
        "products alter _position": "utinyint",
        "products alter price": "decimal(38, 2)",
        "refunds alter quantity": "decimal(12, 0)",
    }.items():
        delivered.sql(f"alter table northbeam__{column} type {kind}")
    assert_silent(delivered)


def test_new_columns_without_values_are_no_change(delivered):
    columns = {
        "orders": "customer_shipping_address__city varchar",
        "products": "variant_id varchar",
        "refunds": "variant_id varchar",
    }
    for name, column in columns.items():
        delivered.sql(f"alter table northbeam__{name} add column {column}")
    assert_silent(delivered)
    for name, column in columns.items():
        delivered.sql(f"alter table northbeam__{name} drop column {column.split()[0]}")
    assert_silent(delivered)


def test_a_new_child_view_without_rows_is_no_change(delivered):
    delivered.sql(
        "create table northbeam__alternate_order_ids "
        "(order_id varchar, _position integer, type varchar, id varchar)"
    )
    assert_silent(delivered)


def test_a_column_that_is_never_sent_is_no_change(delivered):
    delivered.sql("alter table northbeam__orders add column _note varchar default 'x'")
    delivered.sql("alter table northbeam__orders add column _changed_at timestamptz default now()")
    delivered.sql("alter table northbeam__products add column _cost double default 0.5")
    assert_silent(delivered)
    delivered.sql("update northbeam__orders set _note = 'y', _changed_at = now()")
    assert_silent(delivered)


def test_other_positions_in_the_same_order_are_no_change(delivered):
    delivered.sql("update northbeam__products set _position = _position * 10 + 7")
    delivered.sql("update northbeam__refunds set _position = 0")
    assert_silent(delivered)


def test_the_same_moment_in_another_time_zone_is_no_change(delivered):
    rebuilt(
        delivered,
        "orders",
        "* replace (cast(time_of_purchase::varchar as timestamptz) as time_of_purchase)",
    )
    assert_silent(delivered)


def test_nothing_is_rendered_again_once_it_proved_unchanged(delivered):
    """The second sync after a rebuild reads fingerprints only, which is what makes it quick."""
    delivered.sql("update northbeam__products set _position = 5")
    assert_silent(delivered)
    assert_silent(delivered)


# What is a change.


@pytest.mark.parametrize(("name", "first"), [("orders", 0), ("products", 3), ("refunds", 10)])
def test_each_kind_of_edit_sends_the_edited_order(delivered, name, first):
    """Each edit has an order of its own, so one that is missed shows."""
    keys = [f"order-{number:06}" for number in range(first, first + len(EDITS[name]))]
    for key, change in zip(keys, EDITS[name], strict=True):
        delivered.sql(f"update northbeam__{name} set {change} where order_id = '{key}'")
    assert sent(delivered) == keys
    assert_silent(delivered)


def test_a_late_refund_is_sent_and_so_is_its_removal(delivered):
    delivered.sql(REFUND, key=KEY)
    assert sent(delivered) == [KEY]
    delivered.sql(f"delete from northbeam__refunds where order_id = '{KEY}'")
    assert sent(delivered) == [KEY]
    (order,) = [order for order in delivered.sandbox.orders() if order["order_id"] == KEY]
    assert "refunds" not in order


def test_a_new_line_and_its_removal_are_sent(delivered):
    delivered.sql(
        f"insert into northbeam__products values ('{KEY}', 2, 'cup', 'Cup', 1, 0.00), "
        f"('{KEY}', 3, 'cup', 'Cup', 1, 0.00)"
    )
    assert sent(delivered) == [KEY]
    delivered.sql(f"delete from northbeam__products where order_id = '{KEY}' and _position = 3")
    assert sent(delivered) == [KEY]
    delivered.sql(f"delete from northbeam__products where order_id = '{KEY}' and _position = 2")
    assert sent(delivered) == [KEY]


def test_lines_that_change_places_are_sent(delivered):
    delivered.sql(f"insert into northbeam__products values ('{KEY}', 2, 'cup', 'Cup', 1, 0.00)")
    delivered.sync()
    delivered.sql(
        f"update northbeam__products set _position = 3 - _position where order_id = '{KEY}'"
    )
    assert sent(delivered) == [KEY]


def test_a_line_that_moves_to_another_order_changes_both(delivered):
    delivered.sql(
        "insert into northbeam__products values "
        f"('{KEY}', 2, 'cup', 'Cup', 1, 0.00), ('order-000004', 2, 'pot', 'Pot', 1, 0.00)"
    )
    delivered.sync()
    delivered.sql(
        "update northbeam__products set id = case id when 'cup' then 'pot' else 'cup' end, "
        "name = case id when 'cup' then 'Pot' else 'Cup' end where _position = 2"
    )
    assert sent(delivered) == [KEY, "order-000004"]


def test_a_new_column_with_values_is_sent_for_the_orders_that_have_one(delivered):
    delivered.sql("alter table northbeam__orders add column is_recurring_order boolean")
    delivered.sql(
        f"update northbeam__orders set is_recurring_order = true where order_id = '{KEY}'"
    )
    assert sent(delivered) == [KEY]


def test_more_decimals_alone_are_the_same_number(delivered):
    delivered.sql("alter table northbeam__orders alter tax type decimal(18, 4)")
    assert_silent(delivered)
    delivered.sql(f"update northbeam__orders set tax = 2.0004 where order_id = '{KEY}'")
    assert sent(delivered) == [KEY]


def test_an_order_that_goes_back_to_what_it_was_is_sent_each_time(delivered):
    for name in ("Else", "Some One", "Else"):
        delivered.sql(
            f"update northbeam__orders set customer_name = '{name}' where order_id = '{KEY}'"
        )
        assert sent(delivered) == [KEY]
        assert_silent(delivered)


def test_an_order_that_went_and_came_back_between_two_runs_is_no_change(delivered):
    delivered.sql(f"update northbeam__orders set tax = 9 where order_id = '{KEY}'")
    delivered.sql(f"update northbeam__orders set tax = 2 where order_id = '{KEY}'")
    assert_silent(delivered)


# Removed orders.


def remove(shop, key: str) -> None:
    for name in ("orders", "products", "refunds"):
        shop.sql(f"delete from northbeam__{name} where order_id = '{key}'")


def test_a_removed_order_is_counted_and_left_as_it_is(delivered):
    remove(delivered, KEY)
    summary = delivered.sync()
    assert (summary["removed"], summary["orders"], summary["requests"]) == (1, 19, 0)
    assert delivered.sandbox.counts()["requests"] == 0
    assert delivered.sync()["removed"] == 1


def test_a_removed_order_that_comes_back_unchanged_is_not_sent(delivered):
    remove(delivered, KEY)
    delivered.sync()
    delivered.orders(3, 4)
    assert_silent(delivered)


def test_a_removed_order_that_comes_back_changed_is_sent(delivered):
    remove(delivered, KEY)
    delivered.sync()
    delivered.orders(3, 4)
    delivered.sql(f"update northbeam__orders set tax = 9 where order_id = '{KEY}'")
    assert sent(delivered) == [KEY]


# A part of the orders.


def test_full_sends_every_valid_order_again(delivered):
    delivered.sql(f"update northbeam__orders set currency = 'XXX' where order_id = '{KEY}'")
    again = sent(delivered, "--full")
    assert len(again) == 19
    assert KEY not in again


def test_a_limit_takes_the_oldest_and_the_rest_goes_later(shop):
    shop.orders(0, 20)
    shop.sql(
        "update northbeam__orders set time_of_purchase = '2025-12-01' where order_id = $key",
        key=KEY,
    )
    assert sent(shop, "--limit", "3") == ["order-000000", "order-000001", KEY]
    assert shop.plan()["added"] == 17
    assert len(sent(shop, "--limit", "100")) == 17
    assert_silent(shop, "--limit", "3")


def test_one_order_is_sent_and_the_others_go_later(delivered):
    delivered.sql(
        "update northbeam__orders set tax = 9 where order_id in ('order-000003', 'order-000004')"
    )
    assert sent(delivered, "--order-id", KEY) == [KEY]
    assert sent(delivered) == ["order-000004"]


def test_an_order_that_is_named_twice_is_sent_once(delivered):
    delivered.sql(f"update northbeam__orders set tax = 9 where order_id = '{KEY}'")
    assert sent(delivered, "--order-id", KEY, "--order-id", KEY) == [KEY]


def test_an_unchanged_order_is_sent_again_only_with_full(delivered):
    assert_silent(delivered, "--order-id", KEY)
    assert sent(delivered, "--order-id", KEY, "--full") == [KEY]


def test_an_order_that_is_not_in_the_view_is_named(delivered):
    before = delivered.sandbox.counts()["requests"]
    delivered.run("sync", "--order-id", "order-99").fails(2, "'order-99' is not in the view")
    assert delivered.sandbox.counts()["requests"] == before


# Refused orders.


@pytest.fixture(scope="module")
def poisoned_before(kind, tmp_path_factory, sandbox_process):
    """The directory of a shop of twenty orders, two of which the destination refused."""
    shop = next(make_shop(tmp_path_factory.mktemp("poisoned"), sandbox_process, kind))
    shop.orders(0, 10)
    shop.orders(10, 20)
    sandbox_process.poison(named=POISON)
    summary = shop.sync()
    sandbox_process.poison()
    assert (summary["delivered"], summary["refused"], summary["exit_code"]) == (18, 2, 1)
    return shop.directory


@pytest.fixture
def poisoned(kind, poisoned_before, tmp_path, sandbox):
    """A copy of that shop, whose sandbox still refuses the two."""
    sandbox.poison(named=POISON)
    return kind(shutil.copytree(poisoned_before, tmp_path / "shop"), sandbox)


def test_a_refused_order_waits_until_its_content_changes(poisoned):
    before = poisoned.sandbox.counts()["requests"]
    summary = poisoned.sync()
    assert (summary["refused_before"], summary["unchanged"], summary["exit_code"]) == (2, 18, 1)
    assert poisoned.sandbox.counts()["requests"] == before
    poisoned.sandbox.poison()
    assert sent(poisoned) == []
    poisoned.sql(f"update northbeam__orders set tax = 9 where order_id = '{KEY}'")
    assert sent(poisoned) == [KEY]
    assert poisoned.sync()["refused_before"] == 1


def test_a_refused_order_stays_refused_when_only_its_fingerprint_changes(poisoned):
    poisoned.sandbox.poison()
    poisoned.sql("update northbeam__products set _position = 9")
    assert sent(poisoned) == []
    assert poisoned.sync()["refused_before"] == 2


def test_a_changed_order_that_is_refused_again_is_told_with_the_new_run(poisoned):
    poisoned.sql(f"update northbeam__orders set tax = 9 where order_id = '{KEY}'")
    assert poisoned.sync()["refused"] == 1
    rows = {row["order_id"]: row for row in poisoned.run("errors", "--output", "json").json()}
    assert (rows[KEY]["run_id"], rows["order-000004"]["run_id"]) == (2, 1)
    assert poisoned.sync()["refused_before"] == 2


def test_retry_sends_every_dead_letter(poisoned):
    poisoned.sandbox.poison()
    result = poisoned.run("retry", "northbeam", "--all", "--output", "json")
    summary = result.summary()
    assert (summary["delivered"], summary["requests"], result.code) == (2, 1, 0)
    assert poisoned.run("errors", "--output", "json").json() == []
    assert_silent(poisoned)


def test_retry_of_all_leaves_dead_letters_alone_that_are_gone_from_the_view(poisoned):
    poisoned.sandbox.poison()
    remove(poisoned, KEY)
    result = poisoned.run("retry", "northbeam", "--all", "--output", "json")
    assert (result.summary()["delivered"], result.code) == (1, 0)


def test_retry_sends_one_dead_letter(poisoned):
    poisoned.sandbox.poison()
    result = poisoned.run("retry", "northbeam", "--order-id", KEY, "--output", "json")
    summary = result.summary()
    assert (summary["delivered"], summary["refused_before"], result.code) == (1, 1, 1)
    assert poisoned.sandbox.writes()[KEY] == 1


def test_a_dead_letter_that_is_refused_again_stays_one(poisoned):
    summary = poisoned.run("retry", "northbeam", "--all", "--output", "json").summary()
    assert (summary["refused"], summary["delivered"], summary["exit_code"]) == (2, 0, 1)
    assert poisoned.sync()["refused_before"] == 2
    assert len(poisoned.run("errors", "--output", "json").json()) == 2


def test_retry_sends_no_order_that_was_not_refused(poisoned):
    poisoned.sandbox.poison()
    poisoned.sql("update northbeam__orders set tax = 9 where order_id = 'order-000009'")
    poisoned.run("retry", "northbeam", "--all")
    assert "order-000009" not in poisoned.sandbox.writes()
    poisoned.run("retry", "northbeam", "--order-id", "order-000009").fails(2, "order-000009")
    assert "order-000009" not in poisoned.sandbox.writes()


def test_an_order_that_goes_back_to_what_was_delivered_is_no_dead_letter(delivered):
    delivered.sandbox.poison(named=KEY)
    delivered.sql(f"update northbeam__orders set tax = 9 where order_id = '{KEY}'")
    assert delivered.sync()["refused"] == 1
    delivered.sql(f"update northbeam__orders set tax = 2 where order_id = '{KEY}'")
    summary = delivered.sync()
    assert (summary["unchanged"], summary["exit_code"]) == (20, 0)
    assert delivered.run("errors", "--output", "json").json() == []
    assert delivered.run("status", "--output", "json").json()[0]["refused"] == 0


# Invalid orders.


def test_an_invalid_order_stays_behind_until_it_is_put_right(shop):
    shop.orders(0, 20)
    shop.sql(f"update northbeam__orders set currency = 'XXX' where order_id = '{KEY}'")
    summary = shop.sync()
    assert (summary["delivered"], summary["invalid"], summary["exit_code"]) == (19, 1, 1)
    assert shop.sync()["invalid"] == 1
    shop.sql(f"update northbeam__orders set currency = 'GBP' where order_id = '{KEY}'")
    assert sent(shop) == [KEY]
    assert shop.run("errors", "--output", "json").json() == []


def test_a_delivered_order_that_becomes_invalid_is_left_as_it_was(delivered):
    delivered.sql(f"update northbeam__orders set tax = -1 where order_id = '{KEY}'")
    assert sent(delivered) == []
    assert delivered.sync()["invalid"] == 1
    delivered.sql(f"update northbeam__orders set tax = 2 where order_id = '{KEY}'")
    assert_silent(delivered)
