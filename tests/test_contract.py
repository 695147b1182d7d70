"""A contract is accepted as a whole or refused, and each of its keywords is judged and rendered."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pycountry
import pytest
import yaml

from connector.compile.rendering.mask import personal_values
from connector.contract.contract import Contract, load
from connector.destinations import contracts
from connector.exceptions import ContractError
from tests.expected_payloads import broken_rules, payload
from tests.generated_orders import Generated, judge

NORTHBEAM = contracts()["northbeam"]
TRIPLE_WHALE = contracts()["triple_whale"]

# Codes are those of the standards, but for those that the contract says it leaves out.

FUNDS = {"BOV", "CHE", "CHW", "CLF", "COU", "MXV", "USN", "UYI", "UYW"}
METALS_AND_UNITS = {"XAD", "XAG", "XAU", "XBA", "XBB", "XBC", "XBD", "XDR", "XPD", "XPT", "XSU"}
METALS_AND_UNITS |= {"XUA"}
TEST_CODES = {"XTS", "XXX"}
ENDED = {"ANG", "BGN", "BYR", "CUC", "EEK", "HRK", "LTL", "LVL", "MRO", "SKK", "SLL", "STD"}
ENDED |= {"TMM", "VEF", "ZMK", "ZWL"}  # since 2009


def currencies() -> list[str]:
    """Currencies of the standard that are in use or ended not long ago."""
    known = {currency.alpha_3 for currency in pycountry.currencies}
    left_out = FUNDS | METALS_AND_UNITS | TEST_CODES
    assert left_out <= known
    return sorted(known - left_out | ENDED)


def test_currencies_are_those_of_the_standard_where_the_vendor_has_no_list():
    refunded = TRIPLE_WHALE.schema["properties"]["refunds"]["items"]["properties"]["line_items"]
    assert TRIPLE_WHALE.schema["properties"]["currency"]["enum"] == currencies()
    assert refunded["items"]["properties"]["currency"]["enum"] == currencies()


def test_a_currency_that_ended_is_told_wherever_it_is_taken():
    for contract in (NORTHBEAM, TRIPLE_WHALE):
        (rule,) = (rule for rule in contract.rules if rule.rule == "currency.had_not_ended")
        codes = set(contract.schema["properties"]["currency"]["enum"])
        assert all(
            f"when '{code}' then date" in " ".join(rule.violated_when.split())
            for code in ENDED & codes
        )


def test_countries_are_those_of_the_standard():
    address = NORTHBEAM.schema["properties"]["customer_shipping_address"]["properties"]
    known = {country.alpha_3 for country in pycountry.countries}
    assert address["country_code"]["enum"] == sorted(known - {"XKX"})
    address = TRIPLE_WHALE.schema["properties"]["shipping_address"]["properties"]
    known = {country.alpha_2 for country in pycountry.countries} | {"XK"}
    assert address["country_code"]["enum"] == sorted(known)


# A contract of three levels, with all that those of the package do not use.

DEPOT = """
$schema: https://json-schema.org/draft/2020-12/schema
title: Depot
x-destination: depot
x-entity: orders
x-key: number
x-order-by: number
x-environments: {local: "http://127.0.0.1:1/"}
x-limits: {orders: 10, bytes: 10000}
x-columns:
  parcels: {_weighed_at: {type: string, format: date-time, description: When it was weighed.}}
x-rules:
  - rule: shipments.parcels.weight_is_at_most_the_shipments
    entity: parcels
    field: weight
    violated_when: >-
      weight > (select any_value(shipments.most) from shipments
      where shipments.number = parcels.number and shipments.code = parcels.code)
    severity: error
    message: the parcel is heavier than its shipment may be; weigh it again
type: object
additionalProperties: false
required: [number, payer]
allOf:
  - anyOf: [{required: [mail]}, {required: [phone, country]}]
    x-message: give the mail address, or the phone number with its country
properties:
  number: {type: string, minLength: 1}
  mail: {type: string}
  phone: {type: string}
  country: {type: string}
  payer:
    type: object
    additionalProperties: false
    required: [name, bank]
    properties:
      name: {type: string}
      note: {type: string}
      bank:
        type: object
        additionalProperties: false
        required: [account]
        properties:
          account: {type: integer, minimum: 1}
          is_checked: {type: boolean}
  shipments:
    type: array
    uniqueItems: true
    maxItems: 3
    x-entity: shipments
    items:
      type: object
      additionalProperties: false
      x-key: code
      required: [code, parcels]
      properties:
        code: {type: string}
        most: {type: number, exclusiveMinimum: 0}
        level: {type: number, enum: [1, 2.5, 4]}
        sent:
          type: object
          additionalProperties: false
          required: [at]
          properties:
            at: {type: string, format: date-time}
            by: {type: string, enum: [air, "o'sea"]}
        parcels:
          type: array
          minItems: 2
          x-entity: parcels
          items:
            type: object
            additionalProperties: false
            required: [weight]
            allOf:
              - not: {required: [length, size]}
                x-message: give length or size
            properties:
              weight: {type: number}
              length: {type: integer}
              size: {type: string}
              marks:
                type: array
                minItems: 1
                maxItems: 2
                items: {type: string, pattern: "^'?[a-z]+$"}
"""
TYPES = {
    "orders": {
        "number": "varchar",
        "mail": "varchar",
        "phone": "varchar",
        "country": "varchar",
        "payer__name": "varchar",
        "payer__note": "varchar",
        "payer__bank__account": "decimal(10, 1)",
        "payer__bank__is_checked": "boolean",
    },
    "shipments": {
        "number": "varchar",
        "_position": "integer",
        "code": "varchar",
        "most": "decimal(6, 3)",
        "level": "decimal(3, 1)",
        "sent__at": "timestamptz",
        "sent__by": "varchar",
    },
    "parcels": {
        "number": "varchar",
        "code": "varchar",
        "_position": "integer",
        "_weighed_at": "timestamptz",
        "weight": "decimal(6, 3)",
        "length": "bigint",
        "size": "varchar",
        "marks": "varchar[]",
    },
}


@pytest.fixture
def depot(tmp_path: Path) -> Contract:
    path = tmp_path / "contract.yml"
    path.write_text(DEPOT)
    return load(path)


def order(**changes: Any) -> dict[str, Any]:
    """An order with only the required fields; `bank__…` are columns of its payer."""
    least = {
        "number": "1",
        "mail": "m",
        "payer__name": "Ann",
        "payer__bank__account": Decimal("1.0"),
    }
    return least | changes


def shipment(code: str = "a", position: int = 1, **changes: Any) -> dict[str, Any]:
    return {"number": "1", "code": code, "_position": position} | changes


def parcel(weight: int | None = 1, code: str = "a", position: int = 1, **changes: Any) -> dict:
    weighed = None if weight is None else Decimal(f"{weight}.000")
    return {"number": "1", "code": code, "_position": position, "weight": weighed} | changes


def pair(code: str = "a") -> list[dict]:
    """Two parcels of a shipment, the second first."""
    return [parcel(2, code, 2), parcel(1, code, 1)]


Tables = dict[str, list[dict[str, Any]]]


def tables(of: dict, shipments: list[dict] = (), parcels: list[dict] = ()) -> Tables:
    return {"orders": [of], "shipments": list(shipments), "parcels": list(parcels)}


def test_children_of_children_are_nested_in_their_own_parents_in_order(depot):
    shipments = [shipment("b", 2, most=Decimal("9.500")), shipment("a", 1, sent__at=0)]
    parcels = [*pair("b"), parcel(7, "a", 3, marks=["x", "'y"]), *pair("a")]
    found = tables(order(payer__bank__is_checked=False), shipments, parcels)
    text = (
        '{"number":"1","mail":"m","payer":{"name":"Ann","bank":{"account":1,"is_checked":false}},'
        '"shipments":[{"code":"a","sent":{"at":"1970-01-01T00:00:00Z"},"parcels":[{"weight":1},'
        '{"weight":2},{"weight":7,"marks":["x","\'y"]}]},'
        '{"code":"b","most":9.5,"parcels":[{"weight":1},{"weight":2}]}]}'
    )
    judged = judge(depot, Generated(found, TYPES))
    assert judged.payloads == {"1": text}
    assert judged.rules == {}


def test_children_of_one_key_stay_with_their_own_order(depot):
    found = tables(order(), [shipment()], pair())
    found["orders"].append(order(number="2"))
    found["shipments"].append(shipment(number="2"))
    found["parcels"] += [{**row, "number": "2", "length": 7} for row in pair()]
    judged = judge(depot, Generated(found, TYPES))
    assert judged.rules == {}
    assert judged.payloads["1"].count("length") == 0
    assert judged.payloads["2"].count('"length":7') == 2


CASES = {  # rules that are broken, and by what
    "no payer": ({"payer.required"}, tables(order(payer__name=None, payer__bank__account=None))),
    "no bank": ({"payer.bank.required"}, tables(order(payer__bank__account=None))),
    "no account": (
        {"payer.bank.account.required"},
        tables(order(payer__bank__account=None, payer__bank__is_checked=True)),
    ),
    "only the bank": ({"payer.name.required"}, tables(order(payer__name=None))),
    "only a note": (
        {"payer.name.required", "payer.bank.required"},
        tables(order(payer__name=None, payer__bank__account=None, payer__note="n")),
    ),
    "account 0": (
        {"payer.bank.account.minimum"},
        tables(order(payer__bank__account=Decimal("0.0"))),
    ),
    "no contact": ({"mail.or_phone"}, tables(order(mail=None))),
    "half a contact": ({"mail.or_phone"}, tables(order(mail=None, phone="1"))),
    "the other contact": (set(), tables(order(mail=None, phone="1", country="X"))),
    "both contacts": (set(), tables(order(phone="1", country="X"))),
    "no parcels": ({"shipments.parcels.required"}, tables(order(), [shipment()])),
    "one parcel": ({"shipments.parcels.minItems"}, tables(order(), [shipment()], [parcel()])),
    "one parcel in one of two shipments": (
        {"shipments.parcels.minItems"},
        tables(order(), [shipment("a"), shipment("b", 2)], [*pair("a"), parcel(1, "b")]),
    ),
    "no sending time": (
        {"shipments.sent.at.required"},
        tables(order(), [shipment(sent__by="o'sea")], pair()),
    ),
    "unknown way": (
        {"shipments.sent.by.enum"},
        tables(order(), [shipment(sent__by="sea", sent__at=0)], pair()),
    ),
    "most 0": (
        {"shipments.most.exclusiveMinimum"},
        tables(order(), [shipment(most=Decimal("0.000"))], [parcel(0), parcel(0, position=2)]),
    ),
    "level 2": (
        {"shipments.level.enum"},
        tables(order(), [shipment(level=Decimal("2.0"))], pair()),
    ),
    "level 2.5": (set(), tables(order(), [shipment(level=Decimal("2.5"))], pair())),
    "a parcel without weight": (
        {"shipments.parcels.weight.required"},
        tables(order(), [shipment()], [*pair(), parcel(None, position=3)]),
    ),
    "length and size": (
        {"shipments.parcels.length.not_together_with_size"},
        tables(order(), [shipment()], [*pair(), parcel(length=1, size="s")]),
    ),
    "no marks": (
        {"shipments.parcels.marks.minItems"},
        tables(order(), [shipment()], [*pair(), parcel(marks=[])]),
    ),
    "three marks": (
        {"shipments.parcels.marks.maxItems"},
        tables(order(), [shipment()], [*pair(), parcel(marks=["a", "a", "a"])]),
    ),
    "a wrong mark": (
        {"shipments.parcels.marks.items.pattern"},
        tables(order(), [shipment()], [*pair(), parcel(marks=["a", "A"])]),
    ),
    "a shipment twice": (
        {"shipments.uniqueItems"},
        tables(order(), [shipment(), shipment(position=2)], pair()),
    ),
    "two shipments of one code that differ": (
        set(),
        tables(order(), [shipment(), shipment(position=2, most=Decimal("9.000"))], pair()),
    ),
    "four shipments": (
        {"shipments.maxItems"},
        tables(
            order(),
            [shipment(code, number) for number, code in enumerate("abcd")],
            [row for code in "abcd" for row in pair(code)],
        ),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_every_level_is_judged_as_by_an_independent_validator(case, depot):
    rules, found = CASES[case]
    expected = payload(depot, found["orders"][0], found)
    judged = judge(depot, Generated(found, TYPES))
    assert broken_rules(depot, expected) == rules
    assert judged.rules.get("1", set()) == rules
    assert judged.payloads["1"] == expected


def test_a_number_that_is_no_integer_is_found(depot):
    judged = judge(depot, Generated(tables(order(payer__bank__account=Decimal("1.5"))), TYPES))
    assert judged.rules["1"] == {"payer.bank.account.type"}


def test_a_rule_across_fields_may_look_at_the_level_above(depot):
    found = tables(order(), [shipment(most=Decimal("1.500"))], pair())
    judged = judge(depot, Generated(found, TYPES))
    assert judged.rules["1"] == {"shipments.parcels.weight_is_at_most_the_shipments"}


# What a contract cannot express.


def changed(path: str, value: Any) -> dict[str, Any]:
    """The contract with one value set, or removed when it is None; `path` is dotted."""
    schema = yaml.safe_load(DEPOT)
    *parents, last = path.split("/")
    place: Any = schema
    for part in parents:
        place = place[int(part) if isinstance(place, list) else part]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return schema


def refused(tmp_path: Path, schema: Any) -> str:
    path = tmp_path / "contract.yml"
    path.write_text(yaml.safe_dump(schema, sort_keys=False))
    with pytest.raises(ContractError) as raised:
        load(path)
    message = str(raised.value)
    assert message.startswith(f"{path}: ")
    return message


SHIPMENT = "properties/shipments/items"
PARCEL = f"{SHIPMENT}/properties/parcels/items"
UNSUPPORTED = {  # what is set to what, and how the field is named
    "properties/mail/type": ("null", "mail"),
    "properties/mail/const": (7, "const must be a text"),
    "properties/mail/enum": (["SE", False], "mail: enum: False is not of type string, quote it"),
    "properties/mail/format": ("uri", "mail"),
    "properties/mail/pattern": ("^(?=a)b", "mail"),
    "properties/payer/minProperties": (1, "payer"),
    "properties/payer/properties/name/maximum": (1, "payer.name"),
    "properties/payer/properties/bank/properties/account/multipleOf": (2, "payer.bank.account"),
    "properties/payer/required": (["nmae"], "nmae"),
    "properties/shipments/contains": ({}, "shipments"),
    f"{SHIPMENT}/minProperties": (1, "shipments"),
    f"{SHIPMENT}/properties/sent/properties/at/const": ("x", "const is for members"),
    f"{SHIPMENT}/properties/parcels/items/oneOf": ([], "parcels"),
    f"{SHIPMENT}/properties/sent/properties/at/x-offset": ("+01:00", "sent.at"),
    f"{PARCEL}/properties/size/deprecated": (True, "size"),
    f"{PARCEL}/properties/marks/items/format": ("email", "marks"),
    f"{PARCEL}/properties/marks/items/type": ("integer", "marks"),
    "oneOf": ([], "oneOf"),
    "required": (["number", "nubmer"], "nubmer"),
    "allOf/0/anyOf": ([{"properties": {}}], "allOf"),
    "allOf/0/not": ({"required": ["mail", "fax"]}, "fax"),
    "x-rules/0/entity": ("parcles", "parcles"),
    "x-rules/0/severity": ("fatal", "fatal"),
}


@pytest.mark.parametrize("path", UNSUPPORTED)
def test_what_is_not_supported_is_refused_with_file_and_field(path, tmp_path):
    value, named = UNSUPPORTED[path]
    assert named in refused(tmp_path, changed(path, value))


MISSING = [
    "x-destination",
    "x-entity",
    "x-key",
    "x-order-by",
    "x-environments",
    "x-limits",
    "x-limits/bytes",
    "x-limits/orders",
    "title",
    "properties",
    "properties/mail/type",
    "properties/shipments/x-entity",
    "properties/shipments/items",
    f"{SHIPMENT}/x-key",
    f"{SHIPMENT}/properties",
    "x-rules/0/message",
    "x-rules/0/violated_when",
    "allOf/0/x-message",
]


@pytest.mark.parametrize("path", MISSING)
def test_what_is_missing_is_named_with_its_file(path, tmp_path):
    *place, key = path.split("/")
    message = refused(tmp_path, changed(path, None))
    assert key in message
    assert not place or place[-1] in ("items", "0", "x-limits") or place[-1] in message


def test_a_list_of_objects_within_an_object_is_refused(tmp_path):
    shipments = yaml.safe_load(DEPOT)["properties"]["shipments"]
    assert "payer.shipments" in refused(
        tmp_path, changed("properties/payer/properties/shipments", shipments)
    )


@pytest.mark.parametrize("text", ["", "[]", "a: [", "text"])
def test_a_file_that_is_no_mapping_is_refused(text, tmp_path):
    path = tmp_path / "contract.yml"
    path.write_text(text)
    with pytest.raises(ContractError, match=r"contract\.yml"):
        load(path)


def test_a_contract_without_personal_fields_has_no_personal_values():
    bare = replace(contracts()["northbeam"].orders, fields=(), children=())
    sql = personal_values(replace(contracts()["northbeam"], orders=bare))
    part = {"batch": 1, "first": 1, "last": 2}
    values = {**part, "text": "anything", "words": ["anything"], "digits": "", "tail": 7}
    assert duckdb.execute(sql, values).fetchall() == []
