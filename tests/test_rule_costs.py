"""`rules:` of connector.yml, and what a broken rule then costs from the view to the sandbox."""

from pathlib import Path

import pytest
import yaml

from connector import config
from connector.destinations import contracts
from connector.errors import ConfigError

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
