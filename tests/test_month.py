"""The demo's month, day by day: any surprise is an error with its name."""

import contextlib
import io
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from connector.cli import run
from demo import month

ROOT = Path(__file__).parents[1]


def here(arguments: Sequence[str]) -> tuple[int, str]:
    """Run the connector in this process, which is quicker than a process for each command."""
    told = io.StringIO()
    with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
        code = run(list(arguments))
    return code, told.getvalue()


# --long goes through all of them; what happens on the others has tests of its own: test_faults,
# test_locks (a held warehouse, a full disk, two at once), test_old_ledger and test_stale.
USUAL = (
    month.Month.rotated_key,
    month.Month.renamed_column,
    month.Month.restored_ledger,
    month.Month.newer_duckdb,
)
DUCKDB = "1.5.0"  # the oldest that the connector accepts


@pytest.mark.untraced
def test_a_month_with_an_update_of_duckdb_has_no_surprise(request):
    if not request.config.option.long:
        pytest.skip("--long asks for it: it installs another DuckDB")
    command = [sys.executable, "-m", "demo.month", "--duckdb", DUCKDB]
    ended = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stdout.startswith(f"DuckDB {DUCKDB}\n")


@pytest.mark.untraced
def test_a_month_in_production_has_no_surprise(request, tmp_path, monkeypatch, capsys):
    for name, value in month.ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    days = month.DAYS if request.config.option.long else USUAL
    month.Month(tmp_path / "month", here).live(days)
    told = capsys.readouterr().out
    assert told.count("all as the view says") == 2 * (1 + len(days))
    assert told.count("  status: ") >= 2 * (len(days) - 1)
