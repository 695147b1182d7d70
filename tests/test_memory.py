"""How much memory a run takes: what its orders need, without unexpected failures."""

import pytest

LINES = 24  # of an order, near the number from which on lists are sorted


@pytest.mark.untraced
def test_orders_with_many_lines_are_sent_within_a_small_limit_or_the_setting_is_named(shop):
    """As two accounts of a wholesale shop do, which share the usual limit."""
    shop.orders(0, 8_000)
    shop.sql(
        "insert into northbeam__products select lines.* replace (_position + n * 100 as _position) "
        f"from northbeam__products as lines, range(1, {LINES}) as numbers (n)"
    )
    shop.configure()
    settings = (shop.directory / "connector.yml").read_text()
    shop.write(f"memory_limit: 50MB\n{settings}")
    shop.run("sync").fails(2, "MiB of memory", "raise `memory_limit:`")
    shop.write(f"memory_limit: 100MB\n{settings}")
    assert shop.sync("--yes")["exit_code"] == 0
    assert shop.sandbox.counts()["orders"] == 8_000
