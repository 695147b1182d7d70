"""What every destination that can be read back must do: tampering is found."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.conformance.examples import CONTRACTS, examples
from tests.conformance.shop import BARE, PLAIN, DestinationShop, plant
from tests.sandbox_process import sandbox

pytestmark = pytest.mark.untraced

READ = [name for name, each in CONTRACTS.items() if each.read_back and each.read_back.request]


@pytest.fixture(scope="module", params=READ)
def place(request: pytest.FixtureRequest, tmp_path_factory) -> Iterator[DestinationShop]:
    contract = CONTRACTS[request.param]
    secrets = plant(contract)
    options = [f"--setting={name}={secrets.get(name, PLAIN)}" for name in contract.settings]
    with sandbox(*options) as running:
        directory = tmp_path_factory.mktemp(contract.destination)
        shop = DestinationShop(directory, running.at(contract.destination), examples(contract))
        shop.make()
        yield shop


@pytest.fixture
def shop(place: DestinationShop) -> DestinationShop:
    place.forget()
    place.sandbox.giving()
    place.configure(attempts=2)
    return place


def verify(shop: DestinationShop, code: int, *arguments: str) -> dict[str, Any]:
    result = shop.run("--quiet", "verify", "--output", "json", *arguments)
    assert result.code == code, result.out + result.err
    (found,) = result.json()
    return found


def test_what_was_sent_is_found_as_it_was_sent(shop):
    """A field that no row has is not comparable, and never different."""
    shop.orders(0, 10)
    shop.sync()
    member = shop.contract.read_back.fields[amount(shop)]
    shop.sandbox.giving(hides=[member])
    found = verify(shop, 0)
    assert (found["not_comparable"], found["equal"]) == ({amount(shop): 10}, 10)
    shop.sandbox.giving()
    found = verify(shop, 0)
    assert (found["orders"], found["equal"], found["missing"]) == (10, 10, 0)
    assert all(
        (row["orders_here"], row["amount_here"]) == (row["orders_there"], row["amount_there"])
        for row in found["totals"]
    )
    # Orders that the ledger does not expect yet are not missing.
    shop.orders(10, 12)
    shop.update(shop.contract.orders, amount(shop), "1.25", 0)
    found = verify(shop, 0)
    assert (found["orders"], found["equal"], found["not_sent"]) == (12, 9, 3)
    assert found["findings"] == []


def amount(shop: DestinationShop) -> str:
    assert shop.contract.amount
    return shop.contract.amount


def kinds(found: dict[str, Any]) -> dict[str, set[str]]:
    listed: dict[str, set[str]] = {}
    for row in found["findings"]:
        listed.setdefault(row["kind"], set()).add(row["order_id"])
    return listed


def test_a_time_that_was_moved_is_different_and_not_missing(shop):
    shop.orders(0, 3)
    shop.sync()
    shop.sandbox.change(shop.key(0), **{shop.contract.order_by: "2026-03-02T10:00:00Z"})
    found = verify(shop, 1, "--from", "2026-03", "--to", "2026-03")
    (moved,) = found["findings"]
    assert (moved["kind"], moved["field"]) == ("different", shop.contract.order_by)
    assert moved["there"].startswith("2026-03-02")
    assert (found["equal"], found["missing"], found["days"]) == (2, 0, 33)


def test_nobody_can_tell_what_was_cut_off(shop):
    """By a count that says so, or by reaching the most rows that an answer has."""
    most = shop.contract.read_back.request.most_rows
    orders = most + 1 if most else 10
    shop.orders(0, orders, BARE)
    shop.sync()
    shop.sandbox.delete(shop.key(0))
    shop.sandbox.giving(most_rows=most or 5)
    found = verify(shop, 7)
    left = 1 if most else 5
    assert (found["cannot_tell"], found["missing"]) == (left, 0)
    assert (found["equal"], found["days_cut_off"]) == (orders - left, 1)
    assert ("may end there" if most else "9 rows were counted") in found["problems"][0]["problem"]


def meddle(shop: DestinationShop) -> dict[str, set[str]]:
    """Delete, change, add and double orders at the destination; returns what is wrong then."""
    key, sandbox, time = shop.key, shop.sandbox, shop.contract.order_by
    sandbox.delete(key(1))
    sandbox.change(key(2), **{amount(shop): 1.25})
    sandbox.add(key(3), **{shop.contract.key: key(7)})  # which is cancelled
    sandbox.add(key(3), **{shop.contract.key: "elsewhere"})
    wrong = {"missing": {key(1)}, "different": {key(2)}, "unexpected": {key(7)}}
    if shop.contract.read_back.several:  # twice at once, once far away, and one that is cancelled
        sandbox.add(key(4), **{time: "2026-03-14T23:42:08Z", amount(shop): 99.5})
        sandbox.add(key(4), **{time: "2026-03-13T10:00:00Z"})
        sandbox.add(key(5), **{time: "2026-03-12T10:00:00Z"})
        sandbox.add(key(3), **{shop.contract.key: key(7), time: "2026-03-14T10:00:00Z"})
        wrong["double"] = {key(4), key(5)}
        sandbox.delete(key(6))  # which stands there at another time instead
        sandbox.add(key(3), **{shop.contract.key: key(6), time: "2026-03-14T10:00:00Z"})
        wrong["different"].add(key(6))
    return wrong


def test_what_was_done_behind_our_back_is_found_and_repaired(shop):
    """By sending as usual; foreign orders and those that left the view stay."""
    shop.orders(0, 10)
    shop.update(shop.contract.orders, "_lifecycle", "'cancelled'", 7)
    shop.sync()
    key, writes = shop.key, shop.sandbox.counts()["writes"]
    several = shop.contract.read_back.several
    wrong = meddle(shop)
    shop.remove(9)
    wrong["unexpected"].add(key(9))
    found = verify(shop, 1, "--repair", "--from", "2026-03-12")
    assert kinds(found) == {**wrong, "other": {"elsewhere"}}
    assert [found[each] for each in ("orders", "other_sources", "beyond_repair")] == [8, 1, 0]
    changed = next(row for row in found["findings"] if row["order_id"] == key(2))
    assert (changed["field"], changed["there"]) == (amount(shop), "1.25")
    assert changed["here"] not in ("1.25", found["totals"][0]["amount_here"])
    twice = {row["order_id"]: row["there"] for row in found["findings"] if row["kind"] == "double"}
    assert twice == ({key(4): "3", key(5): "2"} if several else {})
    assert found["equal"] == (3 if several else 6)
    repair = found["repair"]
    assert (repair["delivered"], repair["taken_back"]) == (5 if several else 2, 1)
    assert (repair["removals_delivered"], repair["exit_code"]) == (5 if several else 0, 0)
    assert shop.sandbox.counts()["writes"] - writes == (11 if several else 3)
    again = verify(shop, 1, "--from", "2026-03-12")
    assert kinds(again) == {"unexpected": {key(9)}, "other": {"elsewhere"}}
    if several:
        live = shop.sandbox.live_records()
        assert [live.get(key(each), 0) for each in (1, 2, 4, 5, 6, 7)] == [1] * 5 + [0]
    assert shop.sync()["requests"] == 0


def test_what_was_just_sent_is_not_reported(shop):
    """The sandbox acts as production, which shows new orders only after a while."""
    shop.configure(environment="production", attempts=1)
    shop.orders(0, 8)
    shop.sync()
    shop.update(shop.contract.orders, "_lifecycle", "'cancelled'", 7)
    shop.sync("--yes")
    meddle(shop)
    found = verify(shop, 0, "--from", "2026-03-13", "--to", "2026-03-14")
    assert kinds(found) == {"other": {"elsewhere"}}
    assert found["too_early"] == (5 if shop.contract.read_back.several else 3)


def test_records_that_no_row_tells_apart_are_left_to_people(shop):
    """As orders of another platform are, since rows do not show the platform."""
    if not shop.contract.read_back.several:
        pytest.skip("a second one replaces the first")
    shop.orders(0, 2)
    shop.sync()
    shop.sandbox.add(shop.key(0), platform_account_id="another")
    found = verify(shop, 1, "--repair")
    assert (found["double"], found["beyond_repair"], found["repair"]) == (1, 1, None)
    assert found["examples"]["beyond_repair"] == [shop.key(0)]
    shop.run("verify").fails(1, "cannot be repaired: 1 order", "delete its connection")


def test_what_was_taken_back_is_not_there_or_counts_for_nothing(shop):
    shop.orders(0, 5)
    shop.sync()
    shop.update(shop.contract.orders, "_lifecycle", "'cancelled'", 1)
    shop.sync("--yes")
    assert verify(shop, 0)["equal"] == 5  # the four, and nothing of the fifth
    shop.sandbox.change(shop.key(1), **{amount(shop): 1.25, "void": False})
    if shop.contract.read_back.several:  # a void record is in no answer
        return
    found = verify(shop, 1)
    assert kinds(found) == {"unexpected": {shop.key(1)}}
    assert [found["findings"][0][name] for name in ("here", "there")] == ["0", "1.25"]
