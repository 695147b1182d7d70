"""SQL that converts naive times, dates, texts and numbers to moments."""

from collections.abc import Iterator

from connector.compile import literal
from connector.fit.dialect import Dialect
from connector.fit.way import Way

_OFFSET = r":[0-9]{2}.*(Z|z|[+-][0-9]{2}(:?[0-9]{2})?)$"
_FORMATS = tuple(
    f"{day}{hour}"
    for day in ("%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%m/%d/%y", "%d/%m/%y", "%d %b %Y", "%b %d, %Y")
    for hour in ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
)
_FORMATS += ("%a, %d %b %Y %H:%M:%S", "%Y%m%d", "%Y%m%d%H%M%S")
_PARTS = (1, 1_000, 1_000_000, 1_000_000_000)  # of a second
_SECOND = (100_000_000, 4_102_444_799)  # 1973 to 2099
_DAYS = (19_000_101, 20_991_231)  # as YYYYMMDD


def of_moment(sql: str, data_type: str, zone: str, dialect: Dialect) -> Iterator[Way]:
    """Yield the way for a time without a zone, or a date."""
    naive = sql if data_type == "TIMESTAMP" else f"cast({sql} as timestamp)"
    yield _in_zone(naive, zone, dialect)


def of_text(sql: str, zone: str, dialect: Dialect) -> Iterator[Way]:
    """Yield ways for texts: with an offset, without one, in regional formats, as numbers.

    If all values are dates in both the American and the British order, the American comes first.
    """
    has_offset = f"regexp_matches({sql}, {literal(_OFFSET)})"
    yield Way(f"cast({sql} as timestamptz)", has_offset)
    # Digits alone are not a date, although DuckDB reads some as a year.
    is_iso = f"not {has_offset} and regexp_matches({sql}, '^[0-9]{{4}}-')"
    yield _in_zone(f"cast({sql} as timestamp)", zone, dialect).only_if(is_iso)
    for form in _FORMATS:
        note = "" if "/" not in form else "; month or day first? look at a value above 12"
        way = _in_zone(dialect.parsed(sql, form), zone, dialect, note)
        # DuckDB reads a year of two digits as one of the first century.
        has_year = f"regexp_matches({sql}, '[0-9]{{4}}')"
        yield way.only_if(has_year) if "%Y" in form else way
    are_digits = f"regexp_matches({sql}, '^[0-9]+$') and "
    yield from of_number(f"cast({sql} as bigint)", zone, dialect, are_digits)


def of_number(sql: str, zone: str, dialect: Dialect, condition: str = "") -> Iterator[Way]:
    """Yield ways for seconds, milliseconds or microseconds since 1970, and YYYYMMDD."""
    for parts in _PARTS:
        low, high = (each * parts for each in _SECOND)
        form = dialect.moment(sql, parts)
        yield Way(form, f"{condition}try({sql}) between {low} and {high}")
    day = dialect.parsed(f"cast(cast({sql} as bigint) as varchar)", "%Y%m%d")
    low, high = _DAYS
    yield _in_zone(day, zone, dialect).only_if(f"{condition}try({sql}) between {low} and {high}")


def _in_zone(naive: str, zone: str, dialect: Dialect, further: str = "") -> Way:
    note = f"{literal(zone)} stands for the zone in which the values are{further}"
    return Way(dialect.in_zone(naive, zone), note=note)
