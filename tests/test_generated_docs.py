"""Pages and column descriptions are generated from the contracts, and are up to date."""

import json
from pathlib import Path

import pycountry
import pytest

from connector.contract.contract import Contract
from connector.contract.entity import Entity
from connector.contract.overlay import open_objects
from connector.destinations import contracts
from docs.__main__ import ROOT, generated
from docs.columns import blocks
from docs.page import page
from seeds.currencies import NONE, currencies

CONTRACTS = contracts()
each_destination = pytest.mark.parametrize("contract", CONTRACTS.values(), ids=CONTRACTS)


@each_destination
def test_what_follows_from_a_contract_is_up_to_date(contract):
    for path, text in generated(contract).items():
        place = path.relative_to(ROOT)
        assert path.exists(), f"{place} is missing; run `make docs` and commit it"
        assert path.read_text() == text, f"{place} is old; run `make docs` and commit it"


def test_the_seed_of_currencies_is_that_of_iso_4217_and_knows_those_of_every_contract():
    ((path, text),) = currencies().items()
    assert (ROOT / path).read_text() == text, f"{path} is old; run `make seeds` and commit it"
    digits = dict(row.split(",") for row in text.splitlines()[1:])
    assert [digits[code] for code in ("JPY", "GBP", "KWD", "CLF")] == ["0", "2", "3", "4"]
    for contract in CONTRACTS.values():
        codes = set(contract.schema["properties"]["currency"]["enum"]) - set(NONE.split())
        assert codes & {currency.alpha_3 for currency in pycountry.currencies} <= digits.keys()


def test_a_page_without_a_contract_is_none():
    pages = {path.stem for path in (ROOT / "docs" / "destinations").glob("*.md")}
    assert pages == CONTRACTS.keys()


@each_destination
def test_the_page_holds_what_the_contract_says(contract):
    text = page(contract)
    words = [rule["message"] for rule in contract.schema["x-rules"]]
    words += contract.environments.values()
    words += [point["choice"] for point in contract.schema["x-open-points"]]
    words += [f"{contract.max_orders:,}", f"{contract.max_bytes:,}", *contract.settings]
    words += [f"`{field.column}`" for entity in contract.entities() for field in entity.fields]
    words += [*contract.quiet_alternatives, contract.side_effects or "nothing"]
    words += contract.removal.actions
    assert [word for word in words if word not in text] == []


@each_destination
def test_what_is_said_in_words_is_text(contract):
    """A colon makes a mapping of a sentence in YAML."""
    rows = [*contract.schema["x-answers"], *contract.schema["x-open-points"]]
    words = [*contract.schema["x-operation"], *(text for row in rows for text in row.values())]
    assert [text for text in words if not isinstance(text, str)] == []


@each_destination
def test_everything_that_a_contract_names_is_described_and_has_a_source(contract):
    sources = set(contract.schema["x-sources"])
    for entity in contract.entities():
        described = [entity.schema, entity.list_schema] if entity.label else [entity.schema]
        assert any(each.get("description") for each in described), entity.name
        assert all(schema.get("description") for schema in entity.hidden.values()), entity.name
        for field in entity.fields:
            assert field.schema.get("description"), field.column
            assert set(field.schema.get("x-source", "?").split(", ")) <= sources, field.column
    for rule in contract.schema["x-rules"]:
        assert set(rule.get("x-source", "?").split(", ")) <= sources, rule["rule"]


@each_destination
def test_dbt_describes_the_columns_as_the_contract_does(contract, built: Path):
    nodes = json.loads((built.parent / "target" / "manifest.json").read_bytes())["nodes"]
    models = {node["name"]: node for node in nodes.values() if node["resource_type"] == "model"}
    for entity in contract.entities():
        view = f"{contract.destination}__{entity.name}"
        for name, column in models[view]["columns"].items():
            text = described(contract, view, name)
            if text is None:
                assert name == "_position" or is_open(entity, name), f"the contract has no {name}"
            else:
                assert column["description"] == text, f"{view}.{name}"


def described(contract: Contract, view: str, column: str) -> str | None:
    _, found, after = blocks(contract).partition(f"{{% docs {view}__{column} %}}")
    return after.partition("{% enddocs %}")[0] if found else None


def is_open(entity: Entity, column: str) -> bool:
    """Whether the column is one of an object that takes any, which its model describes itself."""
    return any(column.startswith("__".join((*path, ""))) for path, _ in open_objects(entity.schema))
