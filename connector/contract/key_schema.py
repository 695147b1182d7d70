"""The shape of what a contract says beside the JSON Schema: which keys, and what kind of value."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from connector.contract.schema import HELP, Schema
from connector.exceptions import ContractError
from connector.text.names import nearest

_ANY = "*"  # any key of a mapping; a key with a question mark may be left out
_KINDS: Mapping[Any, str] = {
    str: "a text",
    int: "a whole number above 0",
    bool: "true or false",
    list: "a list",
    dict: "a mapping of keys to values",
}
_VALUES = {_ANY: object}
_TEXTS = {_ANY: str}
_ACTION = {
    "set?": _VALUES,
    "each?": {_ANY: _VALUES},
    "append?": _TEXTS,
    "drop?": [str],
    "method?": str,
    "parameter?": str,
}
_RULE = {
    **dict.fromkeys(("rule", "entity", "field", "violated_when", "severity", "message"), str),
    **dict.fromkeys(("ours?", "whole_view?"), bool),
}
_COLUMN = {"type": str, "format?": str, "description?": str}
_REQUEST = {
    **dict.fromkeys(("method", "end"), str),
    "environments": _TEXTS,
    **dict.fromkeys(("parameters?", "body?", "count?"), _VALUES),
    "headers?": _TEXTS,
    "rows?": [str],
    **dict.fromkeys(("most_rows?", "every?"), int),
    "needs?": str,
}
_READ_BACK = {
    "fields": _TEXTS,
    "request?": _REQUEST,
    "why_not?": str,
    "values?": {_ANY: _TEXTS},
    **{key: [str] for key in ("by_day?", "flags?", "not_compared?")},
    "absent?": _VALUES,
    "currency?": str,
    "several?": bool,
    "by_hand?": str,
    **dict.fromkeys(("early?", "late?"), int),
}
_SHAPE = {
    "title": str,
    **dict.fromkeys(("x-destination", "x-entity", "x-key", "x-order-by"), str),
    **dict.fromkeys(("x-amount?", "x-cadence?", "x-failure-unit?"), str),
    "x-environments": _TEXTS,
    "x-settings?": {_ANY: {"description": str, "secret?": bool, "default?": str, "same_as?": str}},
    "x-headers?": _TEXTS,
    "x-basic-auth?": {"user": str, "password": str},
    "x-envelope?": _VALUES,
    "x-check?": {"method": str, "environments": _TEXTS, "accepted": [int], "body?": str},
    "x-limits": {"orders": int, "bytes": int, "order_bytes?": int},
    "x-budget?": {"requests?": int, "bytes?": int, "seconds": int},
    "x-side-effects?": (str, bool),
    "x-quiet-alternatives?": [str],
    "x-identity?": [str],
    "x-steady?": _VALUES,
    "x-ours?": [str],
    "x-operation?": [str],
    "x-event?": str,
    "x-customer?": str,
    "x-matching?": _TEXTS,
    "x-refunded?": str,
    "x-usual?": {"rows?": _TEXTS, "names?": {_ANY: {_ANY: [str]}}},
    "x-closed?": {_ANY: [str]},
    "x-forward?": {_ANY: [str]},
    "x-tells?": {"ids?": [str], "status?": [str]},
    "x-removal?": {"flag?": str, "actions?": {_ANY: _ACTION}},
    "x-lifecycle?": {
        "column": str,
        "take_back?": str,
        "sent_as?": {_ANY: _VALUES},
        "opt_in?": [str],
    },
    "x-read-back?": _READ_BACK,
    "x-columns?": {_ANY: {_ANY: _COLUMN}},
    "x-rules?": [_RULE],
    "x-sources?": _TEXTS,
    "x-success?": {"empty": bool, "requires?": _VALUES, "members?": [str], "rejected?": str},
    "x-acknowledges?": str,
    "x-answers?": [{"status": str, "body?": str, "means": str}],
    "x-open-points?": [{"id": str, "question": str, "choice": str}],
}


def check_shape(path: Path, schema: Schema) -> None:
    """Raise ContractError for the first key that is not known, missing or of the wrong kind.

    It names the file and the key. What the JSON Schema itself says is not looked at.
    """
    own = {key: schema[key] for key in schema if key == "title" or str(key).startswith("x-")}
    _check(path, "", own, _SHAPE)
    if list(schema.get("x-envelope", {"": []}).values()).count([]) != 1:
        raise _wrong(path, "x-envelope", "needs one empty list, where the orders go")
    if schema.get("x-side-effects") is True:
        raise _wrong(path, "x-side-effects", "must be false, or a sentence that says what they are")


def _check(path: Path, where: str, value: Any, shape: Any) -> None:
    if isinstance(shape, dict):
        _check_mapping(path, where, value, shape)
    elif isinstance(shape, list):
        _check_kind(path, where, value, list)
        for number, item in enumerate(value, start=1):
            _check(path, f"{where}: number {number}", item, shape[0])
    elif shape is not object:
        _check_kind(path, where, value, shape)


def _check_mapping(path: Path, where: str, value: Any, shape: Mapping[str, Any]) -> None:
    _check_kind(path, where, value, dict)
    shapes = {name.rstrip("?"): each for name, each in shape.items()}
    for name in shape:
        if name not in value and name != _ANY and not name.endswith("?"):
            raise _wrong(path, _below(where, name), "is missing")
    for name, each in value.items():
        # Below the first level, keys of others are comments.
        if where and str(name).startswith("x-"):
            continue
        if name not in shapes and _ANY not in shapes:
            raise _wrong(path, _below(where, name), f"is not known{nearest(str(name), shapes)}")
        _check(path, _below(where, name), each, shapes.get(name, shapes.get(_ANY)))


def _check_kind(path: Path, where: str, value: Any, kinds: Any) -> None:
    for kind in kinds if isinstance(kinds, tuple) else (kinds,):
        if isinstance(value, kind) and (kind is not int or _is_count(value)):
            return
    known = " or ".join(_KINDS[kind] for kind in (kinds if isinstance(kinds, tuple) else (kinds,)))
    raise _wrong(path, where, f"must be {known}")


def _is_count(value: int) -> bool:
    return not isinstance(value, bool) and value > 0


def _below(where: str, name: object) -> str:
    return f"{where}: {name}" if where else str(name)


def _wrong(path: Path, where: str, problem: str) -> ContractError:
    return ContractError(f"{path}: {where} {problem}; {HELP}")
