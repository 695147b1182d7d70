"""The JSON Schema of connector.yml, by which editors complete and check it."""

import json
from collections.abc import Mapping
from typing import Any

from connector.compile.judging.judge import of_contract
from connector.config.keys import mapping, of_account, of_file
from connector.contract.contract import Contract
from connector.ledger.places import ACCOUNT

DRAFT = "http://json-schema.org/draft-07/schema#"  # the newest that editors of YAML know
FILE = "connector.schema.json"  # beside connector.yml, whose first line names it
POINTER = f"# yaml-language-server: $schema={FILE}\n"


def text(contracts: Mapping[str, Contract]) -> str:
    """Return the schema as a file holds it."""
    return json.dumps(schema(contracts), indent=2, ensure_ascii=False) + "\n"


def schema(contracts: Mapping[str, Contract]) -> dict[str, Any]:
    """Return the schema for projects that know these contracts.

    It says what may stand in the file. What depends on more than one value, on the environment or
    on other files is checked when a command reads it: `connector doctor` does nothing else.
    """
    accounts = {name: _account(contract) for name, contract in contracts.items()}
    named = {name: {"$ref": f"#/definitions/{name}"} for name in accounts}
    other = {
        "type": "object",
        "required": ["destination"],
        "properties": {"destination": {"enum": list(accounts)}},
        "allOf": [
            {"if": {"properties": {"destination": {"const": name}}}, "then": reference}
            for name, reference in named.items()
        ],
    }
    destinations = {
        "description": "The accounts that get the orders; a key is an API, or names an account.",
        "type": "object",
        "minProperties": 1,
        "properties": named,
        "patternProperties": {f"^(?!({'|'.join(accounts)})$){ACCOUNT.pattern}$": other},
        "additionalProperties": False,
    }
    return {
        "$schema": DRAFT,
        "title": "connector.yml",
        **mapping(of_file(destinations)),
        "type": "object",
        "required": ["destinations"],
        "definitions": accounts,
    }


def _account(contract: Contract) -> dict[str, Any]:
    keys = of_account(contract)
    costs = {
        check.rule: {"enum": [*check.choices, *((False,) if "off" in check.choices else ())]}
        for check in of_contract(contract)  # YAML reads `off` as false
    }
    keys["rules"] |= mapping(costs)
    needed = [
        name
        for name, setting in contract.settings.items()
        if setting.default is None and not setting.same_as
    ]
    return mapping(keys) | {"type": "object", "required": needed}
