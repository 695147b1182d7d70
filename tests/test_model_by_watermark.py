"""Random histories of a shop that is read by watermark: the promises do not depend on it."""

import pytest

from tests.histories import live
from tests.model_shop import StampedShop

pytestmark = pytest.mark.untraced


@pytest.mark.timeout(0)
def test_the_promises_hold_in_every_history(request, tell):
    tell(live(StampedShop, request.config))
