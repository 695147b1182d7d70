"""A small dbt project, mapped by `connector init`, built, and looked at."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.dbt_project import run_dbt
from tests.shop import Shop
from tests.small_project import FILES

GIVEN = ("--time-zone", "America/New_York", "--map", "currency='USD'")


def build_on_server(folder: Path, output: Mapping[str, object], models: Mapping[str, str]) -> None:
    """Write a project whose profile has this output, with models of its own, and build it."""
    profile = {"small": {"target": "dev", "outputs": {"dev": output}}}
    (folder / "dbt_project.yml").write_text(FILES["dbt_project.yml"])
    (folder / "profiles.yml").write_text(json.dumps(profile))
    (folder / "models").mkdir()
    for name, sql in models.items():
        (folder / "models" / f"{name}.sql").write_text(sql)
    assert run_dbt(folder, ["build"]).success


def mapped_and_valid(own: Shop, monkeypatch, given: Sequence[str] = GIVEN) -> None:
    """Check that what `init` makes of three orders builds, and is what the orders say."""
    monkeypatch.setenv("NORTHBEAM_API_KEY", "planted")
    monkeypatch.setenv("NORTHBEAM_CLIENT_ID", "planted")
    told = own.run("init", "--destination", "northbeam", "--yes", *given)
    assert told.code == 0, told.err
    outcome = run_dbt(own.directory, ["build"])
    assert outcome.success, outcome.exception
    path = own.directory / "connector.yml"
    url = f"{own.sandbox.url}/v2/orders"
    local = "environment: local"
    path.write_text(path.read_text().replace(local, f"{local}\n    url: {url}"))
    assert "3 orders, 0 invalid" in own.run("validate").out
    (shown,) = own.run("show", "1", "--output", "json").json()
    expected = {
        "order_id": "1",
        "customer_id": "6f1ed002-ab5d-4d23-8f3c-1e2f5a3b4c5d",
        "time_of_purchase": "2026-07-02T00:00:00Z",
        "currency": "USD",
        "purchase_total": 12.50,
        "tax": 2.00,
        "shipping_cost": 0.50,
        "order_tags": ["web", "vip"],
        "customer_email": "someone@mail.example",
    }
    payload = shown["payload"]
    assert {name: payload[name] for name in expected} == expected
    assert payload["products"] == [{"id": "tea", "name": "Tea", "quantity": 1, "price": 10}]
