"""A plan of many orders is kept in files instead of in memory, with the same result."""

import os
import shutil
import stat
from collections.abc import Iterator

import pytest

from connector.plan import spill_tables
from connector.plan.choice import Choice
from connector.plan.plan import Planner
from connector.runs.workspace import Options, configured, opened

RENAMED = "update northbeam__orders set customer_name = $name where order_id < 'order-000020'"
SHUFFLED = """
create or replace table northbeam__products as
from northbeam__products order by hash(order_id, _position)
"""


@pytest.fixture
def private() -> Iterator[None]:
    """Files are made with the mode that the command line gives them."""
    before = os.umask(0o077)
    yield
    os.umask(before)


def sent(shop) -> list[str]:
    """Sync a first load, an edit and rows in another order; returns what was sent."""
    shop.sandbox.reset()
    shutil.rmtree(shop.ledger.parent, ignore_errors=True)
    assert shop.sync()["delivered"] == 2_500
    shop.sql(RENAMED, name="Another Name")
    assert shop.sync()["delivered"] == 20
    shop.sql(SHUFFLED)
    assert shop.sync()["delivered"] == 0
    shop.sql(RENAMED, name="A Customer")
    return sorted(shop.sandbox.texts())


def test_what_is_sent_does_not_depend_on_where_a_plan_is_kept(shop, monkeypatch):
    shop.orders(0, 2_500)
    shop.sql(RENAMED, name="A Customer")
    texts = sent(shop)
    monkeypatch.setattr(spill_tables, "FEW", 0)
    assert sent(shop) == texts


@pytest.mark.usefixtures("private")
def test_the_files_of_a_large_plan_are_private_and_go_with_it(shop, monkeypatch):
    monkeypatch.setattr(spill_tables, "FEW", 0)
    shop.orders(0, 50)
    shop.ledger.parent.mkdir()  # reading makes none
    (account,), warehouse = configured(Options(project_dir=shop.directory), [])
    with opened(account, warehouse, read_only=True) as workspace:
        job = workspace.job
        planner = Planner(job.connection, job.contract, job.destination)
        planner.plan(job.warehouse, Choice())
        files = list(shop.ledger.parent.glob("spill-*/**/*.duckdb*"))
        assert {path.name for path in files} >= {"plan.duckdb", "staged.duckdb"}
        assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
        monkeypatch.setattr(spill_tables, "FEW", 100)
        planner.plan(job.warehouse, Choice())
        assert not list(shop.ledger.parent.glob("spill-*/**/*.duckdb*"))
    assert not list(shop.ledger.parent.glob("spill-*"))
