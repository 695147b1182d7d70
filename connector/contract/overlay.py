"""Adds fields to the schema of an order: a project's overlay, and what a view has of its own."""

import copy
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from connector.contract.schema import HELP, Schema
from connector.exceptions import ContractError
from connector.text.yaml_file import read

_INSIDE = ("properties", "items")  # what leads an overlay to where it adds a field


def overlaid(schema: Schema, path: Path) -> dict[str, Any]:
    """Return a schema with the fields that an overlay adds, in `properties` as the contract has it.

    Raises ContractError for what would change a field that is there.
    """
    found = copy.deepcopy(dict(schema))
    _add(path, "", found, read(path, ContractError, "write the fields below `properties`"))
    return found


def _add(path: Path, where: str, schema: dict[str, Any], added: Any) -> None:
    if not isinstance(added, Mapping):
        raise _wrong(path, where, "must be a mapping of keys to values")
    for key, value in added.items():
        if key not in _INSIDE or key not in schema:
            raise _wrong(path, where, f"{key!r} cannot be set; an overlay adds `properties` only")
        if key == "items":
            _add(path, where, schema[key], value)
        else:
            _add_fields(path, where, schema[key], value)


def _add_fields(path: Path, where: str, fields: dict[str, Any], added: Any) -> None:
    if not isinstance(added, Mapping):
        raise _wrong(path, where, "properties must be a mapping of fields")
    for name, value in added.items():
        if name in fields:
            _add(path, f"{where}{name}.", fields[name], value)
        else:
            fields[name] = value


def _wrong(path: Path, where: str, problem: str) -> ContractError:
    return ContractError(f"{path}: {where.rstrip('.') or 'the order'}: {problem}; {HELP}")


def opened(schema: Schema, columns: Mapping[str, Collection[str]]) -> Schema:
    """Return a schema with the free fields for which the views have columns.

    An object is open when its `additionalProperties` are a schema, which each of them has. The
    columns are those of each entity; without a free one the schema is returned as it is.
    """
    if not _has_free(schema, schema["x-entity"], (), columns):
        return schema  # as almost always; to copy it takes milliseconds
    found = copy.deepcopy(dict(schema))
    _open(found, found["x-entity"], (), columns)
    return found


def open_objects(
    schema: Schema, prefix: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Schema]]:
    """Yield path and schema of each open object of an entity."""
    if is_open(schema):
        yield prefix, schema
    for name, value in schema["properties"].items():
        if value["type"] == "object":
            yield from open_objects(value, (*prefix, name))


def is_open(schema: Schema) -> bool:
    """Return whether an object takes fields of any name."""
    return isinstance(schema.get("additionalProperties"), Mapping)


def _open(
    schema: dict[str, Any],
    entity: str,
    prefix: tuple[str, ...],
    columns: Mapping[str, Collection[str]],
) -> None:
    """Add the free fields of an object and of all below it."""
    names = _free(schema, prefix, columns.get(entity, ()))
    if names:
        schema["properties"] |= dict.fromkeys(names, schema["additionalProperties"])
    for inside in _inside(schema, entity, prefix):
        _open(*inside, columns)


def _has_free(
    schema: Schema,
    entity: str,
    prefix: tuple[str, ...],
    columns: Mapping[str, Collection[str]],
) -> bool:
    """Return whether there is a free field in an object, or in any below it."""
    return bool(_free(schema, prefix, columns.get(entity, ()))) or any(
        _has_free(*inside, columns) for inside in _inside(schema, entity, prefix)
    )


def _inside(
    schema: Schema, entity: str, prefix: tuple[str, ...]
) -> Iterator[tuple[Any, str, tuple[str, ...]]]:
    """Yield schema, entity and prefix of each object right below one."""
    for name, value in schema["properties"].items():
        if value["type"] == "object":
            yield value, entity, (*prefix, name)
        elif "x-entity" in value:
            yield value["items"], value["x-entity"], ()


def _free(schema: Schema, prefix: tuple[str, ...], columns: Collection[str]) -> list[str]:
    """Return the names of the columns that an object does not declare; none if it is not open."""
    if not is_open(schema):
        return []
    start = "".join(f"{name}__" for name in prefix)
    found = [column[len(start) :] for column in columns if column.startswith(start)]
    return [name for name in found if name and name not in schema["properties"]]
