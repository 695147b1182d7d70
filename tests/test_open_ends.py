"""Open parts of a contract: free fields, fields that a project adds, settings within URLs."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from connector.config import config
from connector.contract.contract import Contract, load
from connector.destinations import contracts
from connector.engine.scope import Scope
from connector.exceptions import ConfigError, ContractError, ModelError
from tests.conformance.examples import examples
from tests.generated_orders import Generated, judge

YESPO, TRIPLE_WHALE = contracts()["yespo"], contracts()["triple_whale"]


def with_column(contract: Contract, column: str, values: list, data_type: str) -> Generated:
    """The golden orders, as many as there are values, with one more column."""
    found = examples(contract)
    tables = found.tables({str(number): found.first for number in range(len(values))})
    name = contract.orders.name
    rows = [{**row, column: value} for row, value in zip(tables.tables[name], values, strict=True)]
    types = {**tables.types, name: {**tables.types[name], column: data_type}}
    return Generated({**tables.tables, name: rows}, types)


def test_a_free_column_is_sent_under_its_own_name_and_judged():
    values = ["with a bow", None, "", "x" * 256]
    judged = judge(
        YESPO, with_column(YESPO, "additionalInfo__gift__note", values, "varchar"), mends=True
    )
    notes = [
        json.loads(judged.payloads[str(n)])["additionalInfo"].get("gift__note") for n in range(4)
    ]
    assert notes == ["with a bow", None, None, "x" * 255]
    assert judged.rules.keys() == {"2", "3"}
    assert judged.rules["2"] == {"additionalInfo.gift__note.minLength"}


def test_a_free_column_is_a_text():
    with pytest.raises(ModelError, match="additionalInfo__weight is DOUBLE"):
        judge(YESPO, with_column(YESPO, "additionalInfo__weight", [1.5], "double"))
    with pytest.raises(ModelError, match="additionallnfo__note is not known"):
        judge(YESPO, with_column(YESPO, "additionallnfo__note", ["x"], "varchar"))


def overlaid(directory: Path, text: str, name: str = "triple_whale") -> dict[str, Contract]:
    path = directory / name / "overlay.yml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return contracts(directory)


FIELDS = """
properties:
  is_new_customer: { type: boolean, description: Whether it is the first order. }
  customer:
    properties:
      loyalty: { type: string, minLength: 1, x-ours: [minLength] }
  line_items:
    items:
      properties:
        weight: { type: number, minimum: 0 }
"""


def test_a_project_adds_fields_to_a_contract_that_is_shipped(tmp_path):
    found = overlaid(tmp_path, FIELDS)["triple_whale"]
    assert found.path == TRIPLE_WHALE.path
    order = examples(TRIPLE_WHALE).first
    order["orders"][0] |= {"is_new_customer": True, "customer__loyalty": "gold"}
    order["line_items"][0]["weight"] = Decimal(-1)
    examples_of = examples(found)
    judged = judge(found, examples_of.tables({"1": order}), mends=True)
    payload = json.loads(judged.payloads["1"])
    assert (payload["is_new_customer"], payload["customer"]["loyalty"]) == (True, "gold")
    assert "weight" not in payload["line_items"][0]
    assert judged.rules["1"] == {"line_items.weight.minimum"}
    assert "is_new_customer" not in contracts()["triple_whale"].orders.columns


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x-limits: { orders: 9 }", "'x-limits' cannot be set"),
        ("properties: { currency: { enum: [EUR] } }", "currency: 'enum' cannot be set"),
        ("properties: { new: { type: text } }", "new: type 'text' is not supported"),
        ("properties: { new: { type: string, patern: x } }", "keyword 'patern'"),
        ("properties: []", "must be a mapping"),
    ],
)
def test_an_overlay_changes_nothing_that_is_there(tmp_path, text, said):
    with pytest.raises(ContractError) as raised:
        overlaid(tmp_path, text)
    assert said in str(raised.value)
    assert str(tmp_path / "triple_whale" / "overlay.yml") in str(raised.value)


def test_an_overlay_of_no_destination_is_refused(tmp_path):
    with pytest.raises(ContractError, match="did you mean 'triple_whale'"):
        overlaid(tmp_path, FIELDS, "tripel_whale")


# Settings within URLs.


def contract_with(directory: Path, url: str, settings: dict) -> Contract:
    schema = yaml.safe_load(TRIPLE_WHALE.path.read_text())
    schema["x-environments"] = {"local": url, "production": url.replace("http:", "https:")}
    schema["x-settings"] |= settings
    path = directory / "contract.yml"
    path.write_text(yaml.safe_dump(schema, sort_keys=False))
    return load(path)


ACCOUNT = {"account": {"description": "Id of the account"}}
URL = "http://127.0.0.1:8710/v1/{account}/orders"


def test_a_setting_within_a_url_is_filled_in(tmp_path, monkeypatch):
    monkeypatch.setenv("ACCOUNT", "a/b 7")
    contract = contract_with(tmp_path, URL, ACCOUNT)
    values = {"shop": "x", "api_key": "${KEY}", "account": "${ACCOUNT}"}
    path = tmp_path / "connector.yml"
    path.write_text(yaml.safe_dump({"destinations": {"triple_whale": values}}))
    found = config.load(path, {"triple_whale": contract}).destinations["triple_whale"]
    assert found.url == found.own_url == "http://127.0.0.1:8710/v1/a%2Fb%207/orders"
    assert found.scope == Scope("triple_whale", "local")
    monkeypatch.delenv("ACCOUNT")
    with pytest.raises(ConfigError, match="ACCOUNT"):
        config.load(path, {"triple_whale": contract})


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("http://127.0.0.1:8710/v1/{acount}/orders", "'acount' is not known (did you mean"),
        ("http://127.0.0.1:8710/v1/{api_key}/orders", "'api_key' is not known"),
        ("http://127.0.0.1:8710/v1/{}/orders", "x-environments"),
        ("http://127.0.0.1:8710/v1/{account/orders", "contract.yml"),
    ],
)
def test_what_cannot_be_filled_in_is_refused_when_the_contract_is_read(tmp_path, url, named):
    with pytest.raises(ContractError) as raised:
        contract_with(tmp_path, url, ACCOUNT)
    assert named in str(raised.value)
