"""The formats that the vendors' validators know, told without our SQL."""

import ipaddress
import re

_LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*", re.ASCII)
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_LONGEST = {"local": 64, "address": 254}  # characters


def is_email(text: str) -> bool:
    """Return whether a text is just an address: no name, no quotes, a whole domain."""
    local, _, domain = text.rpartition("@")
    labels = domain.split(".")
    return (
        len(text) <= _LONGEST["address"]
        and len(local) <= _LONGEST["local"]
        and bool(_LOCAL.fullmatch(local))
        and len(labels) > 1
        and all(map(_LABEL.fullmatch, labels))
    )


def is_ip(text: str) -> bool:
    """Tell whether a text is an address of version 4 or 6, without a zone."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text


FORMATS = {"email": is_email, "ip": is_ip}
