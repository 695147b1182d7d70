"""Records runs that could not begin, so that `status` does not take silence for success."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb

from connector.config.config import LEDGER
from connector.engine.engine import engine
from connector.errors import ChoiceError, ConfigError, ConnectorError, LedgerError, LedgerHeldError
from connector.ledger.ledger import Scope
from connector.ledger.ledger_file import attached
from connector.reporting import reports
from connector.runs.workspace import Options, chosen, configuration
from connector.text.yaml_file import read


def record(
    options: Options, names: Sequence[str], command: str, error: ConnectorError
) -> dict[Scope, reports.Row]:
    """Record that a command for the named destinations, or for all, ended before its run began.

    Nothing is recorded of a slip of the hand, of what a run has recorded itself, nor in a ledger
    that cannot be used. Returns the runs before it, as far as there are any.
    """
    before: dict[Scope, reports.Row] = {}
    if error.is_recorded or isinstance(error, (ChoiceError, LedgerError, LedgerHeldError)):
        return before
    with suppress(ConnectorError, duckdb.Error, OSError):
        path, scopes = _places(options, names)
        with engine(path.parent) as connection, attached(connection, path) as ledger:
            for scope in scopes:
                if found := reports.runs(connection, scope, 1):
                    before[scope] = found[0]
                run_id = ledger.start(scope, command)
                ledger.finish(scope, run_id, command, error.exit_code, {"error": error.told})
    return before


def _places(options: Options, names: Sequence[str]) -> tuple[Path, list[Scope]]:
    """Return the ledger, and what runs are filed under there."""
    try:
        config, _ = configuration(options)
    except ConnectorError:
        path = options.project_dir / options.config
        values = read(path, ConfigError, "correct it")
        return path.parent / str(values.get("ledger", LEDGER)), list(_readable(values, names))
    return config.ledger, [Scope(each.name, each.scope) for each in chosen(config, names)]


def _readable(values: Mapping[str, Any], names: Sequence[str]) -> Iterator[Scope]:
    """Yield the scopes that settings tell although they are wrong somewhere.

    With a `url` of its own a destination's scope needs settings that are right.
    """
    destinations = values.get("destinations")
    for name, each in destinations.items() if isinstance(destinations, Mapping) else ():
        if isinstance(each, Mapping) and "url" not in each and (not names or name in names):
            yield Scope(str(name), str(each.get("environment", "local")))
