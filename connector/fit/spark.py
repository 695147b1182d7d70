"""The words of Spark for the conversions of columns."""

import re

from connector.compile import literal
from connector.fit.dialect import Dialect, respelt

_FORMS = {  # one letter reads one digit or two
    "%Y%m%d": "yyyyMMdd",
    "%H%M%S": "HHmmss",
    "%Y": "yyyy",
    "%y": "yy",
    "%m": "M",
    "%d": "d",
    "%b": "MMM",
    "%H": "H",
    "%I": "h",
    "%M": "m",
    "%S": "s",
    "%p": "a",
}
_WEEKDAY = "%a, "  # which Spark writes, but does not read
_MOMENT = "yyyy-MM-dd'T'HH:mm:ss'Z'"
_WORDS = {
    "varchar": "string",
    "varchar[]": "array<string>",
    "timestamptz": "timestamp",
}
_TOKENS = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|\bvarchar\[\]|\bvarchar\b|\btimestamptz\b""")


class SparkDialect(Dialect):
    """The SQL of Spark, whose sessions keep UTC."""

    def worded(self, sql: str) -> str:
        """Return SQL with names in backticks, and with the types of Spark."""
        return _TOKENS.sub(lambda found: _word(found[0]), sql)

    def parsed(self, sql: str, form: str) -> str:
        """Return a time without a zone of a text."""
        if form.startswith(_WEEKDAY):
            sql, form = f"substring({sql}, 6)", form.removeprefix(_WEEKDAY)
        return f"to_timestamp({sql}, {literal(respelt(form, _FORMS))})"

    def in_zone(self, sql: str, zone: str) -> str:
        """Return the moment of a time without a zone."""
        return f"to_utc_timestamp({sql}, {literal(zone)})"

    def moment(self, sql: str, parts: int) -> str:
        """Return the moment of a number of parts of a second since 1970."""
        if parts > 1_000_000:  # noqa: PLR2004 - Spark knows no shorter ones than microseconds
            return f"timestamp_micros({sql} div {parts // 1_000_000})"
        unit = {1: "seconds", 1_000: "millis"}.get(parts, "micros")
        return f"timestamp_{unit}({sql})"

    def text_of_moment(self, sql: str) -> str:
        """Return a moment as a text in UTC."""
        return f"date_format({sql}, {literal(_MOMENT)})"

    def json(self, sql: str) -> str:
        """Return the text: Spark reads JSON from it."""
        return sql

    def text_of_json(self, sql: str) -> str:
        """Return a plain JSON value as a text."""
        return f"get_json_object({sql}, '$')"

    def field_of_json(self, sql: str, name: str) -> str:
        """Return a field of a JSON object as a text."""
        return f"get_json_object({sql}, {literal('$.' + name)})"

    def texts_of_json(self, sql: str) -> str:
        """Return a JSON array as a list of texts."""
        return f"from_json({sql}, 'array<string>')"

    def each(self, sql: str, converted: str) -> str:
        """Return a list with each `item` converted."""
        return f"transform({sql}, item -> {converted})"

    def one(self, sql: str) -> str:
        """Return a list of one value."""
        return f"array({sql})"

    def first(self, sql: str) -> str:
        """Return the first value of a list."""
        return f"get({sql}, 0)"

    def joined(self, sql: str) -> str:
        """Return a list as a text."""
        return f"array_join({sql}, ', ')"

    def split(self, sql: str, mark: str) -> str:
        """Return the texts between marks, without blanks around them."""
        trimmed = f"nullif(btrim({sql}, {literal(' ' + mark)}), '')"
        return f"split({trimmed}, {literal(f'[ ]*[{mark}][ {mark}]*')})"

    def without(self, sql: str, pattern: str) -> str:
        """Return a text without what matches a pattern."""
        return f"regexp_replace({sql}, {literal(pattern)}, '')"

    def text_of_bytes(self, sql: str) -> str:
        """Return bytes in UTF-8 as a text."""
        return f"decode({sql}, 'UTF-8')"

    def rows_of_json(self, keys: str, sql: str) -> str:
        """Return a select of a row for each element of a JSON array."""
        return self.rows_of_list(keys, self.texts_of_json(sql), are_structs=False)

    def rows_of_list(self, keys: str, sql: str, *, are_structs: bool) -> str:
        """Return a select of a row for each element of a list."""
        rows = f"lateral view posexplode({sql}) as place, item"
        return f"select {keys}, place + 1 as _position, item{'.*' * are_structs} from … {rows}"


def _word(token: str) -> str:
    """Return a literal, a name or a type of DuckDB as Spark writes it."""
    if token.startswith("'"):
        return "'" + token[1:-1].replace("''", r"\'") + "'"
    if token.startswith('"'):
        return "`" + token[1:-1].replace('""', '"').replace("`", "``") + "`"
    return _WORDS[token]


SPARK = SparkDialect()
