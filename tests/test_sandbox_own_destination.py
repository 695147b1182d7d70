"""The sandbox serves a made-up API, of which a project has only a contract."""

import pytest
import requests
import yaml

from connector.cli import run
from tests.sandbox_process import measured_sandbox as sandbox
from tests.test_own_destinations import CONTRACT

pytestmark = pytest.mark.measured

HARBOR = {
    "x-environments": {"local": "http://127.0.0.1:8710/harbor/v1/sales"},
    "x-settings": {
        "token": {"description": "token", "secret": True},
        "region": {"description": "region"},
    },
    "x-headers": {"Authorization": "Bearer {token}", "X-Version": "2"},
    "x-envelope": {"sales": [], "region": "{region}", "version": 2},
    "x-check": {
        "method": "POST",
        "environments": {"local": "http://127.0.0.1:8710/harbor/v1/me"},
        "accepted": [204],
    },
    "x-budget": {"requests": 2, "seconds": 60},
    "x-removal": {"actions": {"erase": {"method": "DELETE", "parameter": "number"}}},
    "properties": {
        "number": {"type": "string", "minLength": 1},
        "amounts": {"type": "object", "properties": {"paid": {"type": "number"}}},
    },
}
HEADERS = {"Authorization": "Bearer secret"}
PATH = "/harbor/v1/sales"


@pytest.fixture
def write(tmp_path):
    """Writes the contract, changed as told, into a project, and returns the project."""

    def write(name="harbor", **changes):
        folder = tmp_path / "destinations" / name
        folder.mkdir(parents=True, exist_ok=True)
        contract = CONTRACT | HARBOR | {"x-destination": name} | changes
        (folder / "contract.yml").write_text(yaml.safe_dump(contract))
        (tmp_path / "connector.yml").write_text("destinations: {}")
        return tmp_path

    return write


def body(*numbers: str) -> dict:
    sales = [{"number": number, "amounts": {"paid": 1.5}} for number in numbers]
    return {"region": "eu", "version": 2, "sales": sales}


def post(running, value, **headers) -> requests.Response:
    return requests.post(running.url + PATH, json=value, headers=HEADERS | headers, timeout=60)


def test_a_made_up_api_is_served_from_its_contract_alone(write):
    with sandbox("--setting", "token=secret", project=write()) as running:
        harbor = running.at("harbor")
        assert post(harbor, body("A", "B")).json() == {}
        assert post(harbor, body("A"), Authorization="Bearer other").status_code == 401
        refused = post(harbor, body("C", ""))
        (error,) = refused.json()["errors"]
        assert (refused.status_code, error["number"], error["path"]) == (
            400,
            "",
            "$.sales[1].number",
        )
        for wrong in ({"sales": [], **body()}, {"sales": body("A")["sales"]}, []):
            assert post(harbor, wrong).status_code == 400
        assert [order["number"] for order in harbor.orders()] == ["A", "B"]
        assert harbor.counts()["revenue"] == {"": "3.0"}
        check = requests.post(f"{harbor.url}/harbor/v1/me", headers=HEADERS, timeout=60)
        assert check.status_code == 204
        number = {"number": "A"}
        requests.delete(harbor.url + PATH, params=number, headers=HEADERS, timeout=60)
        assert harbor.live_records() == {"B": 1}


def test_a_unit_of_failure_and_a_budget_of_requests_are_those_of_the_contract(write):
    project = write(**{"x-failure-unit": "order"})
    with sandbox("--enforce-budget", project=project) as running:
        harbor = running.at("harbor")
        assert [post(harbor, body("A", "")).status_code for _ in range(3)] == [400, 400, 429]
        assert harbor.live_records() == {"A": 1}


def test_two_contracts_of_one_path_are_refused(write, capsys):
    write()
    assert run([f"--project-dir={write('quay')}", "sandbox", "--port=0"]) == 2
    told = " ".join(capsys.readouterr().err.split())
    assert "quay/contract.yml: the path /harbor/v1/sales of the local environment is" in told


def test_a_wrong_configuration_is_said(tmp_path, capsys):
    for arguments in (["--config=other.yml"], []):
        (tmp_path / "connector.yml").write_text("destinations_path: nowhere")
        assert run([f"--project-dir={tmp_path}", *arguments, "sandbox", "--port=0"]) == 2
    told = capsys.readouterr().err
    assert "other.yml" in told
    assert "nowhere" in told
