"""Calls that change stored orders without sending them whole: PATCH, and aliases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from connector.sandbox.calls.answers import Answer
from connector.sandbox.calls.formats import FORMATS
from connector.sandbox.calls.reading import MalformedBodyError
from connector.sandbox.handling.context import RequestContext, ServedDestination
from connector.sandbox.handling.storing import Order, batch
from connector.text import exact

MOST = 2500  # entries of a call
_TEXT = {"type": "string", "minLength": 1}


@dataclass(frozen=True)
class Changes:
    """What such calls may do: clear all but `kept`, set all but `whole`, add to `aliases`."""

    kept: Sequence[str]
    whole: Sequence[str]
    aliases: str

    def patch(self, context: RequestContext, body: bytes) -> Answer:
        """Change the given fields of stored orders; one entry that is wrong refuses the call."""
        served, key = context.served, context.served.contract.key
        entries = _read(body)
        error = _error(entries, self._schema_of_a_patch(served))
        if error:
            return served.destination.refused_unnamed(error)
        stored = _stored(served, [entry[key] for entry in entries])
        for entry in entries:
            order = stored[entry[key]]
            if order is None:
                return served.destination.refused_unnamed(f"order {entry[key]} is not known")
            changed = {**order, **entry}
            stored[entry[key]] = {k: v for k, v in changed.items() if v is not None}
        _keep(context, stored)
        return served.destination.accepted(len(entries))

    def alias(self, context: RequestContext, body: bytes) -> Answer:
        """Add identifiers to stored orders; those that they have already are passed over."""
        served, key = context.served, context.served.contract.key
        call = _read(body)
        error = _error(call, _schema_of_aliases(key))
        if error:
            return served.destination.refused_unnamed(error)
        stored = _stored(served, [entry[key] for entry in call["aliases"]])
        if None in stored.values():
            return served.destination.unknown()
        for entry in call["aliases"]:
            known = stored[entry[key]].setdefault(self.aliases, [])
            added = {name: value for name, value in entry.items() if name != key}
            if added not in known:
                known.append(added)
        _keep(context, stored)
        return served.destination.accepted(len(call["aliases"]))

    def _schema_of_a_patch(self, served: ServedDestination) -> dict[str, Any]:
        order = dict(served.contract.vendor_schema())
        fields = {
            name: schema if name in self.kept else {"anyOf": [schema, {"type": "null"}]}
            for name, schema in order["properties"].items()
            if name not in self.whole
        }
        order |= {"properties": fields, "required": list(self.kept[:2])}
        return {"type": "array", "minItems": 1, "maxItems": MOST, "items": order}


def _read(body: bytes) -> Any:
    try:
        return exact.loads(body.decode())
    except (ValueError, RecursionError) as error:
        raise MalformedBodyError from error


def _error(value: Any, schema: dict[str, Any]) -> str | None:
    """Return the first thing wrong with a call, without repeating what it holds."""
    validator = jsonschema_rs.validator_for(
        schema, validate_formats=True, formats=FORMATS, mask="the value"
    )
    error = next(validator.iter_errors(exact.plain(value)), None)
    return None if error is None else error.message


def _stored(served: ServedDestination, keys: list[str]) -> dict[str, Any]:
    """Return the orders of these keys as they are kept, None for one that is not."""
    name = served.contract.destination
    texts = {key: served.store.text(name, key) for key in keys}
    return {key: None if text is None else exact.loads(text) for key, text in texts.items()}


def _keep(context: RequestContext, orders: Mapping[str, Any]) -> None:
    served = context.served
    kept = [Order(key, value, exact.compact(value)) for key, value in orders.items()]
    if served.settings.keeps_orders:
        left = batch(served.store, served.destination, None, kept)
        served.store.write(served.contract.destination, context.number, left)


def _schema_of_aliases(key: str) -> dict[str, Any]:
    texts = {key: _TEXT, "type": _TEXT, "id": _TEXT}
    entry = {
        "type": "object",
        "additionalProperties": False,
        "required": list(texts),
        "properties": texts,
    }
    entries = {"type": "array", "minItems": 1, "maxItems": MOST, "items": entry}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["aliases"],
        "properties": {"aliases": entries},
    }
