"""What every destination on disk owes, second part: what is sent, to its own sandbox process.

The process takes only the right credentials and no request above the contract's limit of bytes.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from connector.compile import quote
from connector.compile.judge import of_contract
from connector.contract.contract import Contract
from connector.contract.entity import Entity, Field
from connector.contract.terms import Action
from connector.destinations import reader
from connector.http import retry
from connector.http.answer import Outcome, Response
from tests.conformance.breaking import cases, changed
from tests.conformance.examples import CONTRACTS, HERE, examples
from tests.conformance.shop import BARE, PLAIN, DestinationShop, plant
from tests.expected_payloads import broken_rules
from tests.generated_orders import judge
from tests.sandbox_process import sandbox

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


# What counts as taken.


def test_a_2xx_counts_only_as_far_as_the_contract_says(shop):
    """Stored or not: what says no, or nothing where that is not documented, goes again."""
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
    most = shop.contract.max_orders
    for count in (most, most + 1):
        shop.forget()
        shop.orders(0, count, BARE)
        sent, requests = shop.sync(), 1 if count <= most else 2
        assert (sent["delivered"], sent["requests"], sent["retries"]) == (count, requests, 0)
        assert len(shop.held()) == count


def test_what_is_sent_is_what_was_planned(shop):
    shop.orders(0, 10)
    lacking = next(each for each in cases(shop.examples) if each.rule.endswith(".required"))
    shop.add({"HB-lacking": lacking.order})
    plan, sent = shop.plan(), shop.sync()
    same = ("orders", "added", "changed", "planned", "batches", "bytes", "invalid", "warned")
    assert [plan[name] for name in same] == [sent[name] for name in same]
    assert plan["examples"] == sent["examples"]
    assert (plan["planned"], plan["invalid"], sent["delivered"]) == (10, 1, 10)


def widest(contract: Contract) -> Entity:
    """The list with the most columns of those whose rows may be repeated."""
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


# Texts.


def free_texts(contract: Contract, entity: Entity) -> list[Field]:
    """Columns that take texts of any sort, and that no rule across columns looks at."""
    rules = " ".join(rule.violated_when for rule in contract.rules)
    return [
        field
        for field in entity.fields
        if field.kind == "string"
        and not {"pattern", "enum", "format"} & field.schema.keys()
        and field.column not in (*entity.keys, entity.item_key)
        and field.column not in rules
    ]


def test_texts_of_every_sort_arrive_as_they_are(shop):
    entities = [shop.contract.orders, *shop.contract.orders.children]
    free = [(entity, free_texts(shop.contract, entity)) for entity in entities]
    wanted = {}
    for number, text in enumerate(TEXTS):
        changes = {
            entity.name: [{f.column: text[: f.schema.get("maxLength")] for f in fields}]
            for entity, fields in free
        }
        wanted[shop.key(number)] = changed(shop.examples.first, changes)
    shop.add(wanted)
    assert shop.sync()["delivered"] == len(TEXTS)
    held = shop.held()
    for key, order in wanted.items():
        for entity, fields in free:
            item = held[key][entity.label][0] if entity.label else held[key]
            for field in fields:
                assert found(item, field.path) == order[entity.name][0][field.column]


def found(value: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        value = value[name]
    return value


# What goes wrong.


def test_nothing_optional_costs_an_order(shop):
    checks = {check.rule: check for check in of_contract(shop.contract)}
    orders = {
        f"case-{number}": case.order
        for number, case in enumerate(cases(shop.examples))
        if checks[case.rule].cost != "refuse"
        and not set(case.also) & set(checks)
        and shop.contract.key != checks[case.rule].field
    }
    shop.add(orders)
    sent = shop.sync()
    assert (sent["delivered"], sent["invalid"], sent["refused"]) == (len(orders), 0, 0)
    assert sent["warned"] == len(orders) > len(shop.contract.orders.fields) // 2


def test_refused_orders_harm_themselves_only_and_go_again_when_asked_to(shop):
    """Whether the refusal names them, or has to be narrowed down to those that cause it."""
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
    assert shop.sync()["delivered"] == 10


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


@pytest.fixture
def delivered(shop: DestinationShop) -> DestinationShop:
    shop.orders(0, 3)
    assert shop.sync()["delivered"] == 3
    return shop


def test_orders_that_left_the_view_are_reported_or_taken_back_as_the_contract_knows(delivered):
    before = delivered.held()
    order = before[delivered.key(1)]
    delivered.remove(1)
    assert delivered.plan()["removed"] == 1
    sent = delivered.sync()
    assert (sent["removed"], sent["requests"], delivered.held()) == (1, 0, before)
    assert delivered.contract.removal.actions
    for name, action in delivered.contract.removal.actions.items():
        delivered.configure(on_removed=name)
        delivered.orders(1, 2)
        delivered.sync("--full")  # what can be taken back is remembered from now on
        assert delivered.held() == before
        delivered.remove(1)
        assert delivered.plan()["removed"] == 1
        delivered.sync()
        left = [] if action.parameter else [taken_back(order, action)]
        assert kept(delivered, 1)[-1:] == left, name
        assert [delivered.held()[delivered.key(number)] for number in (0, 2)] == [
            before[delivered.key(number)] for number in (0, 2)
        ]
        assert delivered.sync()["requests"] == 0


def test_an_order_that_is_marked_as_gone_counts_as_gone(delivered):
    flag = delivered.contract.removal.flag
    if flag:
        orders = delivered.contract.orders
        delivered.update(orders, delivered.contract.lifecycle.column, "null", 1)
        delivered.update(orders, flag, "true", 1)
        assert (delivered.plan()["taken_back"], delivered.sync()["exit_code"]) == (1, 0)
        assert delivered.sandbox.live_records()[delivered.key(1)] == 0


def test_items_that_left_the_view_are_sent_on_or_taken_back(delivered):
    order = delivered.held()[delivered.key(1)]
    for entity in delivered.contract.entities():
        if entity.removed:
            gone = order[entity.label][0]
            delivered.remove_item(entity, gone[entity.item_key], 1)
            for policy, members in (("report", {}), ("take_back", entity.removed)):
                delivered.configure(on_cancelled=policy)
                delivered.sync("--full")
                items = delivered.held_items(1, entity)
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


def test_what_identifies_an_order_is_sent_as_it_was_sent_first(delivered):
    before = delivered.held()
    for entity, field in identities(delivered.contract):
        other = OTHER[field.kind].format(quote(field.column))
        delivered.update(entity, field.column, other, 1)
    rules = {
        f"{'.'.join(filter(None, (e.label, *f.path)))}.identity"
        for e, f in identities(delivered.contract)
    }
    sent = delivered.sync("--full")
    assert (sent["delivered"], sent["refused"]) == (3, 0)
    assert delivered.held() == before
    warnings = delivered.run("errors", "--warnings", "--output", "json").json()
    assert {each["rule"] for each in warnings if each["rule"].endswith(".identity")} == rules


def test_another_identity_replaces_the_record_when_that_is_wanted(delivered):
    orders = [each for each in identities(delivered.contract) if not each[0].label]
    if "void" not in delivered.contract.removal.actions:
        delivered.configure(on_identity_change="replace")
        delivered.run("sync").fails(2, "on_identity_change")
        return
    delivered.configure(on_identity_change="replace")
    for entity, field in orders:
        delivered.update(entity, field.column, OTHER[field.kind].format(quote(field.column)), 1)
        assert delivered.sync()["exit_code"] == 0
        assert set(delivered.sandbox.live_records().values()) == {1}
    assert len(kept(delivered, 1)) == 1 + len(orders)
    assert delivered.sync()["requests"] == 0


def test_what_only_goes_forward_is_held_back_when_it_goes_back(delivered):
    for column, steps in delivered.contract.forward.items():
        before = delivered.held()
        earlier = steps[steps.index(before[delivered.key(1)][column]) - 1]
        delivered.update(delivered.contract.orders, column, f"'{earlier}'", 1)
        sent = delivered.sync()
        assert (sent["invalid"], sent["requests"], delivered.held()) == (1, 0, before)
        (error,) = delivered.run("errors", "--output", "json").json()
        assert error["rule"] == f"{column}.forward"
        delivered.configure(allow_backwards=True)
        assert delivered.sync()["delivered"] == 1
        assert delivered.held()[delivered.key(1)][column] == earlier


# What the sandbox says is what the contract says of the vendor.


def post(shop: DestinationShop, payload: str) -> requests.Response:
    """Post one order with the right credentials, past the connector."""
    contract, secrets = shop.contract, plant(shop.contract)
    values = {name: secrets.get(name, PLAIN) for name in contract.settings}
    headers = {name: text.format_map(values) for name, text in contract.headers.items()}
    basic = contract.basic_auth
    user = (basic.user.format_map(values), basic.password.format_map(values)) if basic else None
    before, after = contract.envelope.around(values)
    body = f"{before}{payload}{after}".encode()
    headers["Content-Type"] = "application/json"
    return requests.post(shop.url, body, headers=headers, auth=user, timeout=60)


def test_the_sandbox_refuses_what_the_vendor_refuses_and_takes_everything_else(shop):
    read = reader(shop.contract)
    ours = {check.rule for check in of_contract(shop.contract) if check.is_ours}
    found = {f"case-{n}": case.order for n, case in enumerate(cases(shop.examples))}
    found |= {f"golden-{n}": order for n, order in enumerate(shop.examples.orders)}
    found |= {"bare": shop.examples.bare}
    judged = judge(shop.contract, shop.examples.tables(found))
    verdicts = set()
    for key, payload in judged.payloads.items():
        response = post(shop, payload)
        answer = read(Response(response.status_code, "application/json", response.content))
        is_taken = answer.outcome is Outcome.DELIVERED and not answer.refused
        broken = broken_rules(shop.contract, payload) - ours
        assert is_taken == (broken == set()), (key, response.text, broken)
        verdicts.add(is_taken)
    assert verdicts == {True, False}
