"""docs/add-a-destination.md works as written: a fourth API without a line of Python."""

import contextlib
import copy
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from connector.contract.contract import load
from connector.exceptions import ContractError
from tests.dbt_project import run_dbt
from tests.sandbox_process import Sandbox, sandbox
from tests.shop import Shop
from tests.small_project import FILES

ROOT = Path(__file__).parents[1]
RECIPE = (ROOT / "docs" / "add-a-destination.md").read_text(encoding="utf-8")
PATH = "/harbor-club/v1/sales"
MARTS = {
    "models/orders.sql": """
select
    'order-' || i as order_id,
    timestamptz '2026-01-01 00:00:00+00' + to_minutes(i) as ordered_at,
    'customer-' || i as customer_id,
    'Olena' as customer_name,
    12.50::decimal(18, 2) as total_amount
from range(501) as numbers (i)
""",
    "models/order_products.sql": """
select order_id, position, 'TEA-' || position as product_id, position as quantity
from {{ ref("orders") }}, range(1, 3) as positions (position)
""",
}


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", RECIPE, flags=re.DOTALL)


def files() -> dict[str, str]:
    """The files of the recipe; the first line of each says which it is."""
    texts = [text for language in ("yaml", "sql") for text in blocks(language)]
    return {text.partition("\n")[0].lstrip("#- "): text for text in texts}


def commands() -> list[list[str]]:
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    return [shlex.split(line, comments=True) for line in lines]


def write(directory: Path, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip())


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A dbt project with marts, the contract and the settings, and nothing else."""
    profile = FILES["profiles.yml"].replace("oms.duckdb", str(tmp_path / "oms.duckdb"))
    write(tmp_path, MARTS | {"dbt_project.yml": FILES["dbt_project.yml"], "profiles.yml": profile})
    write(tmp_path, {name: text for name, text in files().items() if name.endswith("yml")})
    return tmp_path


@pytest.fixture
def running(project: Path) -> Iterator[Sandbox]:
    with sandbox("--setting=token=planted-token", project=project) as found:
        yield found.at("harbor_club")


def run(shop: Shop, command: list[str]) -> None:
    """Run a command of the recipe; the test's sandbox replaces the one that it starts."""
    if command[:2] == ["connector", "init"]:
        assert shop.run(*command[1:]).code == 0
        write(shop.directory, {name: text for name, text in files().items() if "sql" in name})
        settings = shop.directory / "connector.yml"
        settings.write_text(f"{settings.read_text()}    url: {shop.sandbox.url}{PATH}\n")
    elif command[0] == "dbt":
        assert run_dbt(shop.directory, ["run", "--select", "orders", "order_products"]).success
        assert run_dbt(shop.directory, command[1:]).success
    elif command[:2] not in (["connector", "sandbox"], ["export", "HARBOR_CLUB_TOKEN=any"]):
        result = shop.run(*command[1:])
        assert (result.code, bool(result.out)) == (0, True), result.err


def test_the_recipe_brings_orders_to_a_made_up_api(project, running, monkeypatch):
    monkeypatch.setenv("HARBOR_CLUB_TOKEN", "planted-token")
    shop = Shop(project, running)
    for command in commands():
        run(shop, command)
    assert list(project.rglob("*.py")) == []
    assert running.counts()["orders"] == 501
    (first, *_) = running.texts()
    assert first == (
        '{"kind":"sale","number":"order-0","sold_at":"2026-01-01T00:00:00Z",'
        '"member":{"id":"customer-0","name":"Olena"},"paid":12.5,'
        '"goods":[{"sku":"TEA-1","pieces":1},{"sku":"TEA-2","pieces":2}]}'
    )
    assert shop.sync()["requests"] == 0


def test_the_token_of_the_recipe_is_asked_for(project, running, monkeypatch):
    monkeypatch.setenv("HARBOR_CLUB_TOKEN", "planted-and-wrong")
    shop = Shop(project, running)
    for command in commands()[:2]:
        run(shop, command)
    shop.run("sync").fails(3, "harbor_club")


# Values that a user may write into a contract.


def places(value: Any, path: tuple = ()) -> Iterator[tuple]:
    """The paths to every part of a contract."""
    if path:
        yield path
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*path, key))


def put(contract: dict, path: tuple, part: Any) -> dict:
    """A copy with one part replaced."""
    copied = copy.deepcopy(contract)
    inner = copied
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = part
    return copied


@pytest.mark.parametrize("part", [None, 7, "{text", [7], {"a": 7}], ids=repr)
def test_a_contract_is_taken_or_refused_whatever_it_holds(part, tmp_path):
    contract = yaml.safe_load(blocks("yaml")[0])
    path = tmp_path / "contract.yml"
    for place in places(contract):
        path.write_text(json.dumps(put(contract, place, part)))
        with contextlib.suppress(ContractError):
            load(path)
