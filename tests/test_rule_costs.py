"""`rules:` of connector.yml, and the cost of a broken rule from the view to the sandbox."""

from pathlib import Path

import pytest
import yaml

from connector.compile import quote
from connector.compile.judging import judge as judges
from connector.compile.reading.stage import RANK
from connector.config import config
from connector.destinations import contracts
from connector.exceptions import ConfigError
from tests.conformance.examples import examples
from tests.generated_orders import judge

CONTRACTS = contracts()
SETTINGS = {
    "northbeam": {"api_key": "${KEY}", "client_id": "${KEY}"},
    "triple_whale": {"api_key": "${KEY}", "shop": "x.example"},
    "yespo": {"api_key": "${KEY}"},
}


def loaded(directory: Path, name: str, text: str) -> dict[str, str]:
    """The costs that `rules:` with this text sets."""
    path = directory / "connector.yml"
    settings = {"destinations": {name: {**SETTINGS[name], "rules": yaml.safe_load(text)}}}
    path.write_text(yaml.safe_dump(settings, sort_keys=False))
    return dict(config.load(path, CONTRACTS).destinations[name].policy.rules)


def test_our_rules_cost_what_the_project_says(tmp_path):
    text = """
        customer_name.maxLength: leave_out
        customer_name.minLength: off
        tax.minimum: warn
        order_tags.items.maxLength: shorten
        purchase_total.adds_up: refuse
        refunds.product_is_in_the_order: refuse
    """
    found = loaded(tmp_path, "northbeam", text)
    assert list(found.values()) == ["leave_out", "off", "warn", "shorten", "refuse", "refuse"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("northbeam", "customer_nmae.maxLength: off", "customer_name.maxLength"),
        ("northbeam", "customer_name.maxLength: leaveout", "leave_out"),
        ("northbeam", "customer_name.maxLength: true", "use one of off, warn"),
        ("northbeam", "customer_ip_address.format: warn", "the vendor's and cannot be loosened"),
        ("northbeam", "products.name.required: off", "it stays refuse"),
        ("northbeam", "refunds.refund_cost.required: leave_out", "cannot be loosened"),
        ("northbeam", "tax.minimum: leave_out", "cannot cost; use one of off, warn, refuse"),
        ("northbeam", "customer_name.minLength: shorten", "cannot cost"),
        ("triple_whale", "customer.email.or_phone: warn", "cannot be loosened"),
        ("yespo", "status.enum: off", "cannot be loosened"),
    ],
)
def test_what_a_rule_cannot_cost_is_refused(tmp_path, name, text, said):
    with pytest.raises(ConfigError) as raised:
        loaded(tmp_path, name, text)
    assert said in str(raised.value)
    assert f"destinations.{name}.rules." in str(raised.value)


def test_the_vendors_rules_may_be_made_stricter(tmp_path):
    text = "customer_ip_address.format: refuse"
    assert loaded(tmp_path, "northbeam", text) == {"customer_ip_address.format": "refuse"}


CUSTOMER = {
    "northbeam": "customer_id",
    "triple_whale": "customer__id",
    "yespo": "externalCustomerId",
}


def shared(name: str, orders: int) -> set[str]:
    """The customers that are told to be many people, of so many orders.

    11 orders are of `guests`, 10 of `regular`, 50 of nobody, each other of a customer of its own.
    """
    found = examples(CONTRACTS[name])
    customers = ["guests"] * 11 + ["regular"] * 10 + [None] * 50
    customers += [f"customer-{number}" for number in range(len(customers), orders)]
    of_order = {f"HB-{number}": customer for number, customer in enumerate(customers)}
    bare, entity = found.bare, CONTRACTS[name].orders.name
    tables = found.tables(
        {
            key: bare | {entity: [bare[entity][0] | {CUSTOMER[name]: customer}]}
            for key, customer in of_order.items()
        }
    )
    rules = judge(CONTRACTS[name], tables).rules
    rule = f"{CUSTOMER[name].replace('__', '.')}.is_of_one_customer"
    return {of_order[key] for key, broken in rules.items() if rule in broken}


@pytest.mark.parametrize("name", CUSTOMER)
def test_one_customer_of_more_than_a_hundredth_of_a_thousand_orders_is_told(name):
    assert shared(name, 1000) == {"guests"}
    assert shared(name, 999) == set()


def test_a_rule_joins_entities_by_rank_and_nothing_else():
    contract = CONTRACTS["northbeam"]
    lines = "select 1 from products as others where others.{key} = orders.{key}"
    own = "select 1 from (select order_id from other) as own where own.order_id = orders.order_id"
    condition = f"exists ({lines.format(key='order_id')}) or exists ({own})"
    by_rank = f"exists ({lines.format(key=quote(RANK))}) or exists ({own})"
    assert judges.by_rank(contract, condition) == by_rank
