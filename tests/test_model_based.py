"""Random histories of a shop, compared with a small model: P1 to P7 hold after each run."""

import pytest

from connector.plan.choice import Choice
from tests.histories import live
from tests.model_destination import ORDERS, change_the_seams
from tests.model_shop import Shop, StampedShop, StoredShop

pytestmark = pytest.mark.untraced


@pytest.mark.timeout(0)
@pytest.mark.parametrize("kind", [Shop, StoredShop])
def test_the_promises_hold_in_every_history(kind, request, tell):
    tell(live(kind, request.config))


# Bugs that the random histories, or thinking about them, once found.


@pytest.fixture(params=[Shop, StampedShop], ids=["full scan", "watermark"])
def shop(monkeypatch, request):
    change_the_seams(monkeypatch)
    shop = request.param()
    yield shop
    shop.teardown()


@pytest.mark.parametrize(
    "faults",
    [
        ("500 but stored", "413", "401"),
        ("500 but stored", "400 of the first", "401"),
        ("500 but stored", "400 of the first"),
        ("500 but stored", "interrupted"),
        ("half stored and lost", "400", "404"),
        ("killed after",),
    ],
)
def test_what_may_have_been_stored_is_in_doubt_whatever_the_next_answer_is(shop, faults):
    orders = set(ORDERS[:2])
    shop.write(orders=orders, content="A")
    shop.sync_without_faults(environment="local")
    shop.write(orders=orders, content="B")
    shop.sync(environment="local", faults=faults)
    shop.write(orders=orders, content="A")
    shop.sync_without_faults(environment="local")
    assert shop.destinations["local"].stored == dict.fromkeys(orders, "A")


def test_a_process_that_dies_of_a_request_does_not_die_again_of_what_it_records(shop):
    shop.write(orders=set(ORDERS), content="A")
    died = {"environment": "uat", "choice": Choice(full=True), "faults": ("twice", "killed after")}
    shop.sync(death=(5, "before"), **died)
    shop.sync_without_faults(environment="uat")
    assert shop.destinations["uat"].stored == dict.fromkeys(ORDERS, "A")


def test_a_refused_order_is_not_in_doubt_for_what_became_of_the_rest(shop):
    shop.write(orders=set(ORDERS[:2]), content="A")
    shop.sync(environment="local", faults=("400 of the first", "lost"))
    assert len(shop.memories["local"].refused) == 1
    assert shop.memories["local"].in_doubt == set()
