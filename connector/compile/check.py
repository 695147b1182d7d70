"""One check of a contract: what it is called, what is said of it, and its SQL."""

from dataclasses import dataclass

from connector.compile import quote
from connector.entity import Entity, Field
from connector.schema import Schema


@dataclass(frozen=True, slots=True)
class Check:
    """One rule as SQL: `condition` is true for a row of the entity that breaks it."""

    rule: str
    entity: str
    field: str
    severity: str
    message: str
    condition: str


def on_path(
    entity: Entity, path: tuple[str, ...], keyword: str, condition: str, message: str
) -> Check:
    """Return the error that a keyword finds at a path of an entity; the path begins its message."""
    field = dotted(entity, path)
    return Check(
        f"{field}.{keyword}", entity.name, field, "error", f"{field} {message}", f"({condition})"
    )


def dotted(entity: Entity, path: tuple[str, ...]) -> str:
    """Return where a path of an entity stands in the payload, such as `refunds.quantity`."""
    return ".".join([entity.label, *path] if entity.label else path)


def present(schema: Schema, path: tuple[str, ...]) -> str:
    """Return SQL that is true when a value, or anything in an object, is not null."""
    if schema["type"] != "object":
        return f"({quote(Field(path, schema, required=False).column)} is not null)"
    inside = [present(value, (*path, name)) for name, value in schema["properties"].items()]
    return f"({' or '.join(inside)})"
