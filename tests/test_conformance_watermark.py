"""Every destination keeps the same promises about changes when it is read by watermark."""

import pytest

from tests.conformance.stamped import StampedDestinationShop
from tests.test_conformance_delivery import (
    deliver,
    place,
    shop,
    test_an_order_that_is_marked_as_gone_counts_as_gone,
    test_what_only_goes_forward_is_held_back_when_it_goes_back,
    test_what_was_stored_without_an_answer_is_in_doubt_and_goes_again_until_it_is_answered,
)

pytestmark = pytest.mark.untraced

__all__ = [
    "place",
    "shop",
    "test_an_order_that_is_marked_as_gone_counts_as_gone",
    "test_what_only_goes_forward_is_held_back_when_it_goes_back",
    "test_what_was_stored_without_an_answer_is_in_doubt_and_goes_again_until_it_is_answered",
]


@pytest.fixture(scope="module")
def kind() -> type[StampedDestinationShop]:
    return StampedDestinationShop


def test_a_second_run_reads_by_watermark(shop):
    assert deliver(shop).plan()["scan"] == "watermark"
