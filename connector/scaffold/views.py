"""Decides what each view of a destination is made from, by present and former answers."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from connector.compile.reading.stage import kinds
from connector.contract.contract import Contract
from connector.contract.entity import Entity
from connector.exceptions import ChoiceError
from connector.fit.dialect import Dialect
from connector.fit.judge import needed
from connector.scaffold.catalogue import Catalogue
from connector.scaffold.mapping import AS_GIVEN, Mapped, Mapper
from connector.text.names import nearest

ORDERS, LINES = "orders", "lines"


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of a user: models by role, the zone of times, and SQL of columns.

    A column is named `column` or `view.column`, where the view is a model or an entity.
    """

    models: Mapping[str, str] = field(default_factory=dict)
    zone: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Made:
    """What one view was made from: a model or none, the zone of its times, SQL of columns."""

    model: str = ""
    zone: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)

    def written(self) -> str:
        """Return it as text without braces, which dbt would interpret."""
        return json.dumps([self.model, self.zone, list(self.columns.items())])

    @classmethod
    def read(cls, text: str) -> "Made":
        """Parse a text that `written` returned."""
        model, zone, columns = json.loads(text)
        return cls(model, zone, dict(columns))


@dataclass(frozen=True, slots=True)
class View:
    """What a view is made from; without a source model it has no rows."""

    contract: Contract
    entity: Entity
    columns: Sequence[Mapped]
    made: Made
    is_read: bool  # whether the columns of the model are known
    dialect: Dialect  # of its model

    @property
    def name(self) -> str:
        """Return the name of the view's model."""
        return model_name(self.contract, self.entity)

    @property
    def has_rows(self) -> bool:
        """Return whether the keys are mapped, so that rows can be identified."""
        keys = [each for each in self.columns if each.column in self.entity.keys]
        return bool(self.made.model) and all(each.sql for each in keys)


def model_name(contract: Contract, entity: Entity) -> str:
    """Return the name of the model that the connector looks for."""
    return f"{contract.destination}__{entity.name}"


def role_of(contract: Contract, entity: Entity) -> str | None:
    """Return the role of a view's rows in an order system: orders, lines, refunds or others."""
    if not entity.label:
        return ORDERS
    return contract.usual_rows.get(entity.name) or (LINES if entity.required else None)


def views(
    contract: Contract, catalogue: Catalogue, answers: Answers, before: Mapping[str, Made]
) -> Iterator[View]:
    """Yield each view of a destination; `before` has the former answers by model."""
    given = _given(contract, answers.columns)
    for entity in contract.entities():
        name = model_name(contract, entity)
        former = before.get(name, Made())
        model = answers.models.get(role_of(contract, entity) or "", former.model)
        zone = answers.zone or former.zone or "UTC"
        made = Made(model, zone, {**former.columns, **given.get(name, {})})
        columns = _columns(contract, entity, catalogue, made)
        is_read = made.model in catalogue.sources
        yield View(contract, entity, columns, made, is_read, catalogue.dialect)


def _columns(
    contract: Contract, entity: Entity, catalogue: Catalogue, made: Made
) -> Sequence[Mapped]:
    source = catalogue.sources.get(made.model)
    if source:
        return Mapper(contract, entity, catalogue, source, made.zone).columns(made.columns)
    required, given = needed(entity), made.columns
    return [
        Mapped(name, kind, name in required, given.get(name, ""), AS_GIVEN if name in given else "")
        for name, kind in kinds(entity).items()
    ]


def _given(contract: Contract, columns: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return SQL of columns by model; raises ChoiceError for an unknown column."""
    found: dict[str, dict[str, str]] = {}
    for name, sql in columns.items():
        view, _, column = name.rpartition(".")
        entities = [each for each in contract.entities() if column in kinds(each)]
        named = [each for each in entities if view in {"", each.name, model_name(contract, each)}]
        if named:
            found.setdefault(model_name(contract, named[0]), {})[column] = sql
        elif not view or view.partition("__")[0] == contract.destination:
            known = {each for entity in contract.entities() for each in kinds(entity)}
            raise ChoiceError(
                f"{contract.destination} has no column {name!r}{nearest(column, known)}; "
                "name it as `column` or `view.column`"
            )
    return found
