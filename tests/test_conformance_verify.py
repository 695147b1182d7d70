"""What every destination that can be read back owes: what was meddled with is found."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.conformance.examples import CONTRACTS, examples
from tests.conformance.shop import BARE, PLAIN, DestinationShop, plant
from tests.sandbox_process import sandbox

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
    shop.orders(0, 10)
    shop.sync()
    found = verify(shop, 0)
    assert (found["orders"], found["equal"], found["missing"]) == (10, 10, 0)
    assert all(
        (row["orders_here"], row["amount_here"]) == (row["orders_there"], row["amount_there"])
        for row in found["totals"]
    )


def amount(shop: DestinationShop) -> str:
    assert shop.contract.amount
    return shop.contract.amount


def kinds(found: dict[str, Any]) -> dict[str, set[str]]:
    listed: dict[str, set[str]] = {}
    for row in found["findings"]:
        listed.setdefault(row["kind"], set()).add(row["order_id"])
    return listed


def test_what_was_deleted_changed_and_added_behind_our_back_is_found(shop):
    shop.orders(0, 10)
    shop.sync()
    key, sandbox = shop.key, shop.sandbox
    sandbox.delete(key(1))
    sandbox.change(key(2), **{amount(shop): 1.25})
    sandbox.add(key(3), **{shop.contract.key: "elsewhere"})
    shop.remove(4)  # gone from the view, and left at the destination
    found = verify(shop, 1)
    assert kinds(found) == {
        "missing": {key(1)},
        "different": {key(2)},
        "unexpected": {key(4)},
        "other": {"elsewhere"},
    }
    (changed,) = (row for row in found["findings"] if row["kind"] == "different")
    golden = found["totals"][0]["amount_here"]
    assert (changed["field"], changed["there"]) == (amount(shop), "1.25")
    assert changed["here"] not in ("1.25", golden)
    assert [found[kind] for kind in ("orders", "equal", "other_sources")] == [9, 7, 1]


def test_an_order_that_stands_there_twice_is_found(shop):
    if not shop.contract.read_back.several:
        pytest.skip("a second one replaces the first")
    shop.orders(0, 3)
    shop.sync()
    shop.sandbox.add(shop.key(0), **{shop.contract.order_by: "2026-03-14T23:42:08Z"})
    shop.sandbox.add(shop.key(1), **{shop.contract.order_by: "2026-03-13T10:00:00Z"})
    found = verify(shop, 1)
    assert kinds(found) == {"double": {shop.key(0), shop.key(1)}}
    assert {(row["here"], row["there"]) for row in found["findings"]} == {("1", "2")}
    assert (found["equal"], found["double"]) == (1, 2)
    shop.sandbox.add(shop.key(2), **{shop.contract.order_by: "2026-03-10T10:00:00Z"})
    found = verify(shop, 1, "--from", "2026-03-09")
    assert (found["equal"], found["double"]) == (0, 3)


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
    """By a count that says so, or by as many rows as an answer ever has."""
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


def test_a_field_that_no_row_has_is_not_comparable_and_never_different(shop):
    shop.orders(0, 2)
    shop.sync()
    member = shop.contract.read_back.fields[amount(shop)]
    shop.sandbox.giving(hides=[member])
    found = verify(shop, 0)
    assert found["not_comparable"] == {amount(shop): 2}
    assert found["equal"] == 2


def test_what_is_missing_different_or_should_not_be_there_is_repaired(shop):
    """By the way that orders are sent; what comes from elsewhere is left alone."""
    shop.orders(0, 10)
    shop.update(shop.contract.orders, "_lifecycle", "'cancelled'", 7)
    shop.sync()
    key, sandbox = shop.key, shop.sandbox
    sandbox.delete(key(1))
    sandbox.change(key(2), **{amount(shop): 1.25})
    sandbox.add(key(3), **{shop.contract.key: key(7)})  # which was never sent
    sandbox.add(key(3), **{shop.contract.key: "elsewhere"})
    writes = sandbox.counts()["writes"]
    wrong = {"missing": {key(1)}, "different": {key(2)}, "unexpected": {key(7)}}
    found = verify(shop, 1, "--repair")
    assert kinds(found) == {**wrong, "other": {"elsewhere"}}
    assert (found["repair"]["delivered"], found["repair"]["taken_back"]) == (2, 1)
    assert sandbox.counts()["writes"] - writes == 3
    assert kinds(verify(shop, 0)) == {"other": {"elsewhere"}}
    assert shop.sync()["requests"] == 0


def test_what_the_ledger_knows_not_to_be_there_yet_is_not_missing(shop):
    shop.orders(0, 4)
    shop.sync()
    shop.orders(4, 6)
    shop.update(shop.contract.orders, amount(shop), "1.25", 0)
    found = verify(shop, 0)
    assert (found["orders"], found["equal"], found["not_sent"]) == (6, 3, 3)
    assert found["findings"] == []


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
