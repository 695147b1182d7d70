"""What reports look like on terminals of 60, 80 and 120 columns, and that no width breaks a word.

`python -m pytest tests/test_snapshots.py --write-snapshots` writes tests/snapshots anew.
"""

import re
from pathlib import Path

import duckdb
import pytest

from tests.shop import Shop, make_shop

SNAPSHOTS = Path(__file__).parent / "snapshots"
REPORTS = {
    "status": ["status"],
    "status_of_one": ["status", "northbeam"],
    "runs": ["runs"],
    "run": ["runs", "2"],
    "errors": ["errors", "--type", "refused"],
    "errors_by_rule": ["errors"],
    "plan": ["plan", "--diff"],
    "validate": ["validate"],
    "show": ["show", "order-000040"],
}
READING = ("status", "status_of_one", "runs", "run", "errors", "errors_by_rule")
# Two hours ago, each run having taken 95 seconds, so that times are the same in every test.
AGED = """
update runs set recorded_at = now() - interval 125 minutes
    + if(event = 'finished', interval 95 seconds, interval 0 seconds);
update answers set recorded_at = now() - interval 125 minutes;
update violations set recorded_at = now() - interval 125 minutes;
"""
VARYING = {
    r"127\.0\.0\.1:\d{5}": "127.0.0.1:12345",
    r"20\d\d-\d\d-\d\d \d\d:\d\d": "2026-03-14 18:42",
    r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ": "2026-03-14T18:42:07Z",
    r"\d+ d ago": "330 d ago",
    r"in 5\d min": "in 56 min",
    r"\b([12])-(\d)-\w{6}\b": r"\1-\2-0a1b2c",
}


@pytest.fixture(scope="module")
def told(sandbox_process, tmp_path_factory):
    """Two runs, 30 invalid orders by two rules, two refused ones, and a change to be planned."""
    sandbox_process.reset()
    shop = next(make_shop(tmp_path_factory.mktemp("told"), sandbox_process))
    shop.configure(attempts=1, cadence="3h", keep_payloads=True)
    shop.orders(0, 60)
    shop.sql("update northbeam__orders set currency = 'dollar' where order_id < 'order-000022'")
    shop.sql(
        "update northbeam__orders set tax = -1 "
        "where order_id between 'order-000018' and 'order-000029'"
    )
    sandbox_process.poison(named="order-00005[01]")
    assert shop.sync()["exit_code"] == 1
    sandbox_process.poison()
    shop.orders(60, 62)
    assert shop.sync()["delivered"] == 2
    with duckdb.connect(str(shop.ledger)) as connection:
        connection.execute(AGED)
    shop.sql("update northbeam__orders set tax = 2.50 where order_id = 'order-000040'")
    return shop


def shown(shop: Shop, report: str, columns: int, monkeypatch) -> str:
    """What a terminal of so many columns shows."""
    monkeypatch.setattr("connector.cli.output.terminal.is_animated", lambda _: True)
    monkeypatch.setenv("COLUMNS", str(columns))
    found = shop.run(*REPORTS[report])
    return re.sub(r"\x1b\[[\d;]*m", "", found.out)


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize("report", REPORTS)
def test_a_report_looks_as_it_should(told, report, columns, monkeypatch, request):
    text = shown(told, report, columns, monkeypatch)
    for pattern, same in VARYING.items():
        text = re.sub(pattern, same, text)
    path = SNAPSHOTS / f"{report}.{columns}.txt"
    if request.config.option.write_snapshots:
        path.write_text(text)
    assert text == path.read_text()


@pytest.mark.parametrize("report", READING)
def test_no_width_breaks_a_word(told, report, monkeypatch):
    whole = set(shown(told, report, 1_000, monkeypatch).split())
    longest = max(map(len, whole))
    for columns in range(60, 201, 35):
        text = shown(told, report, columns, monkeypatch)
        assert {each for each in text.split() if each.strip("\u2500")} <= whole, columns
        assert max(map(len, text.splitlines())) <= max(columns, longest + 20)
