"""Finds the views of a destination in an open warehouse, and judges their columns."""

import logging
from collections.abc import Collection, Mapping

from connector.compile.reading.stage import kinds
from connector.contract.contract import Contract, with_columns
from connector.contract.entity import Entity
from connector.fit.fault import Fault, UnfitError
from connector.source.judge import Judge
from connector.source.place import not_built, place
from connector.source.reader import Reader
from connector.source.views import View, Views

log = logging.getLogger(__name__)


def views(reader: Reader, contract: Contract, renames: Mapping[str, str]) -> Views:
    """Return the views of an open warehouse.

    Raises ModelError that lists every fault of every view: missing views, and columns that do not
    fit the contract.
    """
    found, faults = Views(), list[Fault]()
    for entity in contract.entities():
        try:
            view = view_of(reader, contract, entity, renames)
        except UnfitError as error:
            faults += error.faults
            continue
        if view:
            found.models[entity.name] = view.model
            found.relations[entity.name] = view.relation
            known = kinds(_with_columns(contract, entity, view.columns))
            found.columns[entity.name] = tuple(n for n in known if n in view.columns)
            found.found[entity.name] = view
    if faults:
        raise UnfitError(contract.destination, faults)
    for each in found.announced():
        log.info("%s: %s", contract.destination, each)
    return found


def model_of(contract: Contract, entity: Entity, renames: Mapping[str, str]) -> str:
    """Return the name of the model of an entity."""
    return renames.get(entity.name, f"{contract.destination}__{entity.name}")


def view_of(
    reader: Reader, contract: Contract, entity: Entity, renames: Mapping[str, str]
) -> View | None:
    """Return the view of one entity, or None when there is none and none is needed.

    Its `relation` casts columns that can be cast without loss. Raises UnfitError as `views` does.
    """
    warehouse, model = reader.warehouse, model_of(contract, entity, renames)
    needed = entity.required or entity.name in renames
    relation = place(warehouse, contract.destination, model, needed=needed)
    columns = reader.columns(relation) if relation else {}
    if relation and not columns and (needed or warehouse.models is not None):
        raise not_built(warehouse, contract.destination, model, relation)
    if not relation or not columns:
        return None
    whole = _with_columns(contract, entity, columns)
    name = reader.quoted(relation)
    casts = dict(Judge(reader, whole, model, name).casts(contract.destination, columns))
    return View(model, name, reader.cast(name, casts), columns, casts)


def _with_columns(contract: Contract, entity: Entity, columns: Collection[str]) -> Entity:
    """Return an entity with the free fields for which its view has columns."""
    found = with_columns(contract, {entity.name: columns})
    return next(each for each in found.entities() if each.name == entity.name)
