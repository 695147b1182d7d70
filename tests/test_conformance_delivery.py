"""What every destination on disk owes, second part: what is sent, to its own sandbox process.

The process takes only the right credentials and no request above the contract's limit of bytes.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from connector.compile import quote
from connector.compile.judging.judge import of_contract
from connector.contract.contract import Contract
from connector.contract.entity import Entity, Field
from connector.contract.requests import Action
from connector.destinations import believing
from connector.http import retry
from connector.http.answer import Outcome, Response
from tests.conformance.breaking import cases, changed
from tests.conformance.examples import CONTRACTS, HERE, Order, examples
from tests.conformance.shop import BARE, PLAIN, DestinationShop, plant
from tests.delivered import post
from tests.expected_payloads import broken_rules
from tests.generated_orders import judge
from tests.sandbox_process import sandbox

pytestmark = pytest.mark.untraced

TEXTS = ["😀 🤦🏼\u200d♂️", "".join(map(chr, range(1, 32))), "\"'\\/ {{ x }} --;", "é" * 10_000]


@pytest.fixture(scope="module")
def kind() -> type[DestinationShop]:
    """How changes are found."""
    return DestinationShop


@pytest.fixture(scope="module", params=CONTRACTS)
def place(request: pytest.FixtureRequest, tmp_path_factory, kind) -> Iterator[DestinationShop]:
    """One warehouse and one sandbox for all tests of a destination."""
    contract = CONTRACTS[request.param]
    secrets = plant(contract)
    options = [f"--setting={name}={secrets.get(name, PLAIN)}" for name in contract.settings]
    with sandbox(*options, f"--max-bytes={contract.max_bytes}", "--retry-after=0") as running:
        directory = tmp_path_factory.mktemp(contract.destination)
        shop = kind(directory, running.at(contract.destination), examples(contract))
        shop.make()
        yield shop


@pytest.fixture
def shop(place: DestinationShop, monkeypatch: pytest.MonkeyPatch) -> Iterator[DestinationShop]:
    monkeypatch.setattr(retry, "BASE", 0.02)
    place.forget()
    place.configure(attempts=3)
    yield place
    place.sandbox.faults([])
    place.sandbox.poison()


# What counts as accepted.


def test_a_2xx_counts_only_as_far_as_the_contract_says(shop):
    """Stored or not: a rejected call, or any undocumented answer, is sent again."""
    shop.orders(0, 3)
    shop.configure(attempts=1, concurrency=1)
    shop.sandbox.faults(["says-no"])
    summary = shop.sync()
    assert (summary["exit_code"], summary["delivered"], summary["pending"]) == (4, 0, 3)
    shop.sandbox.faults(["empty"])
    summary = shop.sync()
    is_taken = 3 if shop.contract.success.empty else 0
    assert (summary["in_doubt"], summary["delivered"]) == (3, is_taken)
    shop.sandbox.faults(["unknown"])
    effects = ["--allow-side-effects"] if shop.contract.side_effects else []
    result = shop.run("sync", "--full", "--output", "json", *effects)
    summary = result.summary()
    assert (summary["exit_code"], summary["delivered"]) == (0, 3)
    assert result.err.count("look what they say: traceNumber") == 1


# How many, and how large.


def test_as_many_orders_as_the_contract_allows_go_in_one_request(shop):
    """Twice the limit takes two requests, neither above the limit."""
    count = 2 * shop.contract.max_orders
    shop.orders(0, count, BARE)
    sent = shop.sync()
    assert (sent["delivered"], sent["requests"], sent["retries"]) == (count, 2, 0)
    assert len(shop.held()) == count


def widest(contract: Contract) -> Entity:
    """The list with the most columns, among those whose rows may repeat."""
    free = [
        child
        for child in contract.orders.children
        if not (child.item_key or child.children or child.list_schema.get("uniqueItems"))
    ]
    return max(free, key=lambda child: len(child.fields))


def test_no_request_is_larger_than_the_contract_allows_and_no_order_either(shop):
    child = widest(shop.contract)
    golden = json.loads((HERE / f"{shop.name}.json").read_text())[0][child.label]
    rows = shop.contract.max_bytes // 80 // len(json.dumps(golden))  # an 80th of a request
    shop.orders(0, 151)
    view, key = shop.view(child.name), quote(shop.contract.key)
    repeat = f"insert into {view} select view.* replace (9 + row_number() over () as _position) "
    repeat += f"from {view} as view, range($times) where {key} "
    shop.sql(repeat + "<> $last", times=rows, last=shop.key(150))
    shop.sql(repeat + "= $last", times=100 * rows, last=shop.key(150))
    sent = shop.sync()
    assert (sent["delivered"], sent["invalid"], sent["retries"], sent["refused"]) == (150, 1, 0, 0)
    assert sent["requests"] == sent["batches"] >= sent["bytes"] / shop.contract.max_bytes > 1
    (error,) = shop.run("errors", "--output", "json").json()
    assert (error["order_id"], error["rule"]) == (shop.key(150), "order.bytes")
    assert shop.held().keys() == {shop.key(number) for number in range(150)}


# One run over orders of every sort.


@dataclass(frozen=True, repr=False)
class Mixture:
    """What a plan and a run said of plain orders, of texts, and of orders that break a rule each.

    One of them lacks what is required; of the others that break a rule, nothing required is wrong.
    """

    plan: dict[str, Any]
    sent: dict[str, Any]
    held: dict[str, dict[str, Any]]
    texts: dict[str, Order]
    optional: dict[str, Order]


@pytest.fixture(scope="module")
def mixture(place: DestinationShop) -> Mixture:
    place.forget()
    place.configure(attempts=3)
    place.orders(0, 10)
    texts, optional = with_texts(place), with_faults(place)
    lacking = next(each for each in cases(place.examples) if each.rule.endswith(".required"))
    place.add({**texts, **optional, "HB-lacking": lacking.order})
    return Mixture(place.plan(), place.sync(), place.held(), texts, optional)


def with_faults(shop: DestinationShop) -> dict[str, Order]:
    """Orders that break one rule each, at no cost to the order."""
    checks = {check.rule: check for check in of_contract(shop.contract)}
    return {
        f"case-{number}": case.order
        for number, case in enumerate(cases(shop.examples))
        if checks[case.rule].cost != "refuse"
        and not set(case.also) & set(checks)
        and shop.contract.key != checks[case.rule].field
    }


def with_texts(shop: DestinationShop) -> dict[str, Order]:
    """Orders whose every free text is one of `TEXTS`, cut to its limit."""
    orders = {}
    for number, text in enumerate(TEXTS):
        changes = {
            entity.name: [{f.column: text[: f.schema.get("maxLength")] for f in fields}]
            for entity, fields in free(shop.contract)
        }
        orders[f"text-{number}"] = changed(shop.examples.first, changes)
    return orders


def free(contract: Contract) -> list[tuple[Entity, list[Field]]]:
    entities = [contract.orders, *contract.orders.children]
    return [(entity, free_texts(contract, entity)) for entity in entities]


def free_texts(contract: Contract, entity: Entity) -> list[Field]:
    """Free text columns that no rule across columns looks at."""
    rules = " ".join(rule.violated_when for rule in contract.rules)
    return [
        field
        for field in entity.fields
        if field.kind == "string"
        and not {"pattern", "enum", "format"} & field.schema.keys()
        and field.column not in (*entity.keys, entity.item_key)
        and field.column not in rules
    ]


def test_what_is_sent_is_what_was_planned(mixture):
    plan, sent = mixture.plan, mixture.sent
    same = ("orders", "added", "changed", "planned", "batches", "bytes", "invalid", "warned")
    assert [plan[name] for name in same] == [sent[name] for name in same]
    assert plan["examples"] == sent["examples"]
    count = 10 + len(mixture.texts) + len(mixture.optional)
    assert (plan["planned"], plan["invalid"], sent["delivered"]) == (count, 1, count)


def test_texts_of_every_sort_arrive_as_they_are(mixture, place):
    for key, order in mixture.texts.items():
        for entity, fields in free(place.contract):
            held = mixture.held[key]
            item = held[entity.label][0] if entity.label else held
            for field in fields:
                assert found(item, field.path) == order[entity.name][0][field.column]


def found(value: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        value = value[name]
    return value


def test_nothing_optional_costs_an_order(mixture, place):
    assert mixture.sent["refused"] == 0
    assert mixture.optional.keys() <= mixture.held.keys()
    fields = len(place.contract.orders.fields)
    assert mixture.sent["warned"] == len(mixture.optional) > fields // 2


# What goes wrong.


def test_refused_orders_harm_themselves_only_and_go_again_when_asked_to(shop):
    """Whether the refusal names its orders, or they have to be found by halving."""
    shop.orders(0, 10)
    named, unnamed = shop.key(3), (shop.key(5), shop.key(7))
    shop.sandbox.poison(named=f"^{named}$", unnamed=f"^({'|'.join(unnamed)})$")
    sent = shop.sync()
    assert (sent["delivered"], sent["refused"], sent["pending"], sent["exit_code"]) == (7, 3, 0, 1)
    refused = {named, *unnamed}
    assert shop.held().keys() == {shop.key(number) for number in range(10)} - refused
    errors = shop.run("errors", "--output", "json").json()
    assert {error["order_id"] for error in errors} == refused
    assert shop.sync()["requests"] == 0
    shop.sandbox.poison()
    assert shop.run("retry", shop.name, "--all").code == 0
    assert len(shop.held()) == 10


def test_wrong_credentials_end_a_run_with_3_and_nothing_is_sent(shop, monkeypatch):
    shop.orders(0, 10)
    settings = shop.contract.settings.items()
    secrets = [name for name, each in settings if each.secret and not each.same_as]
    assert secrets
    for name in secrets:
        monkeypatch.setenv(shop.variable(name), "planted-and-wrong")
        shop.run("sync").fails(3, shop.name)
        assert shop.held() == {}
        plant(shop.contract)


def test_what_was_stored_without_an_answer_is_in_doubt_and_goes_again_until_it_is_answered(shop):
    shop.orders(0, 10)
    shop.configure(attempts=1)
    shop.sandbox.faults(["reset-after"])
    sent = shop.sync()
    assert (sent["delivered"], sent["pending"], sent["exit_code"]) == (0, 10, 4)
    assert len(shop.held()) == 10
    shop.configure(attempts=3)
    shop.sandbox.faults(["503:1x", "reset-before:1x"])
    assert shop.plan()["in_doubt"] == 10
    sent = shop.sync()
    assert (sent["delivered"], sent["retries"], sent["exit_code"]) == (10, 2, 0)
    assert shop.sync()["requests"] == 0
    assert len(shop.held()) == 10


# What was sent before.


def taken_back(order: dict[str, Any], action: Action) -> dict[str, Any]:
    """What an action makes of an order as it was last sent."""
    lists = {
        name: [{**item, **members} for item in order[name]] for name, members in action.each.items()
    }
    longer = {name: [*order.get(name, []), text] for name, text in action.append.items()}
    left = {name: value for name, value in order.items() if name not in action.drop}
    return {**left, **lists, **longer, **action.set}


def kept(shop: DestinationShop, number: int) -> list[dict[str, Any]]:
    """The records of an order in the sandbox, void ones too."""
    records = shop.sandbox.records_of(shop.key(number))
    return [json.loads(record["text"]) for record in records if not record["list"]]


def deliver(shop: DestinationShop, **options: Any) -> DestinationShop:
    """Deliver three orders, the last of which are removed, edited and so on."""
    shop.configure(**options)
    shop.orders(0, 3)
    assert shop.sync()["delivered"] == 3
    return shop


def test_orders_that_left_the_view_are_reported_or_taken_back_as_the_contract_knows(shop):
    before = deliver(shop).held()
    shop.remove(1)
    assert shop.plan()["removed"] == 1
    sent = shop.sync()
    assert (sent["removed"], sent["requests"], shop.held()) == (1, 0, before)
    assert shop.contract.removal.actions
    for name, action in shop.contract.removal.actions.items():
        shop.configure(on_removed=name)
        shop.orders(1, 2)
        shop.sync("--full")  # what can be taken back is remembered from now on
        assert shop.held() == before
        shop.remove(1)
        shop.sync()
        left = [] if action.parameter else [taken_back(before[shop.key(1)], action)]
        assert kept(shop, 1)[-1:] == left, name
        assert [shop.held()[shop.key(number)] for number in (0, 2)] == [
            before[shop.key(number)] for number in (0, 2)
        ]
    assert shop.sync()["requests"] == 0


def test_an_order_that_is_marked_as_gone_counts_as_gone(shop):
    flag = shop.contract.removal.flag
    if flag:
        orders = deliver(shop).contract.orders
        shop.update(orders, shop.contract.lifecycle.column, "null", 1)
        shop.update(orders, flag, "true", 1)
        assert (shop.plan()["taken_back"], shop.sync()["exit_code"]) == (1, 0)
        assert shop.sandbox.live_records()[shop.key(1)] == 0


def test_items_that_left_the_view_are_sent_on_or_taken_back(shop):
    entities = [entity for entity in shop.contract.entities() if entity.removed]
    order = deliver(shop).held()[shop.key(1)] if entities else {}
    for entity in entities:
        gone = order[entity.label][0]
        shop.remove_item(entity, gone[entity.item_key], 1)
        for policy, members in (("report", {}), ("take_back", entity.removed)):
            shop.configure(on_cancelled=policy)
            shop.sync("--full")
            items = shop.held_items(1, entity)
            assert items[gone[entity.item_key]] == {**gone, **members}
            assert len(items) == len(order[entity.label])


def identities(contract: Contract) -> list[tuple[Entity, Field]]:
    return [
        (entity, field)
        for entity in contract.entities()
        for field in entity.fields
        if field.column in entity.identity
    ]


OTHER = {"timestamp": "{} + interval 1 day", "string": "{} || '2'"}  # value of the same kind


def test_what_identifies_an_order_is_sent_as_it_was_sent_first(shop):
    before = deliver(shop).held()
    for entity, field in identities(shop.contract):
        other = OTHER[field.kind].format(quote(field.column))
        shop.update(entity, field.column, other, 1)
    rules = {
        f"{'.'.join(filter(None, (e.label, *f.path)))}.identity"
        for e, f in identities(shop.contract)
    }
    sent = shop.sync("--full")
    assert (sent["delivered"], sent["refused"]) == (3, 0)
    assert shop.held() == before
    warnings = shop.run("errors", "--warnings", "--output", "json").json()
    assert {each["rule"] for each in warnings if each["rule"].endswith(".identity")} == rules


def test_another_identity_replaces_the_record_when_that_is_wanted(shop):
    orders = [each for each in identities(shop.contract) if not each[0].label]
    if "void" not in shop.contract.removal.actions:
        shop.configure(on_identity_change="replace")
        shop.run("sync").fails(2, "on_identity_change")
        return
    deliver(shop, on_identity_change="replace")
    for entity, field in orders:
        shop.update(entity, field.column, OTHER[field.kind].format(quote(field.column)), 1)
        assert shop.sync()["exit_code"] == 0
        assert set(shop.sandbox.live_records().values()) == {1}
    assert len(kept(shop, 1)) == 1 + len(orders)
    assert shop.sync()["requests"] == 0


def test_what_only_goes_forward_is_held_back_when_it_goes_back(shop):
    for column, steps in shop.contract.forward.items():
        before = deliver(shop).held()
        earlier = steps[steps.index(before[shop.key(1)][column]) - 1]
        shop.update(shop.contract.orders, column, f"'{earlier}'", 1)
        sent = shop.sync()
        assert (sent["invalid"], sent["requests"], shop.held()) == (1, 0, before)
        (error,) = shop.run("errors", "--output", "json").json()
        assert error["rule"] == f"{column}.forward"
        shop.configure(allow_backwards=True)
        assert shop.sync()["delivered"] == 1
        assert shop.held()[shop.key(1)][column] == earlier


# The sandbox behaves as the contract says of the vendor.


def test_the_sandbox_refuses_what_the_vendor_refuses_and_takes_everything_else(shop):
    read = believing(shop.contract)
    ours = {check.rule for check in of_contract(shop.contract) if check.is_ours}
    found = {f"case-{n}": case.order for n, case in enumerate(cases(shop.examples))}
    found |= {f"golden-{n}": order for n, order in enumerate(shop.examples.orders)}
    found |= {"bare": shop.examples.bare}
    judged = judge(shop.contract, shop.examples.tables(found))
    verdicts = set()
    for key, payload in judged.payloads.items():
        response = post(shop, [payload])
        answer = read(Response(response.status_code, "application/json", response.content))
        is_taken = answer.outcome is Outcome.DELIVERED and not answer.refused
        broken = broken_rules(shop.contract, payload) - ours
        assert is_taken == (broken == set()), (key, response.text, broken)
        verdicts.add(is_taken)
    assert verdicts == {True, False}
