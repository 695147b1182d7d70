"""Checks of the views of a destination."""

from collections.abc import Iterator

import duckdb

from connector.doctor.finding import Group, Result, failed, ok, skipped
from connector.doctor.subject import Target
from connector.entity import Entity
from connector.errors import ModelError
from connector.fit import check_stamps
from connector.sql import statement
from connector.warehouse import model_of, view_of


def views(target: Target) -> Iterator[Result]:
    """Check that each view is there, can be read, and fits the contract in names and types."""
    with target.subject.opened() as connection:
        for entity in target.contract.entities():
            yield _view(connection, target, entity)


def _view(connection: duckdb.DuckDBPyConnection, target: Target, entity: Entity) -> Result:
    contract, renames = target.contract, target.destination.models
    model = model_of(contract, entity, renames)
    try:
        view = view_of(connection, contract, target.subject.warehouse(), entity, renames)
        if view is None:
            return skipped(f"there is no {model}; {entity.label} may be left out")
        if entity is contract.orders:
            check_stamps(target.destination, model, view.columns)
        connection.execute(statement("bind"), {"table": view.relation})
    except ModelError as error:
        return failed(str(error))
    except duckdb.Error as error:
        advice = f"run `dbt build --select +{model}`"
        return failed(f"{model} cannot be read ({type(error).__name__}); {advice}")
    return ok(f"{model}: {len(view.columns)} columns fit the contract")


CHECKS: Group[Target] = {"views": views}
