"""What sync promises, on a small warehouse and a real sandbox."""


def test_the_first_sync_delivers_every_order(shop):
    shop.orders(0, 1001)
    summary = shop.sync()
    assert (summary["delivered"], summary["requests"], summary["exit_code"]) == (1001, 2, 0)
    assert shop.sandbox.counts()["orders"] == 1001


def test_a_second_sync_sends_nothing(shop):
    shop.orders(0, 50)
    shop.sync()
    summary = shop.sync()
    assert (summary["unchanged"], summary["requests"]) == (50, 0)


def test_only_edited_new_and_refunded_orders_are_sent(shop):
    shop.orders(0, 50)
    shop.sync()
    shop.orders(50, 51)
    shop.sql("update northbeam__orders set customer_name = 'Else' where order_id = 'order-000003'")
    shop.sql(
        "insert into northbeam__refunds values "
        "('order-000007', 1, 'tea', 1, 5.00, 5.00, timestamptz '2026-02-01 00:00:00+00')"
    )
    summary = shop.sync()
    assert (summary["added"], summary["changed"], summary["unchanged"]) == (1, 2, 48)
    assert [key for key, writes in shop.sandbox.writes().items() if writes > 1] == [
        "order-000003",
        "order-000007",
    ]
