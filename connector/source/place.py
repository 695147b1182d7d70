"""Finds the relation of a model, and explains why a model is not in the warehouse."""

from connector.fit.fault import Fault, UnfitError
from connector.source.project import Relation, Warehouse
from connector.text.names import nearest

_WANTED = "a view in the warehouse"


def place(warehouse: Warehouse, destination: str, model: str, *, needed: bool) -> Relation | None:
    """Return the relation of a model; None when it is unknown to the project and not needed.

    Raises UnfitError for a model that is not in the warehouse.
    """
    relation = warehouse.relation(model)
    fault = _in_another_case(warehouse, model) if relation is None else None
    if relation is None and needed:
        fault = fault or _unknown(warehouse, model)
    if relation and relation.materialized == "ephemeral":
        fault = _ephemeral(model)
    elif relation and relation.database != warehouse.database:
        fault = _elsewhere(warehouse, model, relation)
    if fault:
        raise UnfitError(destination, [fault])
    return relation


def not_built(warehouse: Warehouse, destination: str, model: str, relation: Relation) -> UnfitError:
    """Return the error for a model that the project has and the warehouse lacks."""
    command = f"dbt build --select {model}"
    message = f"{warehouse} has no {relation.schema}.{relation.name}; run `{command}`"
    return UnfitError(destination, [Fault(model, "", "not built", _WANTED, command, message)])


def _unknown(warehouse: Warehouse, model: str) -> Fault:
    message = (
        f"the dbt project has no model {model}{nearest(model, warehouse.models or ())}; "
        "write it, or name another under `models:` in connector.yml"
    )
    return Fault(model, "", "not in the dbt project", _WANTED, "", message)


def _in_another_case(warehouse: Warehouse, model: str) -> Fault | None:
    same = [each for each in warehouse.models or () if each.lower() == model.lower()]
    if not same:
        return None
    message = (
        f"the dbt project has {same[0]}, which differs from {model} in its case only; rename the "
        "model, or name it under `models:` in connector.yml"
    )
    return Fault(model, "", "in another case", model, "", message)


def _ephemeral(model: str) -> Fault:
    message = (
        f"{model} is ephemeral, so that the warehouse has no view of it; set "
        "`materialized: view` (or table) and run `dbt build`"
    )
    return Fault(model, "", "ephemeral", _WANTED, "{{ config(materialized='view') }}", message)


def _elsewhere(warehouse: Warehouse, model: str, relation: Relation) -> Fault:
    how = ", which the dbt profile attaches," if warehouse.file else ""
    message = (
        f"{model} is in the database {relation.database!r}{how} "
        f"and only {warehouse} is read; build it there: remove its `database:` config"
    )
    return Fault(model, "", f"in the database {relation.database!r}", _WANTED, "", message)
