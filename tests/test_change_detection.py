"""Only the content that is sent counts as a change of an order."""

import shutil

import pytest

from tests.shop import Shop, make_shop
from tests.stamped import StampedShop

pytestmark = pytest.mark.untraced

REFUND = """
insert into northbeam__refunds values
($key, 1, 'tea', 1, 5.00, 5.50, timestamptz '2026-02-01 00:00:00+00')
"""
ORDERS = 24
KEY, NEXT = "order-000003", "order-000004"
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
    """How changes are found; the result must not depend on it."""
    return request.param


# For what does not depend on it, or what tests/test_watermark.py proves.
BY_FULL_SCAN = pytest.mark.parametrize("kind", [Shop], indirect=True, ids=["full scan"])


@pytest.fixture
def shop(kind, tmp_path, sandbox):
    return next(make_shop(tmp_path, sandbox, kind))


@pytest.fixture(scope="module")
def delivered_before(kind, tmp_path_factory, sandbox_process):
    """The directory of a shop whose orders, some of them with a refund, were delivered."""
    shop = next(make_shop(tmp_path_factory.mktemp("delivered"), sandbox_process, kind))
    shop.orders(0, ORDERS)
    for number in range(19, 23):
        shop.sql(REFUND, key=f"order-{number:06}")
    assert shop.sync()["delivered"] == ORDERS
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
    """Recreate a table, as dbt does."""
    shop.sql(
        f"create or replace table northbeam__{name} as "
        f"select {columns} from northbeam__{name} order by {order}"
    )


# Not a change.


FORMS = """
    -- other types with the same text
    alter table northbeam__orders alter purchase_total type decimal(30, 2);
    alter table northbeam__orders alter tax type decimal(12, 2);
    alter table northbeam__products alter quantity type bigint;
    alter table northbeam__products alter _position type utinyint;
    alter table northbeam__products alter price type decimal(38, 2);
    alter table northbeam__refunds alter quantity type decimal(12, 0);
    -- new columns without values, and new rows of none
    alter table northbeam__orders add column customer_shipping_address__city varchar;
    alter table northbeam__products add column variant_id varchar;
    alter table northbeam__refunds add column variant_id varchar;
    create table northbeam__alternate_order_ids
        (order_id varchar, _position integer, type varchar, id varchar);
    -- columns that are never sent
    alter table northbeam__orders add column _note varchar default 'x';
    alter table northbeam__orders add column if not exists _changed_at timestamptz default now();
    alter table northbeam__products add column _cost double default 0.5;
    -- other positions in the same order
    update northbeam__products set _position = _position * 10 + 7;
    update northbeam__refunds set _position = 0;
"""
OTHER_FORMS = """
    update northbeam__orders set _note = 'y', _changed_at = now();
    alter table northbeam__orders drop column customer_shipping_address__city;
    alter table northbeam__products drop column variant_id;
    alter table northbeam__refunds drop column variant_id;
    alter table northbeam__refunds rename to old_refunds;
    create view northbeam__refunds as select * from old_refunds order by all desc;
"""
IN_OTHER_ORDER = {
    "orders": "customer_name, tax, * exclude (customer_name, tax) "
    "replace (cast(time_of_purchase::varchar as timestamptz) as time_of_purchase)",
    "products": "price, name, * exclude (price, name)",
    "refunds": "*",
}


def test_another_form_of_the_same_content_is_no_change(delivered):
    """Each variant changes its own columns, so that none can hide another."""
    delivered.sql(FORMS)
    assert_silent(delivered)
    for name, columns in IN_OTHER_ORDER.items():
        rebuilt(delivered, name, columns)
    delivered.sql(OTHER_FORMS)
    assert_silent(delivered)


# A change.


def test_each_kind_of_edit_sends_the_edited_order(delivered):
    """Each edit has its own order, so that a missed one shows."""
    edits = [(name, edit) for name, edits in EDITS.items() for edit in edits]
    keys = [f"order-{number:06}" for number in range(len(edits))]
    changes = [
        f"update northbeam__{name} set {edit} where order_id = '{key}';"
        for key, (name, edit) in zip(keys, edits, strict=True)
    ]
    delivered.sql("".join(changes))
    assert sent(delivered, "--yes") == keys  # nearly all, which a guard would stop
    assert_silent(delivered)


REFUNDED, LONGER, SWAPPED, LEFT, RIGHT, NEW_COLUMN, PRECISE, BACK, UNTOUCHED = (
    f"order-{number:06}" for number in range(9)
)
# Three steps, in each of which every order goes one on.
THERE = f"""
    insert into northbeam__refunds values
        ('{REFUNDED}', 1, 'tea', 1, 5.00, 5.50, timestamptz '2026-02-01 00:00:00+00');
    insert into northbeam__products values
        ('{LONGER}', 2, 'cup', 'Cup', 1, 0.00), ('{LONGER}', 3, 'cup', 'Cup', 1, 0.00),
        ('{SWAPPED}', 2, 'cup', 'Cup', 1, 0.00),
        ('{LEFT}', 2, 'cup', 'Cup', 1, 0.00), ('{RIGHT}', 2, 'pot', 'Pot', 1, 0.00);
    alter table northbeam__orders alter tax type decimal(18, 4);
    update northbeam__orders set customer_name = 'Else' where order_id = '{BACK}';
    update northbeam__orders set tax = 9 where order_id = '{UNTOUCHED}';
"""
ON = f"""
    delete from northbeam__refunds where order_id = '{REFUNDED}';
    delete from northbeam__products where order_id = '{LONGER}' and _position = 3;
    update northbeam__products set _position = 3 - _position where order_id = '{SWAPPED}';
    update northbeam__products
    set id = if(id = 'cup', 'pot', 'cup'), name = if(id = 'cup', 'Pot', 'Cup')
    where _position = 2 and order_id in ('{LEFT}', '{RIGHT}');
    alter table northbeam__orders add column is_recurring_order boolean;
    update northbeam__orders set is_recurring_order = true where order_id = '{NEW_COLUMN}';
    update northbeam__orders set tax = 2.0004 where order_id = '{PRECISE}';
    update northbeam__orders set customer_name = 'Some One' where order_id = '{BACK}';
"""
AND_BACK = f"""
    delete from northbeam__products where order_id = '{LONGER}' and _position = 2;
    update northbeam__orders set customer_name = 'Else' where order_id = '{BACK}';
"""


def test_what_comes_goes_moves_or_goes_back_is_sent_each_time(delivered):
    delivered.sql(THERE)
    delivered.sql(f"update northbeam__orders set tax = 2 where order_id = '{UNTOUCHED}'")
    assert sent(delivered) == [REFUNDED, LONGER, SWAPPED, LEFT, RIGHT, BACK]
    assert_silent(delivered)
    delivered.sql(ON)
    moved = [REFUNDED, LONGER, SWAPPED, LEFT, RIGHT]
    assert sent(delivered) == [*moved, NEW_COLUMN, PRECISE, BACK]
    (order,) = [each for each in delivered.sandbox.orders() if each["order_id"] == REFUNDED]
    assert "refunds" not in order
    delivered.sql(AND_BACK)
    assert sent(delivered) == [LONGER, BACK]
    assert_silent(delivered)


# Removed orders.


def remove(shop, *keys: str) -> None:
    names = ("orders", "products", "refunds")
    deletes = [f"delete from northbeam__{name} where order_id in $keys;" for name in names]
    shop.sql("".join(deletes), keys=keys)


def test_a_removed_order_is_left_as_it_is_and_one_that_comes_back_goes_only_when_it_changed(
    delivered,
):
    away, same, changed = KEY, "order-000004", "order-000005"
    remove(delivered, away, same, changed)
    summary = delivered.sync()
    assert (summary["removed"], summary["orders"], summary["requests"]) == (3, ORDERS - 3, 0)
    assert delivered.sandbox.counts()["requests"] == 0
    assert delivered.sync()["removed"] == 3
    delivered.orders(4, 6)
    delivered.sql(f"update northbeam__orders set tax = 9 where order_id = '{changed}'")
    assert sent(delivered) == [changed]
    assert delivered.plan()["removed"] == 1


# Some of the orders.


@BY_FULL_SCAN
def test_orders_that_are_named_go_alone_and_unchanged_ones_with_full_only(delivered):
    assert_silent(delivered, "--order-id", KEY)
    assert sent(delivered, "--order-id", KEY, "--full") == [KEY]
    before = delivered.sandbox.counts()["requests"]
    delivered.run("sync", "--order-id", "order-99").fails(2, "'order-99' is not in the view")
    assert delivered.sandbox.counts()["requests"] == before
    delivered.sql(f"update northbeam__orders set tax = 9 where order_id in ('{KEY}', '{NEXT}')")
    assert sent(delivered, "--order-id", KEY, "--order-id", KEY) == [KEY]
    assert sent(delivered) == [NEXT]
    delivered.sql(f"update northbeam__orders set currency = 'XXX' where order_id = '{KEY}'")
    again = sent(delivered, "--full")
    assert len(again) == ORDERS - 1
    assert KEY not in again


@BY_FULL_SCAN
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


@BY_FULL_SCAN
def test_a_refused_order_waits_until_its_content_changes(poisoned):
    before = poisoned.sandbox.counts()["requests"]
    summary = poisoned.sync()
    assert (summary["refused_before"], summary["unchanged"], summary["exit_code"]) == (2, 18, 1)
    assert poisoned.sandbox.counts()["requests"] == before
    change = f"update northbeam__orders set tax = $tax where order_id = '{KEY}'"
    poisoned.sql(change, tax=9)
    summary = poisoned.sync()
    assert summary["refused"] == 1
    runs = {each["order_id"]: each["run_id"] for each in errors(poisoned)}
    assert runs == {KEY: summary["run_id"], NEXT: 1}
    poisoned.sandbox.poison()
    poisoned.sql("update northbeam__products set _position = 9")  # another fingerprint, no more
    assert sent(poisoned) == []
    poisoned.sql(change, tax=8)
    assert sent(poisoned) == [KEY]
    assert poisoned.sync()["refused_before"] == 1


def errors(shop) -> list[dict]:
    return shop.run("errors", "--output", "json").json()


def retry(shop, *arguments: str) -> tuple[int, ...]:
    """Retry, and return how many were delivered, refused again and left refused."""
    summary = shop.run("retry", "northbeam", *arguments, "--output", "json").summary()
    left = summary["refused"] + summary["refused_before"]
    assert summary["exit_code"] == (1 if left else 0)
    return summary["delivered"], summary["refused"], summary["refused_before"]


@BY_FULL_SCAN
def test_retry_sends_dead_letters_and_nothing_else(poisoned):
    poisoned.sql("update northbeam__orders set tax = 9 where order_id = 'order-000009'")
    assert retry(poisoned, "--all") == (0, 2, 0)
    assert len(errors(poisoned)) == 2
    poisoned.sandbox.poison()
    poisoned.run("retry", "northbeam", "--order-id", "order-000009").fails(2, "order-000009")
    assert retry(poisoned, "--order-id", KEY) == (1, 0, 1)
    assert retry(poisoned, "--all") == (1, 0, 0)
    assert poisoned.sandbox.writes() == {KEY: 1, NEXT: 1}
    assert errors(poisoned) == []
    assert sent(poisoned) == ["order-000009"]
    assert_silent(poisoned)


@BY_FULL_SCAN
def test_retry_of_all_leaves_dead_letters_alone_that_are_gone_from_the_view(poisoned):
    poisoned.sandbox.poison()
    remove(poisoned, KEY)
    assert retry(poisoned, "--all") == (1, 0, 0)


@BY_FULL_SCAN
def test_an_order_that_goes_back_to_what_was_delivered_is_no_dead_letter(delivered):
    delivered.sandbox.poison(named=KEY)
    delivered.sql(f"update northbeam__orders set tax = 9 where order_id = '{KEY}'")
    assert delivered.sync()["refused"] == 1
    delivered.sql(f"update northbeam__orders set tax = 2 where order_id = '{KEY}'")
    summary = delivered.sync()
    assert (summary["unchanged"], summary["exit_code"]) == (ORDERS, 0)
    assert errors(delivered) == []
    assert delivered.run("status", "--output", "json").json()[0]["refused"] == 0


# Invalid orders.


@BY_FULL_SCAN
def test_an_invalid_order_stays_behind_or_as_it_was_until_it_is_put_right(shop):
    shop.orders(0, 20)
    shop.sql(f"update northbeam__orders set currency = 'XXX' where order_id = '{KEY}'")
    summary = shop.sync()
    assert (summary["delivered"], summary["invalid"], summary["exit_code"]) == (19, 1, 1)
    assert shop.sync()["invalid"] == 1
    shop.sql(f"update northbeam__orders set currency = 'GBP' where order_id = '{KEY}'")
    assert sent(shop) == [KEY]
    assert errors(shop) == []
    shop.sql(f"update northbeam__orders set tax = -1 where order_id = '{KEY}'")
    assert sent(shop) == []
    assert shop.sync()["invalid"] == 1
    shop.sql(f"update northbeam__orders set tax = 2 where order_id = '{KEY}'")
    assert_silent(shop)
