"""Random histories of records and events: P1 to P7, P14 and P15 hold after each run."""

import pytest

from tests.histories import live
from tests.model_destination import change_the_seams
from tests.model_records import Row
from tests.records_shop import FEW, RecordsShop

pytestmark = pytest.mark.untraced


@pytest.mark.timeout(0)
def test_the_promises_hold_in_every_history(request, tell):
    tell(live(RecordsShop, request.config))


# How an old version once stayed, and an order had two records.

SOME = set(FEW[:2])
LOST = ("late and lost", "late and lost")
REPLACING = {"on_removed": "void", "on_cancelled": "take_back", "on_identity_change": "replace"}


@pytest.fixture
def triple_whale(monkeypatch):
    change_the_seams(monkeypatch)
    shop = RecordsShop()
    shop.open(policy=("triple_whale", REPLACING), orders=set(FEW), is_stamped=False)
    shop.sync()
    yield shop
    shop.settle()
    shop.teardown()


@pytest.mark.parametrize("second", ["stored and lost", "400 of the first"])
def test_an_order_that_came_back_and_moved_has_one_record(triple_whale, second):
    row, faults = Row("A", True, "placed"), ("stored and lost", second)
    triple_whale.come_back(orders={FEW[0]}, row=row, faults=faults)
    assert all(len(triple_whale.server.live(order)) == 1 for order in FEW)


def test_a_late_request_lands_before_what_is_sent_after_it(triple_whale):
    triple_whale.detour(orders=SOME, row=Row("B", False, "placed"), faults=LOST)
    assert all(triple_whale.server.live(order)[0].total == "A" for order in FEW)


def test_what_a_ledger_forgot_does_not_stay(triple_whale):
    triple_whale.forget_the_last(orders=SOME, row=Row("B", False, "placed"))
    assert all(triple_whale.server.live(order)[0].total == "A" for order in FEW)
