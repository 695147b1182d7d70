"""Writes a destination's models: mapped columns, and nulls for the rest of its contract."""

import hashlib
import re
import textwrap
from collections.abc import Iterator
from typing import Any

import yaml

from connector.compile import quote
from connector.compile.reading.stage import TYPES, kinds
from connector.contract.contract import Contract
from connector.contract.entity import Entity
from connector.scaffold.mapping import Mapped
from connector.scaffold.views import Made, View, model_name

_MODEL = """\
-- {title}: {what}
--
-- {todo} The .yml beside this file says
-- what each column means; `connector validate {destination}` tells what does not fit.
with
    source as ({rows}),

    renamed as (
        select
{columns}
        from source
    )

select *
from renamed
"""
_TODO = "TODO Put a column of your own in place of each null."
_NO_ROWS = "TODO Nothing is mapped yet, so that there are no rows."
_INDENT = " " * 12
_WIDTH = 72  # of comments, so that formatters do not change them
_NO_MODEL = "select null as todo where false"
_POSITION = "Where the row stands among those of its order, from 1."


def model_sql(view: View) -> str:
    """Return the SQL of a view's model; an unmapped view has no rows."""
    entity, is_mapped = view.entity, view.has_rows
    what = "one row per order." if not entity.label else f"one row for each of `{entity.label}`."
    model = view.made.model
    rows = f'select * from {{{{ ref("{model}") }}}}' if model else _NO_MODEL
    text = _MODEL.format(
        title=view.contract.title,
        what=what,
        todo=_TODO if is_mapped else _NO_ROWS,
        destination=view.contract.destination,
        rows=rows if is_mapped or not model else f"{rows} where false",
        columns="\n".join(_columns(view)),
    )
    return _header(view.made.written(), text) + text


def made_of(text: str) -> Made | None:
    """Return what a model was made from, None when it was edited since."""
    first, _, rest = text.partition("\n")
    _, mark, written = first.partition(" [")
    is_as_written = mark and first + "\n" == _header(f"[{written}", rest)
    return Made.read(f"[{written}") if is_as_written else None


def _header(written: str, text: str) -> str:
    """Return the line that records what a model was made from, and a hash to detect edits."""
    known = hashlib.sha256((written + text).encode()).hexdigest()[:12]
    return f"-- connector init {known} {written}\n"


def _columns(view: View) -> Iterator[str]:
    """Yield the lines of the select list, with a heading for each kind of column."""
    entity, columns = view.entity, view.columns
    nulls = [each for each in columns if not each.sql]
    groups = {
        "": [each for each in columns if each.sql],
        "TODO required": [each for each in nulls if each.is_required],
        "TODO optional: delete what you do not have": [
            each for each in nulls if not each.is_required and each.column not in entity.hidden
        ],
        "never sent; delete what you do not have": [
            each for each in nulls if not each.is_required and each.column in entity.hidden
        ],
    }
    left = len(columns)
    for heading, members in groups.items():
        if heading and members:
            yield f"{_INDENT}-- {heading}"
        for each in members:
            left -= 1
            yield from _lines(view, each, "," if left else "")


def _lines(view: View, mapped: Mapped, end: str) -> Iterator[str]:
    """Yield the line of a column, below the contract's sentence if a person has to map it."""
    described = _description(view.contract, view.entity, mapped.column)
    said = mapped.note if mapped.sql else _sentence(described)
    if said:
        yield from (f"{_INDENT}-- {line}" for line in textwrap.wrap(said, _WIDTH))
    sql = mapped.sql or view.dialect.worded(f"cast(null as {TYPES[mapped.kind]})")
    alias = view.dialect.worded(_alias(mapped.column))
    yield f"{_INDENT}{sql}{end}" if sql == alias else f"{_INDENT}{sql} as {alias}{end}"


def _sentence(description: str) -> str:
    """Return the first sentence of a description."""
    first = re.split(r"(?<=[.;]) ", " ".join(description.split()), maxsplit=1)[0]
    return first.removesuffix(";")


def _alias(column: str) -> str:
    """Return a name for SQL, quoted if formatters would change it to lower case."""
    return column if column == column.lower() else quote(column)


def model_yaml(contract: Contract, entity: Entity) -> str:
    """Return the descriptions and types of a model, with tests of its required columns."""
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
    """Return the contract's description of a column; parents describe the keys of a child."""
    if column == "_position":
        return _POSITION
    if column in entity.hidden:
        return str(entity.hidden[column].get("description", ""))
    fields = [field for each in (entity, *contract.entities()) for field in each.fields]
    found = next((field for field in fields if field.column == column), None)
    return str(found.schema.get("description", "")) if found else ""
