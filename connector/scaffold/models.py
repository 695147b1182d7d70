"""Writes a destination's models from its contract: skeletons that compile and send nothing yet."""

from collections.abc import Iterator
from typing import Any

import yaml

from connector.compile import quote
from connector.compile.stage import TYPES, kinds
from connector.contract.contract import Contract
from connector.contract.entity import Entity

_MODEL = """\
-- {title}: {what}
--
-- TODO Put a column of your own in place of each null. The .yml beside this file says
-- what each column means; `connector validate {destination}` tells what does not fit.
with
    orders as ({orders}),

    renamed as (
        select
{columns}
        from orders
    )

select *
from renamed
"""
_INDENT = " " * 12
_NO_MODEL = "select null as todo where false"
_POSITION = "Where the row stands among those of its order, from 1."


def model_name(contract: Contract, entity: Entity) -> str:
    """Return the name of the model that the connector looks for."""
    return f"{contract.destination}__{entity.name}"


def model_sql(contract: Contract, entity: Entity, orders_model: str | None) -> str:
    """Return the text of a model; without `orders_model` it reads nothing and has no rows."""
    what = "one row per order." if not entity.label else f"one row for each of `{entity.label}`."
    return _MODEL.format(
        title=contract.title,
        what=what,
        destination=contract.destination,
        orders=f'select * from {{{{ ref("{orders_model}") }}}}' if orders_model else _NO_MODEL,
        columns="\n".join(_columns(entity)),
    )


def _columns(entity: Entity) -> Iterator[str]:
    """Yield the lines of the select list, with a heading for each kind of column."""
    groups = {
        "TODO required": _required(entity),
        "TODO optional: delete what you do not have": [
            field.column for field in entity.fields if field.column not in _required(entity)
        ],
        "never sent; delete what you do not have": list(entity.hidden),
    }
    known, left = kinds(entity), sum(map(len, groups.values()))
    for heading, columns in groups.items():
        if columns:
            yield f"{_INDENT}-- {heading}"
        for column in columns:
            left -= 1
            end = "," if left else ""
            yield f"{_INDENT}cast(null as {TYPES[known[column]]}) as {_alias(column)}{end}"


def _alias(column: str) -> str:
    """Return a name as SQL takes it; formatters lower the letters of one without quotes."""
    return column if column == column.lower() else quote(column)


def _required(entity: Entity) -> list[str]:
    """Return the columns that every row needs, keys first."""
    fields = [field.column for field in entity.fields if field.required and len(field.path) == 1]
    return list(dict.fromkeys([*entity.keys, *(["_position"] if entity.label else []), *fields]))


def model_yaml(contract: Contract, entity: Entity) -> str:
    """Return the descriptions and types of a model, with tests of what no order can lack."""
    body = yaml.safe_dump(
        {"version": 2, "models": [_described(contract, entity)]},
        sort_keys=False,
        allow_unicode=True,
        width=120,
    )
    return f"# The descriptions and types are those of the contract of {contract.title}.\n{body}"


def _described(contract: Contract, entity: Entity) -> dict[str, Any]:
    described = entity.list_schema or entity.schema
    columns: list[dict[str, Any]] = [
        {
            "name": column,
            "data_type": TYPES[kind],
            "description": _description(contract, entity, column),
        }
        for column, kind in kinds(entity).items()
    ]
    if not entity.label:
        columns[0]["data_tests"] = ["unique", "not_null"]
    return {
        "name": model_name(contract, entity),
        "description": described.get("description", ""),
        "columns": columns,
    }


def _description(contract: Contract, entity: Entity, column: str) -> str:
    """Return what the contract says of a column; the keys of a child are described above it."""
    if column == "_position":
        return _POSITION
    if column in entity.hidden:
        return str(entity.hidden[column].get("description", ""))
    fields = [field for each in (entity, *contract.entities()) for field in each.fields]
    found = next((field for field in fields if field.column == column), None)
    return str(found.schema.get("description", "")) if found else ""
