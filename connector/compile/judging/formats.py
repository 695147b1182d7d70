"""SQL that checks whether a text has a format of JSON Schema, as strictly as vendors do."""

from collections.abc import Callable, Mapping

from connector.compile import literal

_ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
# As in HTML and ajv: no quotes, no comments, no display name, and a domain of at least two labels.
EMAIL = rf"^{_ATOM}([.]{_ATOM})*@({_LABEL}[.])+{_LABEL}$"

_OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4 = rf"({_OCTET}[.]){{3}}{_OCTET}"
_HEX = "[0-9A-Fa-f]{1,4}"


def _ipv6() -> str:
    """Return the pattern of RFC 4291: eight groups, `::` once for any of them, IPv4 at the end."""
    tail = f"({_HEX}:{_HEX}|{_IPV4})"
    forms = [f"({_HEX}:){{6}}{tail}"]
    for before in range(8):
        left = f"({_HEX}(:{_HEX}){{0,{before - 1}}})?" if before else ""
        if before < 6:  # noqa: PLR2004 - groups that fit before the last two
            between = f"({_HEX}:){{{5 - before}}}" if before < 5 else ""  # noqa: PLR2004
            forms.append(f"{left}::{between}{tail}")
        elif before == 6:  # noqa: PLR2004
            forms.append(f"{left}::{_HEX}")
        else:
            forms.append(f"{left}::")
    return "|".join(forms)


IP = f"^({_IPV4}|{_ipv6()})$"

_LONGEST = 254  # characters of an address, 64 of them before the @


def _is_no_email(value: str) -> str:
    return (
        f"not regexp_matches({value}, {literal(EMAIL)}) or length({value}) > {_LONGEST} "
        f"or strpos({value}, '@') > 65"
    )


def _is_no_moment(value: str) -> str:
    return f"not isfinite({value}) or year({value} at time zone 'UTC') not between 1 and 9999"


# format → SQL that is true for a value that violates it, and the message
FORMATS: Mapping[str, tuple[Callable[[str], str], str]] = {
    "date-time": (
        _is_no_moment,
        "is not a date between the years 1 and 9999; correct it in the model",
    ),
    "email": (_is_no_email, "is not a valid e-mail address; clean it in the model or leave it out"),
    "ip": (
        lambda value: f"not regexp_matches({value}, {literal(IP)})",
        "is no IP address of version 4 or 6; clean it in the model or leave it out",
    ),
}
