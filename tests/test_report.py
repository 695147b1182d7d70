"""The report is one file with the page's contents, and no customer data unless asked for."""

import re

from tests.shop import Shop


def run_once(shop: Shop) -> None:
    shop.configure(attempts=1)
    shop.orders(0, 12)
    shop.sql("update northbeam__orders set currency = 'dollar' where order_id = 'order-000003'")
    shop.sync()


def test_a_report_holds_all_and_needs_nothing_beside_it(shop):
    run_once(shop)
    path = shop.directory / "report.html"
    assert shop.run("report", "--output", str(path)).out == f"{path}\n"
    text = path.read_text()
    for told in ("currency.enum", "order-000003", "delivered", "Orders a day", "customer_email"):
        assert told in text
    assert not re.findall(
        r"<(?:script|link|img|iframe)\b|(?:href|src)=|@import|url\((?!\"data:)", text
    )
    assert "mail.example" not in text
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.stat().st_size < 200_000


def test_customer_data_is_in_it_only_if_it_is_asked_for(shop):
    run_once(shop)
    path = shop.directory / "report.html"
    shop.run("report", "northbeam", "--include-payloads", "--output", str(path))
    assert path.read_text().count("someone3@mail.example") == 1
    assert "someone4@mail.example" not in path.read_text()


def test_a_report_tells_what_is_missing(shop):
    path = shop.directory / "report.html"
    shop.warehouse.unlink()
    assert shop.run("report", "--output", str(path)).code == 0
    assert "does not exist" in path.read_text()
    assert "No run in these days" in path.read_text()
    there = str(shop.directory / "nowhere" / "report.html")
    shop.run("report", "--output", there).fails(2, "cannot be written", "--output")
