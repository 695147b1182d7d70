"""A project may bring its own destinations: a folder each, found beside connector.yml."""

import pytest
import yaml

from connector.config.config import destinations_path
from connector.destinations import believing, contracts, reader
from connector.exceptions import ConfigError, ContractError
from connector.http.answer import Answer, Outcome, Response, by_status

CONTRACT = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Harbor Ledger API",
    "x-destination": "harbor",
    "x-entity": "orders",
    "x-key": "number",
    "x-order-by": "number",
    "x-environments": {"local": "http://127.0.0.1:8710/harbor"},
    "x-limits": {"orders": 10, "bytes": 10_000},
    "type": "object",
    "required": ["number"],
    "properties": {"number": {"type": "string", "minLength": 1}},
}


@pytest.fixture
def place(tmp_path):
    """Write a changed contract, and return the folder that holds its folder."""

    def write(name="harbor", answer=None, **changes):
        folder = tmp_path / "destinations" / name
        folder.mkdir(parents=True)
        (folder / "contract.yml").write_text(yaml.safe_dump(CONTRACT | changes))
        if answer is not None:
            (folder / "answer.py").write_text(answer)
        return folder.parent

    return write


def test_a_destination_of_the_project_stands_beside_those_that_are_shipped(place):
    found = contracts(place())
    assert found.keys() - contracts().keys() == {"harbor"}
    assert found["harbor"].title == "Harbor Ledger API"


def test_a_folder_without_a_contract_is_no_destination(tmp_path):
    (tmp_path / "notes").mkdir()
    assert contracts(tmp_path) == contracts()


@pytest.mark.parametrize("name", contracts())
def test_the_name_of_a_shipped_destination_is_taken(place, name):
    with pytest.raises(ContractError, match=f"{name}/contract.yml: '{name}' is the name of a dest"):
        contracts(place(name))


@pytest.mark.parametrize(
    ("name", "changes", "words"),
    [
        ("Harbor Ledger", {}, "'Harbor Ledger' is not a valid name; use a-z, 0-9 and _"),
        ("harbour", {}, "x-destination is 'harbor', but the folder is 'harbour'"),
        ("harbor", {"required": ["nubmer"]}, "'nubmer' is not one of its properties"),
        ("harbor", {"x-limits": {}}, "x-limits: orders is missing"),
        ("harbor", {"x-limits": {"orders": 0, "bytes": 9}}, "x-limits: orders must be a whole num"),
        ("harbor", {"x-budgets": {}}, "x-budgets is not known (did you mean 'x-budget'?)"),
        ("harbor", {"x-headers": [1]}, "x-headers must be a mapping of keys to values"),
        ("harbor", {"x-envelope": {"sales": 1}}, "x-envelope needs one empty list"),
        ("harbor", {"x-side-effects": True}, "x-side-effects must be false, or a sentence"),
        ("harbor", {"x-success": {"members": []}}, "x-success: empty is missing"),
        ("harbor", {"x-success": {"empty": "no"}}, "x-success: empty must be true or false"),
        ("harbor", {"x-success": {"empty": False, "member": []}}, "(did you mean 'members'?)"),
        ("harbor", {"x-success": {"empty": False, "requires": {"ok": []}}}, "'ok' must be a text"),
        ("harbor", {"x-success": {"empty": False, "requires": {"success": False}}}, "by itself"),
        ("harbor", {"x-success": {"empty": True, "requires": {"ok": True}}}, "an empty body lacks"),
        ("harbor", {"x-key": "nubmer"}, "x-key of orders: 'nubmer' is not known (did you mean 'n"),
        (
            "harbor",
            {"properties": {"number": {"type": "string", "minLength": "1"}}},
            "number: minLength must be a whole number",
        ),
        ("harbor", {"properties": {"number": "string"}}, "number: must be a mapping of keys"),
        (
            "harbor",
            {"x-environments": {"production": "http://orders.example/"}},
            "x-environments.production is http:// to orders.example; use https://",
        ),
        (
            "harbor",
            {"x-environments": {"local": "https://orders.example/"}},
            "x-environments.local is of orders.example",
        ),
    ],
    ids=str,
)
def test_a_broken_contract_is_refused_with_its_file_and_what_is_wrong(place, name, changes, words):
    with pytest.raises(ContractError) as caught:
        contracts(place(name, **changes))
    assert f"destinations/{name}/contract.yml: " in str(caught.value)
    assert words in str(caught.value)


# How its answers are read.

ANSWER = """
from connector.http.answer import Answer, Outcome

def read(response):
    return Answer(Outcome.STOP, response.status, "as the project reads it")
"""


def test_answers_are_read_by_their_status_when_nothing_else_is_said(place):
    assert reader(contracts(place())["harbor"]) is by_status


def test_answers_are_read_by_a_module_of_the_project(place):
    read = reader(contracts(place(answer=ANSWER))["harbor"])
    response = Response(200, "application/json", b"{}")
    assert read(response) == Answer(Outcome.STOP, 200, "as the project reads it")


def test_a_success_is_believed_by_the_terms_of_the_contract(place):
    terms = {"empty": False, "requires": {"ok": True}, "members": []}
    read = believing(contracts(place(**{"x-success": terms}))["harbor"])
    outcomes = {
        body: read(Response(200, "application/json", body)).outcome
        for body in (b'{"ok":true}', b'{"ok":1}', b"", b'{"ok":true,"error":"no"}')
    }
    assert list(outcomes.values()) == [Outcome.DELIVERED, *[Outcome.DOUBT] * 3]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("", "has no function `read"),
        ("def read(", "cannot be imported: SyntaxError"),
        ("import connecter", "cannot be imported: ModuleNotFoundError"),
    ],
)
def test_a_module_that_cannot_be_used_is_named(place, answer, words):
    with pytest.raises(ContractError, match=r"harbor/answer\.py") as caught:
        reader(contracts(place(answer=answer))["harbor"])
    assert words in str(caught.value)


# Where they are looked for.


def settings(tmp_path, text=""):
    path = tmp_path / "connector.yml"
    path.write_text(f"{text}\ndestinations: {{harbor: {{}}}}\n")
    return path


def test_a_project_without_destinations_of_its_own_has_none(tmp_path):
    assert destinations_path(settings(tmp_path)) is None


def test_the_folder_beside_the_settings_is_found_by_its_name(tmp_path, place):
    folder = place()
    assert destinations_path(settings(tmp_path)) == folder


def test_another_folder_can_be_named(tmp_path):
    (tmp_path / "apis").mkdir()
    path = settings(tmp_path, "destinations_path: apis")
    assert destinations_path(path) == tmp_path / "apis"


def test_a_folder_that_is_named_and_missing_is_an_error(tmp_path):
    with pytest.raises(ConfigError, match=r"yml: destinations_path is .*apis, and there"):
        destinations_path(settings(tmp_path, "destinations_path: apis"))


def test_a_command_knows_the_destinations_of_the_project(shop, place):
    place()
    shop.write(
        "warehouse: {path: oms.duckdb}\ndestinations:\n  harbor:\n    url: http://127.0.0.1:1/orders\n"
    )
    shop.sql("create table harbor__orders as select 'HB-1' as number")
    assert shop.plan("harbor")["added"] == 1


def test_a_broken_contract_of_the_project_ends_a_command_with_2(shop, place):
    place(required=["nubmer"])
    shop.run("plan").fails(2, "harbor/contract.yml: ", "'nubmer'")
