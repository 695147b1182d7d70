"""A plan gives the reasons why delivered orders are sent again, before anything is sent."""

import duckdb

from tests.shop import Shop
from tests.test_yespo_delivery import CONFIG, VIEWS

ORDERS = 1_200  # more than the ledger has samples of
# As an earlier version of the connector would have written the same orders.
OTHER_FORM = "update outcomes set payload_md5 = payload_md5 + 1, row_hash = row_hash + 1"


def kinds(shop: Shop, *arguments: str) -> dict[str, dict]:
    return {reason["kind"]: reason for reason in shop.plan(*arguments)["again"]}


def remembered(shop: Shop, sql: str) -> None:
    with duckdb.connect(str(shop.ledger)) as connection:
        connection.execute(sql)


def test_what_a_new_version_would_send_again_is_told_by_reason(shop):
    shop.orders(0, ORDERS)
    shop.sync()
    remembered(shop, OTHER_FORM)
    told = kinds(shop)
    assert list(told) == ["rendering"]
    assert (told["rendering"]["orders"], told["rendering"]["is_estimate"]) == (ORDERS, True)
    assert "the connector, a contract or a setting has changed" in told["rendering"]["message"]
    shop.sql("update northbeam__orders set customer_id = customer_id || '-new' where tax = 2")
    shop.sql("update northbeam__products set price = 6 where order_id < 'order-000300'")
    told = kinds(shop)
    assert list(told) == ["ids", "money"]
    assert (told["ids"]["orders"], told["ids"]["columns"]) == (ORDERS, ["customer_id"])
    assert abs(told["money"]["orders"] - 300) < 60
    assert told["money"]["message"].startswith(
        f"about {told['money']['orders']:,} of 1,200 changed"
    )
    assert "0 have another purchase_total" in told["money"]["message"]
    assert "sent again: about 1,200 of 1,200 changed orders have other ids" in shop.run("plan").out


def test_numbers_are_exact_where_all_orders_are_in_the_sample(shop):
    shop.orders(0, 30)
    shop.sync()
    shop.sql("update northbeam__orders set customer_name = 'New' where order_id < 'order-000007'")
    (reason,) = shop.plan()["again"]
    assert (reason["kind"], reason["orders"], reason["is_estimate"]) == ("values", 7, False)
    assert reason["message"] == "7 of 7 changed orders have other values: customer_name"
    remembered(shop, "delete from samples")
    (reason,) = shop.plan()["again"]
    assert (reason["kind"], reason["orders"]) == ("unknown", 7)


def test_a_status_is_told_apart_from_other_values(shop):
    shop.sql(VIEWS.replace("DELIVERED", "IN_PROGRESS"))
    shop.write(CONFIG.format(url=shop.sandbox.url))
    assert shop.sync()["delivered"] == 16
    key = '"externalOrderId"'
    shop.sql(f"update yespo__orders set status = 'DELIVERED' where {key} = 'order-3'")
    shop.sql(f"update yespo__orders set email = 'new@mail.example' where {key} = 'order-2'")
    told = kinds(shop)
    assert (told["status"]["orders"], told["values"]["columns"]) == (1, ["email"]), told
