"""SQL that parses lists, numbers and booleans from text."""

from collections.abc import Iterator

from connector.compile import literal
from connector.fit.dialect import Dialect
from connector.fit.way import Way

_TRUE, _FALSE = ("true", "t", "yes", "y", "on", "1"), ("false", "f", "no", "n", "off", "0")
_POINT = r"^[^0-9.,]*([0-9]{1,3}(,[0-9]{3})+|[0-9]+)?([.][0-9]+)?[^0-9.,]*$"
_COMMA = r"^[^0-9.,]*([0-9]{1,3}([.][0-9]{3})+|[0-9]+)?(,[0-9]+)?[^0-9.,]*$"
_SEPARATORS = (",", ";", "|")


def numbers(sql: str, target: str, dialect: Dialect) -> Iterator[Way]:
    """Yield ways to parse numbers: plain, with a currency and thousands, with a decimal comma."""
    plain = f"cast({sql} as {target})"
    yield Way(plain, f"try_cast({sql} as decimal(38, 6)) = try_cast({sql} as {target})")
    blank = f"trim({sql}) = ''"
    digits = f"nullif({dialect.without(sql, '[^0-9.-]')}, '')"
    test = f"regexp_matches({sql}, {literal(_POINT)})"
    yield Way(_exact(digits, target), test, blank=blank)
    digits = f"nullif(replace({dialect.without(sql, '[^0-9,-]')}, ',', '.'), '')"
    test = f"regexp_matches({sql}, {literal(_COMMA)})"
    yield Way(_exact(digits, target), test, blank=blank)


def _exact(digits: str, target: str) -> str:
    """Return a cast; whole numbers may be written with decimals."""
    within = digits if target.startswith("decimal") else f"cast({digits} as decimal(18, 2))"
    return f"cast({within} as {target})"


def booleans(sql: str) -> Iterator[Way]:
    """Yield ways to parse yes and no."""
    known = ", ".join(map(literal, (*_TRUE, *_FALSE)))
    is_true = ", ".join(map(literal, _TRUE))
    yield Way(f"cast({sql} as boolean)", f"try_cast({sql} as boolean) is not null")
    yield Way(f"lower(trim({sql})) in ({is_true})", f"lower(trim({sql})) in ({known})")


def lists(sql: str, dialect: Dialect) -> Iterator[Way]:
    """Yield ways to parse lists: JSON, then values separated by commas, semicolons or bars."""
    is_json = f"case when json_valid({sql}) then json_type({sql}) = 'ARRAY' else false end"
    yield Way(dialect.texts_of_json(dialect.json(sql)), is_json)
    for mark in _SEPARATORS:
        # A text without any separator is one value; a text with another separator is not.
        test = f"not {is_json} and {_has_no_other(sql, mark)}"
        blank = f"trim({sql}, {literal(' ' + mark)}) = ''"
        yield Way(dialect.split(sql, mark), test, blank=blank)


def _has_no_other(sql: str, mark: str) -> str:
    others = "".join(each for each in _SEPARATORS if each != mark)
    other = f"regexp_matches({sql}, {literal(f'[{others}]')})"
    return f"(contains({sql}, {literal(mark)}) or not {other})"
