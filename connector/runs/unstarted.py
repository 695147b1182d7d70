"""Records runs that could not start, so that `status` does not mistake silence for success."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb

from connector.config.keys import LEDGER
from connector.config.ledger import located
from connector.engine.engine import MEMORY_LIMIT, engine
from connector.exceptions import (
    ChoiceError,
    ConfigError,
    ConnectorError,
    LedgerError,
    LedgerHeldError,
)
from connector.ledger import places
from connector.ledger.file import attached
from connector.ledger.ledger import Scope
from connector.ledger.split import split
from connector.ledger.store import Store
from connector.remote import stores
from connector.reporting import reports, run_reports
from connector.runs.workspace import Options, accounts
from connector.text.yaml_file import read


def record(
    options: Options, names: Sequence[str], command: str, error: ConnectorError
) -> dict[Scope, reports.Row]:
    """Record that a command for the named destinations, or for all, ended before its run started.

    It records no typing errors, nothing that a run already recorded, and nothing in an unusable
    ledger. Returns the runs before it, if any.
    """
    before: dict[Scope, reports.Row] = {}
    if error.is_recorded or isinstance(error, (ChoiceError, LedgerError, LedgerHeldError)):
        return before
    with suppress(ConnectorError, duckdb.Error, OSError):
        path, store, scopes, is_alone = _places(options, names)
        split(path, MEMORY_LIMIT, is_alone=is_alone)
        for scope in scopes:
            name, environment = scope.destination, scope.environment
            own = places.written(path, name, environment, is_alone=is_alone)
            with suppress(ConnectorError, duckdb.Error, OSError):
                found = _record(stores.store(store, own), scope, command, error)
                before |= {scope: found} if found else {}
    return before


def _record(store: Store, scope: Scope, command: str, error: ConnectorError) -> reports.Row | None:
    """Record a run that could not start, and return the one before it."""
    with engine(store.path.parent) as connection, attached(connection, store) as ledger:
        found = run_reports.runs(connection, scope, 1)
        run_id = ledger.start(scope, command)
        ledger.finish(scope, run_id, command, error.exit_code, {"error": error.told})
        error.is_recorded = True
    return next(iter(found), None)


def _places(options: Options, names: Sequence[str]) -> tuple[Path, str, list[Scope], bool]:
    """Return the ledger, its store, the scopes, and whether the ledger holds no others."""
    try:
        found = accounts(options, names)
    except ConnectorError:
        path = options.project_dir / options.config
        values = read(path, ConfigError, "correct it")
        ledger, store = located(path.parent, str(values.get("ledger", LEDGER)))
        is_alone = len(values.get("destinations") or ()) == 1 and not store
        return ledger, store, list(_readable(values, names)), is_alone
    config = found[0].config
    return config.ledger, config.store, [account.scope for account in found], config.has_one_account


def _readable(values: Mapping[str, Any], names: Sequence[str]) -> Iterator[Scope]:
    """Yield the scopes that can be read from settings despite errors elsewhere.

    The scope of a destination with its own `url` needs valid settings.
    """
    destinations = values.get("destinations")
    for name, each in destinations.items() if isinstance(destinations, Mapping) else ():
        if isinstance(each, Mapping) and "url" not in each and (not names or name in names):
            environment = str(each.get("environment", "local"))
            if all(map(places.ACCOUNT.fullmatch, (str(name), environment))):
                yield Scope(str(name), environment)
