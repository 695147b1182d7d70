"""What Ometria's contract says of records and answers that others do not, against the sandbox."""

import json
from collections.abc import Iterator

import pytest
import requests

from connector.contract.contract import load
from connector.exceptions import ContractError
from tests.conformance.examples import CONTRACTS, HERE, examples
from tests.conformance.shop import DestinationShop, plant
from tests.sandbox_process import sandbox

OMETRIA = CONTRACTS["ometria"]


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> Iterator[DestinationShop]:
    (key,) = plant(OMETRIA).values()
    with sandbox(f"--setting=api_key={key}") as running:
        made = DestinationShop(
            tmp_path_factory.mktemp("shop"), running.at("ometria"), examples(OMETRIA)
        )
        made.make()
        made.configure()
        yield made


def test_an_acknowledged_order_counts_as_delivered_and_what_is_not_known_is_said(shop):
    """One order exceeds the limit of an order but not of a request, and one is refused."""
    shop.orders(0, 5)
    lines = shop.view("lineitems")
    shop.sql(
        f"insert into {lines} select line.* replace (9 + 2 * number + _position as _position) "
        f"from {lines} as line, range(400) as numbers (number) where id = $key",
        key=shop.key(1),
    )
    shop.sandbox.poison(named=f"^{shop.key(2)}$")
    sent = shop.run("sync")
    assert sent.code == 1
    assert "delivered means acknowledged: Ometria validates and stores orders after" in sent.out
    errors = {each["order_id"]: each for each in shop.run("errors", "--output", "json").json()}
    assert errors.keys() == {shop.key(1), shop.key(2)}
    assert errors[shop.key(1)]["rule"] == "order.bytes"
    assert "60,000 bytes of an order" in errors[shop.key(1)]["message"]
    assert '"rejected":1' in errors[shop.key(2)]["message"]
    assert shop.held().keys() == {shop.key(number) for number in (0, 3, 4)}
    (status,) = shop.run("status", "--output", "json").json()
    assert (status["delivered"], status["acknowledges"]) == (3, OMETRIA.acknowledges)
    assert "delivered means acknowledged" in shop.run("status", "ometria").out


def test_the_sandbox_refuses_an_order_that_is_too_large(shop):
    (golden, _) = json.loads((HERE / "ometria.json").read_text())
    headers = {"X-Ometria-Auth": next(iter(plant(OMETRIA).values()))}
    large = {**golden, "coupon_code": "X" * 60_000}
    for order, rejected in ((golden, 0), (large, 1)):
        answer = requests.post(shop.url, json=[order], headers=headers, timeout=60)
        assert answer.json() == {"status": "OK", "rejected": rejected}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ('"@type": { type: string, const: 7,', "const must be a text"),
        ("rejected: 7", "x-success: rejected must be a text"),
        ("empty: true", "an empty body lacks"),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path, wrong, said):
    text = OMETRIA.path.read_text()
    right = {
        "const": '"@type": { type: string, const: order,',
        "rejected": "rejected: rejected",
        "empty": "empty: false",
    }
    (old,) = (value for name, value in right.items() if name in wrong)
    assert old in text
    path = tmp_path / "contract.yml"
    path.write_text(text.replace(old, wrong))
    with pytest.raises(ContractError, match=said):
        load(path)
