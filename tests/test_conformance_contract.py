"""What every destination on disk owes, first part: what is judged and what is rendered.

Golden orders and the rules across columns stand in tests/conformance/<destination>.yml, the golden
payloads beside them; all else follows from the contract. A destination that lacks a part fails.
"""

import json
from dataclasses import dataclass, replace
from typing import Any

import pytest

from connector.compile.judging import judge as judge_sql
from connector.compile.judging.check import Check
from connector.compile.judging.rules import rule_checks
from connector.contract.contract import Contract
from tests.conformance.breaking import Case, cases, with_row
from tests.conformance.examples import CONTRACTS, HERE, Examples, Order, examples
from tests.expected_payloads import broken_rules
from tests.generated_orders import Judged, judge

CURES = ("leave_out", "shorten")
LONG = 10_000  # characters
NASTY = {
    "emoji": "😀 🤦🏼\u200d♂️",
    "accents": "e\u0301 é ß ｱ \u202eabc",
    "control": "".join(map(chr, range(32))) + "\x7f\x80\u2028\u2029\ufeff",
    "quotes": "\"'`\\/ '' \"\" $1 {} %s {{ x }} --;",
    "json": '{"a": [null, 1]}',
    "blank": " ",
    "last": "\U0010ffff\ufffd",
    "long": "x" * LONG,
    "long emoji": "😀" * LONG,
}


@dataclass(frozen=True, repr=False)
class Subject:
    """A destination with its examples, and what our SQL says of all of them."""

    contract: Contract
    examples: Examples
    cases: dict[str, Case]
    nasty: dict[str, Order]
    judged: Judged

    def __repr__(self) -> str:
        return self.contract.destination

    def rules(self, key: str) -> set[str]:
        return self.judged.rules.get(key, set())

    def errors(self, key: str) -> set[str]:
        """The rules of the schema that an order breaks."""
        return self.rules(key) - {check.rule for check in rule_checks(self.contract)}

    def by_validator(self, key: str) -> set[str]:
        return broken_rules(self.contract, self.judged.payloads[key])


@pytest.fixture(scope="module", params=CONTRACTS)
def subject(request: pytest.FixtureRequest) -> Subject:
    contract = CONTRACTS[request.param]
    found = examples(contract)
    broken = {key_of(found, case, number): case for number, case in enumerate(cases(found))}
    nasty = {f"nasty-{n}": order for n, order in enumerate(with_nasty_texts(found))}
    orders = {found.key(order): order for order in found.orders} | {"bare": found.bare}
    orders |= {key: case.order for key, case in broken.items()} | nasty
    return Subject(contract, found, broken, nasty, judge(contract, found.tables(orders)))


def key_of(found: Examples, case: Case, number: int) -> str:
    """What the case has made of the key, or a new one."""
    own = found.key(case.order)
    return f"case-{number}" if own == found.key(found.first) else own


def with_nasty_texts(found: Examples) -> list[Order]:
    """The golden order with each difficult text in each free text column."""
    return [
        with_row(found, entity, {field.column: text})
        for entity in found.contract.entities()
        for field in entity.fields
        for text in NASTY.values()
        if field.kind == "string"
        and not {"pattern", "enum", "format"} & field.schema.keys()
        and field.column not in (*entity.keys, entity.item_key)
    ]


# Golden orders.


def test_golden_orders_become_the_payloads_that_are_checked_in(subject):
    path = HERE / f"{subject.contract.destination}.json"
    keys = [subject.examples.key(order) for order in subject.examples.orders]
    rendered = ",\n".join(subject.judged.payloads[key] for key in keys)
    assert path.exists(), f"{path} is missing; `python -m tests.conformance` writes it"
    assert path.read_text() == f"[\n{rendered}\n]\n"


def test_golden_orders_break_no_rule(subject):
    for order in subject.examples.orders:
        key = subject.examples.key(order)
        assert subject.rules(key) == set()
        assert subject.by_validator(key) == set()


def test_golden_orders_fill_every_column_that_a_view_can_have(subject):
    contract = subject.contract
    of_removal = {name for action in contract.removal.actions.values() for name in action.set}
    for entity in contract.entities():
        filled = subject.examples.filled(entity)
        for field in entity.fields:
            set_by_us = field.column in {*of_removal, *entity.removed}
            assert field.column in filled or set_by_us, f"{entity.name}.{field.column}"
        assert set(entity.hidden) <= filled, entity.name
        assert len(subject.examples.first[entity.name]) > bool(entity.label), entity.name


def test_an_order_of_nothing_but_what_is_required_is_valid(subject):
    assert "bare" not in subject.judged.invalid
    assert subject.by_validator("bare") == set()
    payload = json.loads(subject.judged.payloads["bare"])
    needed = {*subject.contract.schema["required"], *first_choices(subject.contract)}
    assert payload.keys() == needed


def first_choices(contract: Contract) -> list[str]:
    """Of fields of which one is needed the first."""
    choices = contract.schema.get("allOf", ())
    return [name for part in choices for name in part.get("anyOf", [{}])[0].get("required", ())]


# Rules.


def test_every_rule_costs_what_it_can_cost(subject):
    for check in judge_sql.of_contract(subject.contract):
        assert check.cost in ("refuse", *check.choices), check.rule
        assert check.cost != "shorten" or check.shorten, check.rule
        assert check.cost != "leave_out" or check.leave_out, check.rule


def checks(contract: Contract) -> list[Check]:
    """Rules that look at the order itself; part two covers those that look at earlier payloads."""
    return [*judge_sql.checks(contract), *judge_sql.list_checks(contract), *rule_checks(contract)]


def test_every_rule_is_broken_by_some_order(subject):
    rules = {check.rule for check in checks(subject.contract) if not check.whole_view}
    key_is_missing = {f"{subject.contract.key}.required"}  # the whole view is refused
    assert {case.rule for case in subject.cases.values()} == rules - key_is_missing


def test_an_order_that_breaks_a_rule_is_found_to_break_that_one(subject):
    severities = {check.rule: check.severity for check in checks(subject.contract)}
    across = {check.rule for check in rule_checks(subject.contract)}
    for key, case in subject.cases.items():
        found = subject.rules(key)
        assert case.rule in found, case
        assert severities[case.rule] == "warning" or key in subject.judged.invalid, case
        if case.rule in across:
            assert found == {case.rule} | case.also, case


def test_what_is_optional_and_broken_is_left_out_or_shortened(subject):
    """The rest of the order is unchanged, and the payload breaks only rules that warn."""
    contract, found = subject.contract, subject.examples
    costs = {check.rule: check for check in judge_sql.of_contract(contract)}
    mended = {k: c for k, c in subject.cases.items() if costs[c.rule].cost in CURES}
    judged = judge(contract, found.tables({k: c.order for k, c in mended.items()}), mends=True)
    assert mended
    assert judged.invalid == set()
    for key, case in mended.items():
        assert case.rule in judged.rules[key]
        payload = judged.payloads[key]
        left = {rule for rule in broken_rules(contract, payload) if costs[rule].cost != "warn"}
        assert left == set(), (case.rule, payload)
        if not costs[case.rule].is_across:
            assert payload != subject.judged.payloads[key]


def test_whatever_is_broken_is_refused_when_the_project_says_so(subject):
    for key, case in subject.cases.items():
        if case.rule not in {check.rule for check in rule_checks(subject.contract)}:
            assert key in subject.judged.invalid, case.rule


def test_an_independent_validator_says_the_same_of_every_broken_order(subject):
    for key, case in subject.cases.items():
        # A fraction is cut off where a whole number is written.
        unseen = (
            {case.rule} if case.rule.endswith(".type") and ".items." not in case.rule else set()
        )
        assert subject.errors(key) == subject.by_validator(key) | unseen, case


def test_texts_of_every_sort_are_judged_as_by_the_validator_and_arrive_whole(subject):
    assert subject.nasty
    for key, order in subject.nasty.items():
        payload = json.loads(subject.judged.payloads[key])
        assert subject.errors(key) == subject.by_validator(key)
        for text in texts(order):
            assert text in set(texts(payload)), (key, text[:50])


def texts(value: Any) -> list[str]:
    """All texts within a value that are among the nasty ones."""
    if isinstance(value, dict):
        return [text for each in value.values() for text in texts(each)]
    if isinstance(value, list):
        return [text for each in value for text in texts(each)]
    return [value] if value in NASTY.values() else []


# A destination that lacks a part fails.


def test_a_destination_without_golden_orders_fails(subject):
    with pytest.raises(AssertionError, match=r"nobody\.yml is missing"):
        examples(replace(subject.contract, destination="nobody"))


def test_a_rule_that_no_example_breaks_is_noticed(subject):
    poorer = replace(subject.examples, rules={})
    found = {case.rule for case in cases(poorer)}
    across = {check.rule for check in rule_checks(subject.contract)}
    assert across
    assert found & across == set()
