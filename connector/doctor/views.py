"""Checks of the views of a destination."""

from collections.abc import Iterator

import duckdb

from connector.contract.entity import Entity
from connector.doctor.finding import Group, Result, failed, ok, skipped
from connector.doctor.subject import Target
from connector.exceptions import LedgerHeldError, ModelError
from connector.ledger.contents.run_log import now
from connector.ledger.file import attached
from connector.plan import completeness
from connector.reporting.freshness import Look, stale
from connector.source.fit import check_stamps
from connector.source.opening import source_of
from connector.source.reader import Reader
from connector.source.warehouse import model_of, view_of
from connector.text.duration import written


def views(target: Target) -> Iterator[Result]:
    """Check that each view is there, can be read, and fits the contract in names and types."""
    with target.subject.opened() as reader:
        for entity in target.contract.entities():
            yield _view(reader, target, entity)


def _view(reader: Reader, target: Target, entity: Entity) -> Result:
    contract, renames = target.contract, target.destination.models
    model = model_of(contract, entity, renames)
    try:
        view = view_of(reader, contract, entity, renames)
        if view is None:
            return skipped(f"there is no {model}; {entity.label} may be left out")
        if entity is contract.orders:
            check_stamps(target.destination, model, view.columns)
        reader.bind(view)
    except ModelError as error:
        return failed(str(error))
    except duckdb.Error as error:
        advice = f"run `dbt build --select +{model}`"
        return failed(f"{model} cannot be read ({type(error).__name__}); {advice}")
    cast = ", ".join(f"{name} ({kind})" for name, kind in view.cast_types.items())
    told = f"; cast without loss: {cast}" if cast else ""
    return ok(f"{model}: {len(view.columns)} columns fit the contract{told}")


def values(target: Target) -> Iterator[Result]:
    """Check that nothing that had values when it was last sent has become empty."""
    path, contract = target.account.ledger, target.contract
    if not target.account.config.store and not path.exists():
        yield ok("nothing was sent yet that views could be compared with")
        return
    try:
        with (
            target.subject.opened() as reader,
            attached(reader.connection, target.account.stored(path), read_only=True),
        ):
            whole = source_of(reader, contract, target.destination.models)
            found = completeness.examined(reader.connection, whole, target.account.scope)
    except LedgerHeldError as error:
        yield skipped(f"not checked: {error}")
        return
    for each in found:
        yield failed(f"{each}; correct the model, or accept it with `connector sync --yes`")
    if not found:
        yield ok("every view and column that had values when it was last sent has some")


def freshness(target: Target) -> Iterator[Result]:
    """Check that the views still get what is new."""
    contract, destination = target.contract, target.destination
    scope, ledger = target.account.scope, target.account.ledger
    try:
        with (
            target.subject.opened() as reader,
            attached(reader.connection, target.account.stored(ledger), read_only=True),
        ):
            whole = source_of(reader, contract, destination.models)
            at = now()
            newest = whole.newest(at)
            newest_at = None if newest is None else written(newest)
            late = reader.warehouse.late_above(whole.models.values())
            look = Look(at, newest_at, destination.stale_after, late)
            found = stale(reader.connection, scope, look)
    except LedgerHeldError as error:
        yield skipped(f"not checked: {error}")
        return
    for words in found.values():
        yield failed(f"{words}; look at what loads the warehouse, or set `stale_after`")
    if not found:
        told = f"the newest row of the views is of {newest_at}"
        yield ok(told if newest_at else "the views have no times")


CHECKS: Group[Target] = {"views": views, "values": values, "freshness": freshness}
