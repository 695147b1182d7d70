"""Editors and the connector agree on what connector.yml may contain."""

import json
from copy import deepcopy
from pathlib import Path

import jsonschema_rs
import pytest
import yaml

from connector.config.config import load
from connector.config.keys import of_account, of_file
from connector.config.schema import POINTER, schema
from connector.destinations import contracts
from connector.exceptions import ConfigError

ROOT = Path(__file__).parents[1]
CONTRACTS = contracts()
SCHEMA = jsonschema_rs.validator_for(schema(CONTRACTS))
KEY = {"northbeam": {"api_key": "${A}", "client_id": "c"}, "yespo": {"api_key": "${A}"}}
KEY["ometria"] = KEY["yespo"]
KEY["triple_whale"] = {"api_key": "${A}", "shop": "s.example"}
# One of each kind, what is next to a limit, and what each key takes.
VALUES = [
    *(None, True, False, 0, 1, 0.5, 1.5, "", "x", "0h", "90m", "${A}", "a${A}", "2GB", "2gb"),
    *(["x"], {}, {"x": 1}, "void", "take_back", "send", "hold", "replace", "freeze", "completed"),
    *("production", {"overlap": "1h"}, {"overlap": 1}, {"path": "a.duckdb"}, {"orders": "view"}),
    *({"floor": 10}, {"changed_share": 1.5}, {"added_share": 9}, {"currency.enum": "loud"}),
]
# What a schema cannot check: the host of a URL, existing files, a key of earlier versions.
BEYOND = {"url", "destinations_path", "destination"}


def accepts(path: Path, values: dict) -> bool:
    path.write_text(yaml.dump(values, Dumper=yaml.CSafeDumper))
    try:
        load(path, CONTRACTS)
    except ConfigError:
        return False
    return True


def disagreements(path: Path, base: dict, place: tuple[str, ...], keys: set[str]) -> list:
    found = []
    for key in sorted(keys - BEYOND):
        for value in VALUES:
            values = deepcopy(base)
            inside = values
            for step in place:
                inside = inside[step]
            inside[key] = value
            if accepts(path, values) != SCHEMA.is_valid(values):
                found.append((*place, key, value))
    return found


def keys_of_its_own(name: str) -> set[str]:
    """The keys of an account; of all but the first destination, those that differ from its."""
    first, found = of_account(CONTRACTS[next(iter(CONTRACTS))]), of_account(CONTRACTS[name])
    is_first = name == next(iter(CONTRACTS))
    return {key for key, said in found.items() if is_first or first.get(key) != said}


@pytest.mark.parametrize("name", CONTRACTS)
def test_the_schema_accepts_of_an_account_what_the_connector_does(tmp_path, name):
    base = {"destinations": {name: KEY[name]}}
    keys = keys_of_its_own(name) | {"no_key"}
    found = disagreements(tmp_path / "connector.yml", base, ("destinations", name), keys)
    assert [each for each in found if each[2:] != ("on_identity_change", "keep")] == []


def test_the_schema_accepts_of_the_file_what_the_connector_does(tmp_path):
    base = {"destinations": {"yespo": KEY["yespo"]}}
    keys = {*of_file({}), "no_key"}
    assert disagreements(tmp_path / "connector.yml", base, (), keys) == []


@pytest.mark.parametrize(
    ("accounts", "is_right"),
    [
        ({"shop_uk": KEY["yespo"] | {"destination": "yespo"}}, True),
        ({"shop_uk": KEY["yespo"] | {"destination": "northbeam"}}, False),
        ({"shop_uk": KEY["yespo"] | {"destination": "no_api"}}, False),
        ({"shop_uk": KEY["yespo"]}, False),
        ({"Shop-UK": KEY["yespo"] | {"destination": "yespo"}}, False),
        ({"northbeam": KEY["yespo"] | {"destination": "yespo"}}, False),
        ({"yespo": KEY["yespo"] | {"destination": "yespo"}}, True),
        ({"yespo": {}}, False),
        ({"yespo": {"api_key": "in the open"}}, False),
        ({}, False),
    ],
)
def test_the_schema_knows_whose_account_a_key_is(tmp_path, accounts, is_right):
    values = {"destinations": accounts}
    assert accepts(tmp_path / "connector.yml", values) is is_right
    assert SCHEMA.is_valid(values) is is_right


def test_the_schema_says_of_every_key_what_it_is_for():
    keys = [*of_file({"description": "The accounts."}).items()]
    keys += [each for contract in CONTRACTS.values() for each in of_account(contract).items()]
    assert [name for name, key in keys if len(key["description"]) < 10] == []


def test_the_settings_of_this_project_name_the_schema_and_keep_to_it():
    text = (ROOT / "connector.yml").read_text()
    assert text.startswith(POINTER)
    published = json.loads((ROOT / "connector.schema.json").read_text())
    assert published == schema(CONTRACTS), "run `make docs` and commit it"
    assert jsonschema_rs.validator_for(published).is_valid(yaml.safe_load(text))


def test_the_command_knows_the_destinations_of_the_project(shop):
    (shop.directory / "destinations/own").mkdir(parents=True)
    own = (ROOT / "connector/destinations/yespo/contract.yml").read_text()
    (shop.directory / "destinations/own/contract.yml").write_text(own.replace("yespo", "own"))
    known = json.loads(shop.run("schema").out)["definitions"]
    assert known.keys() == {*CONTRACTS, "own"}
