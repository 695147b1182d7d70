"""The part of JSON Schema 2020-12 that a contract may use, and the check that it uses no other."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connector.contract.ownership import COSTS
from connector.exceptions import ContractError
from connector.text.names import nearest

HELP = "see docs/add-a-destination.md"

Schema = Mapping[str, Any]

CONST = "const"  # of a member that is the same in every order, so that no column holds it

ANNOTATIONS = {"$schema", "title", "description", "type"}
KEYWORDS = {
    "object": {"properties", "required", "additionalProperties", "allOf"},
    "array": {"items", "minItems", "maxItems", "uniqueItems"},
    "string": {"minLength", "maxLength", "pattern", "enum", "format", CONST},
    "number": {"minimum", "maximum", "exclusiveMinimum", "enum"},
    "integer": {"minimum", "maximum", "exclusiveMinimum", "enum"},
    "boolean": set(),
}
_KINDS: Mapping[str, tuple[Any, str]] = {
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems"), (int, "a whole number")),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum"), ((int, float), "a number")),
    "uniqueItems": (bool, "true or false"),
    **dict.fromkeys(("description", "pattern", "format", CONST), (str, "a text")),
    **dict.fromkeys(("required", "allOf", "enum"), (list, "a list")),
    **dict.fromkeys(("properties", "items"), (dict, "a mapping of keys to values")),
}
FORMATS = ("date-time", "email", "ip")  # `ip` is an address of version 4 or 6
UTC = ("Z", "+00:00")  # how `x-offset` may write it, in which every time is sent
_CODES: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "number": (int, float),
    "integer": int,
}
SEVERITIES = {"error": "refuse", "warning": "warn", "leave_out": "leave_out"}  # of `x-rules`
# DuckDB's regular expressions are RE2's, which look neither ahead nor back.
_NOT_RE2 = re.compile(r"\(\?[=!<]|\\[1-9]")


def check(path: Path, schema: Schema) -> None:
    """Raise ContractError for the first thing in the schema of an order that is not supported.

    It names the file and the field.
    """
    place = _Place(path, "the order")
    place.keywords(schema, "object")
    _check_object(place, schema, ())


def check_rules(path: Path, rules: Iterable[Schema], entities: Iterable[str]) -> None:
    """Raise ContractError for a rule on an unknown entity or of an unknown severity."""
    known = list(entities)
    for rule in rules:
        place = _Place(path, f"x-rules: {rule['rule']}")
        if rule["entity"] not in known:
            raise place.wrong(f"entity {rule['entity']!r} is not known", rule["entity"], known)
        if rule["severity"] not in SEVERITIES:
            problem = f"severity {rule['severity']!r} is not one of {', '.join(SEVERITIES)}"
            raise place.wrong(problem)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in a contract file something stands."""

    path: Path
    where: str

    def wrong(self, problem: str, name: str = "", known: Iterable[str] = ()) -> ContractError:
        hint = nearest(name, known) if name else ""
        return ContractError(f"{self.path}: {self.where}: {problem}{hint}; {HELP}")

    def needs(self, values: Schema, *keys: str) -> None:
        for key in keys:
            if key not in values:
                raise self.wrong(f"{key} is missing")

    def keywords(self, schema: Schema, kind: str) -> None:
        for word in schema:
            if word not in KEYWORDS[kind] | ANNOTATIONS and not word.startswith("x-"):
                raise self.wrong(f"keyword {word!r} is not supported for a {kind}")
            kinds, said = _KINDS.get(word, (object, ""))
            is_switch = isinstance(schema[word], bool) and kinds is not object
            if not isinstance(schema[word], kinds) or is_switch != (kinds is bool):
                raise self.wrong(f"{word} must be {said}")

        self.ours(schema)

    def ours(self, schema: Schema) -> None:
        """Check `x-ours`: keywords of the schema, and what they cost."""
        said = schema.get("x-ours", ())
        if not isinstance(said, list | dict | tuple):
            raise self.wrong("x-ours must be a list of keywords, or a mapping of them to costs")
        for word in said:
            if word not in schema and word != "required":
                raise self.wrong(f"x-ours: {word!r} is not one of its keywords", str(word), schema)
            cost = said[word] if isinstance(said, dict) else COSTS[0]
            if cost not in COSTS:
                raise self.wrong(f"x-ours: {word} costs {cost!r}", str(cost), COSTS)

    def names(self, names: Iterable[str], properties: Schema) -> None:
        for name in map(str, names):
            if name not in properties:
                raise self.wrong(f"{name!r} is not one of its properties", name, properties)


def _check_object(place: _Place, schema: Schema, prefix: tuple[str, ...]) -> None:
    """Check the properties of an object; `prefix` is its path within its entity."""
    place.needs(schema, "properties")
    place.names(schema.get("required", ()), schema["properties"])
    _check_open(place, schema, prefix)
    for combination in schema.get("allOf", ()):
        _check_combination(place, combination, schema["properties"])
    for name, value in schema["properties"].items():
        _check_property(_Place(place.path, ".".join((*prefix, name))), value, (*prefix, name))


def _check_open(place: _Place, schema: Schema, prefix: tuple[str, ...]) -> None:
    """Check what an object takes beside its properties: nothing, or texts under any name."""
    others = schema.get("additionalProperties", False)
    if isinstance(others, bool):
        return
    is_text = isinstance(others, Mapping) and others.get("type") == "string"
    if not (is_text and prefix and "format" not in others):
        hint = "true, false, or within an object the schema of a text without a format"
        raise place.wrong(f"additionalProperties must be {hint}")
    _check_property(_Place(place.path, ".".join((*prefix, "*"))), others, (*prefix, "*"))


def _check_property(place: _Place, schema: Schema, path: tuple[str, ...]) -> None:
    if not isinstance(schema, Mapping):
        raise place.wrong("must be a mapping of keys to values")
    place.needs(schema, "type")
    kind = schema["type"]
    if not isinstance(kind, str) or kind not in KEYWORDS:
        raise place.wrong(f"type {kind!r} is not supported; use one of {', '.join(KEYWORDS)}")
    place.keywords(schema, kind)
    _check_codes(place, schema)
    if kind == "object":
        _check_object(place, schema, path)
    elif kind == "array":
        _check_list(place, schema, path)
    elif CONST in schema and len(path) > 1:
        raise place.wrong("const is for members of the order itself")
    elif schema.get("format", FORMATS[0]) not in FORMATS:
        problem = f"format {schema['format']!r} is not supported; use a pattern"
        raise place.wrong(problem, schema["format"], FORMATS)
    elif schema.get("x-offset", UTC[0]) not in UTC:
        raise place.wrong(f"x-offset {schema['x-offset']!r} is not one of {', '.join(UTC)}")
    elif _NOT_RE2.search(schema.get("pattern", "")):
        raise place.wrong("pattern looks ahead or back, which RE2 does not")


def _check_codes(place: _Place, schema: Schema) -> None:
    """Check that codes are of their type: YAML takes NO, which is Norway, for a boolean."""
    kind = schema["type"]
    for code in schema.get("enum", ()):
        if isinstance(code, bool) or not isinstance(code, _CODES[kind]):
            hint = ", quote it" if kind == "string" else ""
            raise place.wrong(f"enum: {code!r} is not of type {kind}{hint}")


def _check_list(place: _Place, schema: Schema, path: tuple[str, ...]) -> None:
    place.needs(schema, "items")
    items = schema["items"]
    place.needs(items, "type")
    if items["type"] == "object":
        place.needs(schema, "x-entity")
        if len(path) > 1:
            raise place.wrong("a list of objects within an object is not supported")
        place.keywords(items, "object")
        _check_object(place, items, ())
    elif items["type"] == "string" and "format" not in items:
        _check_property(place, items, path)
    else:
        raise place.wrong("a list holds objects or texts, without a format")


def _check_combination(place: _Place, combination: Schema, properties: Schema) -> None:
    """Check a part of `allOf`: properties that exclude each other, or of which one is needed."""
    inside = _Place(place.path, f"{place.where}: allOf")
    inside.needs(combination, "x-message")
    parts = [combination["not"]] if "not" in combination else combination.get("anyOf", ())
    if not parts or not all(set(part) == {"required"} and part["required"] for part in parts):
        raise inside.wrong("only `not: required` and `anyOf: [required]` are supported")
    for part in parts:
        inside.names(part["required"], properties)
