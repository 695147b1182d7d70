"""Checks whether a call has the credentials that a contract requires."""

import base64
import binascii
import hmac
from collections.abc import Mapping
from string import Formatter

from connector.contract.contract import Contract


def are_right(contract: Contract, headers: Mapping[str, str], known: Mapping[str, str]) -> bool:
    """Tell whether every header that holds a setting is there and fits.

    `known` are the only right values of settings; one that is not known may have any but none.
    """
    right = all(
        _is_right(headers.get(name, ""), template, known)
        for name, template in contract.headers.items()
        if _settings(template)
    )
    return right and (contract.basic_auth is None or _is_basic(contract, headers, known))


def _is_basic(contract: Contract, headers: Mapping[str, str], known: Mapping[str, str]) -> bool:
    """Look at the password, and at the user only where it holds a setting."""
    scheme, _, encoded = headers.get("authorization", "").partition(" ")
    try:
        text = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, ValueError):
        return False
    user, _, password = text.partition(":")
    basic = contract.basic_auth
    if scheme.lower() != "basic" or basic is None:
        return False
    is_known = not _settings(basic.user) or _is_right(user, basic.user, known)
    return is_known and _is_right(password, basic.password, known)


def _is_right(value: str, template: str, known: Mapping[str, str]) -> bool:
    if not value or not _settings(template) <= known.keys():
        return bool(value)
    return hmac.compare_digest(value.encode(), template.format_map(known).encode())


def _settings(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}
