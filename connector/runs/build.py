"""Builds the views of destinations with dbt in this process, and then releases the warehouse."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout, suppress
from typing import Any

from connector.engine.duckdb_file import is_held
from connector.engine.engine import require_fit_version
from connector.exceptions import ModelError, ProjectError, WarehouseBusyError
from connector.runs.workspace import Options, accounts
from connector.source.profile import profiles_path
from connector.source.warehouse import model_of
from connector.text.redact import Sought, mask, plain

_BAD = {"error", "fail", "runtime error", "partial success"}
_SHOWN = 5  # nodes that an error names
# Print nothing of dbt's, since it may quote customer data; dbt's own log has it. Disable telemetry
# and the version check.
_FLAGS = ("--log-level", "none", "--no-print", "--no-send-anonymous-usage-stats")


def build(options: Options, names: Sequence[str]) -> None:
    """Build and test what the views of the named destinations need, or of all if none is named.

    Raises ModelError when a model or a test with severity error fails, ProjectError when dbt
    cannot read the project, WarehouseBusyError when another process holds the warehouse,
    InstallationError when the installed DuckDB cannot be used.
    """
    wanted = [
        model_of(account.contract, entity, account.destination.models)
        for account in accounts(options, names)
        for entity in account.contract.entities()
    ]
    require_fit_version()
    with _released():
        manifest = _run(options, ["parse"], None).result
        models = {node.name for node in manifest.nodes.values() if node.resource_type == "model"}
        selected = [f"+{name}" for name in dict.fromkeys(wanted) if name in models]
        if not selected:
            raise ModelError(
                f"the dbt project has none of {', '.join(wanted)}; write them, or let "
                "`connector init` write skeletons"
            )
        # A test that also needs other models could only fail.
        arguments = ["build", "--select", *selected, "--indirect-selection", "buildable"]
        _check(_run(options, arguments, manifest), selected)


@contextmanager
def _released() -> Iterator[None]:
    """Close the warehouse at the end, since dbt keeps it open for its next run in this process."""
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        with suppress(ImportError):
            from dbt.adapters.duckdb.connections import DuckDBConnectionManager  # noqa: PLC0415

            DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]


def _run(options: Options, arguments: Sequence[str], manifest: Any) -> Any:
    """Run dbt; raises ProjectError when it is missing or cannot read the project."""
    try:
        from dbt.cli.main import dbtRunner  # noqa: PLC0415 - takes a second, and may be missing
    except ModuleNotFoundError as error:
        raise ProjectError(
            "dbt is not installed here; run `pip install 'order-connector[dbt]'`, or build the "
            "views beforehand and leave --build out"
        ) from error
    place = profiles_path(options.project_dir, options.profiles_dir).parent
    places = ["--project-dir", str(options.project_dir), "--profiles-dir", str(place)]
    target = ["--target", options.target] if options.target else []
    outcome = dbtRunner(manifest=manifest).invoke([*_FLAGS, *arguments, *places, *target])
    _check_lock(str(outcome.exception or ""))
    if outcome.exception is not None:
        words = mask(plain(str(outcome.exception)), Sought())
        found = f"dbt cannot read the project, so nothing was sent: {words}"
        raise ProjectError(f"{found}; run `dbt parse` to see where")
    return outcome


def _check(outcome: Any, selected: Sequence[str]) -> None:
    """Raise ModelError naming what failed; warnings pass."""
    bad = [result for result in outcome.result or () if str(result.status) in _BAD]
    for result in bad:
        _check_lock(str(result.message))
    if not bad and outcome.success:
        return
    names = [result.node.name for result in bad]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    raise ModelError(
        f"dbt's build failed, so nothing was sent: {', '.join(names[:_SHOWN])}{more}; run "
        f"`dbt build --select {' '.join(selected)}` to see why, and correct the models"
    )


def _check_lock(text: str) -> None:
    if is_held(RuntimeError(text)):
        raise WarehouseBusyError(
            "another process holds the warehouse, so dbt cannot build and nothing was sent; wait "
            "until it ends and try again"
        )
