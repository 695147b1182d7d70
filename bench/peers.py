"""Other tools that send rows of a warehouse to an API, each in an environment beside our own."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from bench.measure import Measured, measure
from bench.stage import SENDERS, Stage, of

PINNED = ("dlt[duckdb]==1.31.0", "drt-core==1.2.1", "duckdb==2.0.1", "pyarrow==26.0.1")
DRT = {
    "drt_project.yml": "name: bench\nprofile: warehouse\n",
    "home/.drt/profiles.yml": "warehouse:\n  type: duckdb\n  database: {warehouse}\n",
    # As the page of drt recommends, without its limit of ten requests a second.
    "syncs/orders.yml": """\
name: orders
model: select * from nested
destination:
  type: rest_api
  url: {url}
  headers: {{Content-Type: application/json}}
  body_mode: batch
  max_records_per_request: 1000
  batch_template: "{{{{ rows | tojson_safe }}}}"
sync:
  mode: incremental
  cursor_field: _changed_at
  batch_size: 1000
  rate_limit: {{requests_per_second: 0}}
""",
}

NAMES = {
    "dlt, Arrow": "dlt, Arrow, first load",
    "dlt, Arrow unchanged": "dlt, Arrow, nothing changed",
    "dlt, Arrow changed": "dlt, Arrow, 1,000 changed",
    "dlt, rows": "dlt, rows, first load",
    "drt": "drt, first load",
    "drt unchanged": "drt, nothing changed",
    "drt changed": "drt, 1,000 changed",
}


def peers(stage: Stage) -> None:
    """Send with dlt and drt: a first load, nothing changed, some changed."""
    binaries = environment(stage.home)
    for name, warehouse in steps(stage, "dlt, Arrow").items():
        noted(stage, name, lambda: dlt(stage, binaries, warehouse, "arrow"))  # noqa: B023
    noted(stage, "dlt, rows", lambda: dlt(stage, binaries, stage.base, "rows"))
    for name, warehouse in steps(stage, "drt").items():
        noted(stage, name, lambda: drt(stage, binaries, warehouse))  # noqa: B023


def noted(stage: Stage, name: str, send: Callable[[], Measured]) -> None:
    """Note what a sender took; raises RuntimeError when a first load did not send all orders."""
    with stage.noted(name) as facts:
        facts.update(of(send()))
    if not name.endswith("changed") and facts.get("sink_orders", 0) != stage.orders:
        raise RuntimeError(f"{name}: {stage.orders} orders were to be sent, but {facts}")


def environment(home: Path) -> Path:
    """Return the folder of the programs, installed when it is not there, at pinned versions."""
    folder = home / "peers"
    done = folder / "-".join(PINNED).replace("[", "-").replace("]", "")
    if not done.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        pip = [str(folder / "bin/python"), "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, "--disable-pip-version-check", *PINNED], check=True)
        done.touch()
    return folder / "bin"


def steps(stage: Stage, name: str) -> dict[str, Path]:
    """Return the cases of a sender that finds changes by itself, each with its warehouse."""
    return {
        name: stage.base,
        f"{name} unchanged": stage.base,
        f"{name} changed": stage.changed,
    }


def dlt(stage: Stage, binaries: Path, warehouse: Path, way: str) -> Measured:
    """Run the pipeline once; its state stays in the scratch folder."""
    script, state = SENDERS / "dlt_orders.py", stage.scratch / f"dlt-{way}"
    quiet = {"RUNTIME__DLTHUB_TELEMETRY": "false"}
    command = (binaries / "python", script, warehouse, stage.sink.url(), state, way)
    return measure(command, quiet)


def drt(stage: Stage, binaries: Path, warehouse: Path) -> Measured:
    """Run the sync once; its state stays in the scratch folder."""
    folder = stage.scratch / "drt"
    for name, text in DRT.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.format(warehouse=warehouse.resolve(), url=stage.sink.url()))
    within = f"cd {folder} && exec {binaries.resolve() / 'drt'} run --select orders"
    return measure(("sh", "-c", within), {"HOME": str((folder / "home").resolve())})
