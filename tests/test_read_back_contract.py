"""Reading back is checked when a contract is loaded, and requests one day at a time."""

import copy
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from connector.contract.contract import Contract, load
from connector.destinations import contracts
from connector.exceptions import ContractError

CONTRACTS = contracts()
TRIPLE_WHALE = yaml.load(CONTRACTS["triple_whale"].path.read_text(), yaml.CSafeLoader)
YESPO = yaml.load(CONTRACTS["yespo"].path.read_text(), yaml.CSafeLoader)


def changed(schema: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The contract with one thing set, or without it for None."""
    found = copy.deepcopy(schema)
    *place, key = path.split("/")
    holder = found["x-read-back"]
    for name in place:
        holder = holder[name]
    if value is None:
        del holder[key]
    else:
        holder[key] = value
    return found


def loaded(directory: Path, schema: dict[str, Any]) -> Contract:
    path = directory / "contract.yml"
    path.write_text(yaml.dump(schema, Dumper=yaml.CSafeDumper, sort_keys=False))
    return load(path)


WRONG = {  # what is set to what, and the words that name it
    "fields/order_revenu": ("x", ("order_revenu", "order_revenue")),
    "fields/customer__email": ("x", ("customer__email", "cannot be compared")),
    "fields/refunds.tags": ("x", ("refunds.tags",)),
    "fields/order_id": (None, ("order_id", "told apart")),
    "fields/created_at": (None, ("created_at", "told apart")),
    "fields": (None, ("x-read-back: fields is missing",)),
    "values": ({"order_revenues": {"a": "b"}}, ("order_revenues",)),
    "by_day": (["updated_at"], ("updated_at",)),
    "currency": ("currncy", ("currncy", "currency")),
    "absent": ({"voided": True}, ("voided",)),
    "several": ("yes", ("several", "true or false")),
    "early": (0, ("early",)),
    "earley": (1, ("earley", "early")),
    "request": (None, ("request", "why_not")),
    "request/method": ("PUT", ("PUT", "GET, POST")),
    "request/end": ("open", ("open", "exclusive, inclusive")),
    "request/body": (None, ("request: body",)),
    "request/body/period": ({"startDate": "{start}"}, ("{end}",)),
    "request/body/shopId": ("{api_key}", ("api_key",)),
    "request/headers": ({"x": "{api_kye}"}, ("api_kye", "api_key")),
    "request/environments": ({"uat": "http://x/"}, ("uat",)),
    "request/most_rows": ("many", ("most_rows",)),
}


@pytest.mark.parametrize("path", WRONG)
def test_what_cannot_be_read_back_is_refused_by_name(path, tmp_path):
    value, words = WRONG[path]
    with pytest.raises(ContractError) as found:
        loaded(tmp_path, changed(TRIPLE_WHALE, path, value))
    told = str(found.value)
    assert [word for word in ("contract.yml", *words) if word not in told] == [], told


def test_a_destination_that_cannot_be_read_says_why(tmp_path):
    assert "no call" in loaded(tmp_path, YESPO).read_back.why_not
    with pytest.raises(ContractError, match="why_not"):
        loaded(tmp_path, changed(YESPO, "why_not", None))


def test_a_setting_may_have_the_value_of_another_that_is_known(tmp_path):
    schema = copy.deepcopy(TRIPLE_WHALE)
    schema["x-settings"]["read_api_key"]["same_as"] = "api_kye"
    with pytest.raises(ContractError, match="api_kye"):
        loaded(tmp_path, schema)


def test_a_question_is_about_one_day_and_a_currency_only_where_one_is_wanted():
    northbeam, triple_whale = (
        CONTRACTS[name].read_back.request for name in ("northbeam", "triple_whale")
    )
    day = date(2026, 12, 31)
    asked = json.loads(northbeam.question(day, {}))
    assert asked == {"start_date": "2026-12-31", "end_date": "2027-01-01"}
    plain = json.loads(triple_whale.question(day, {"shop": 'a "shop"'}))
    assert plain["period"] == {"startDate": "2026-12-31", "endDate": "2026-12-31"}
    assert (plain["shopId"], "currency" in plain) == ('a "shop"', False)
    values = {"shop": "a", "currency": "EUR"}
    assert json.loads(triple_whale.question(day, values))["currency"] == "EUR"
    counted = json.loads(triple_whale.question(day, values, counts=True))
    assert counted["query"].startswith("SELECT count()")
    assert counted["period"] == plain["period"]
