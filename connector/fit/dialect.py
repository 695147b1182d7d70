"""What engines call the same conversion, where they have different words for it."""

from collections.abc import Mapping

from connector.compile import literal
from connector.fit.types import written

_FORM = "%Y-%m-%dT%H:%M:%SZ"  # of a moment in a text
_POSTGRES = {
    "%Y": "YYYY",
    "%y": "YY",
    "%m": "MM",
    "%d": "DD",
    "%b": "Mon",
    "%a": "Dy",
    "%H": "HH24",
    "%I": "HH12",
    "%M": "MI",
    "%S": "SS",
    "%p": "AM",
    "T": '"T"',
    "Z": '"Z"',
}


class Dialect:
    """The SQL of DuckDB, which other engines replace; each method takes and returns SQL."""

    def worded(self, sql: str) -> str:
        """Return SQL whose names and types are written as the engine writes them."""
        return sql

    def name(self, name: str) -> str:
        """Return the name of a column, quoted only if necessary."""
        return self.worded(written(name))

    def parsed(self, sql: str, form: str) -> str:
        """Return a time without a zone of a text, whose form is written as for strptime."""
        return f"strptime({sql}, {literal(form)})"

    def in_zone(self, sql: str, zone: str) -> str:
        """Return the moment of a time without a zone."""
        return f"{sql} at time zone {literal(zone)}"

    def moment(self, sql: str, parts: int) -> str:
        """Return the moment of a number of parts of a second since 1970."""
        return f"to_timestamp({sql} / {parts})" if parts > 1 else f"to_timestamp({sql})"

    def text_of_moment(self, sql: str) -> str:
        """Return a moment as a text in UTC."""
        return f"strftime({sql} at time zone 'UTC', {literal(_FORM)})"

    def json(self, sql: str) -> str:
        """Return a text as JSON."""
        return f"cast({sql} as json)"

    def text_of_json(self, sql: str) -> str:
        """Return a plain JSON value as a text."""
        return f"({sql} ->> '$')"

    def field_of_json(self, sql: str, name: str) -> str:
        """Return a field of a JSON object as a text."""
        return f"({sql} ->> {literal('$.' + name)})"

    def texts_of_json(self, sql: str) -> str:
        """Return a JSON array as a list of texts."""
        return f"cast({sql} as varchar[])"

    def each(self, sql: str, converted: str) -> str:
        """Return a list with each `item` converted."""
        return f"list_transform({sql}, lambda item: {converted})"

    def one(self, sql: str) -> str:
        """Return a list of one value."""
        return f"[{sql}]"

    def first(self, sql: str) -> str:
        """Return the first value of a list."""
        return f"{sql}[1]"

    def joined(self, sql: str) -> str:
        """Return a list as a text."""
        return f"array_to_string({sql}, ', ')"

    def split(self, sql: str, mark: str) -> str:
        """Return the texts between marks, without blanks around them."""
        trimmed = f"nullif(trim({sql}, {literal(' ' + mark)}), '')"
        return f"regexp_split_to_array({trimmed}, {literal(f'[ ]*[{mark}][ {mark}]*')})"

    def without(self, sql: str, pattern: str) -> str:
        """Return a text without what matches a pattern."""
        return f"regexp_replace({sql}, {literal(pattern)}, '', 'g')"

    def text_of_bytes(self, sql: str) -> str:
        """Return bytes in UTF-8 as a text."""
        return f"decode({sql})"

    def rows_of_json(self, keys: str, sql: str) -> str:
        """Return a select of a row for each element of a JSON array, from a view written as …."""
        place, rows = f"generate_subscripts(cast({sql} as json[]), 1)", f"cast({sql} as json[])"
        return f"select {keys}, {place} as _position, unnest({rows}) from …"

    def rows_of_list(self, keys: str, sql: str, *, are_structs: bool) -> str:
        """Return a select of a row for each element of a list, from a view written as …."""
        rows = f"unnest({sql}, max_depth := 2)" if are_structs else f"unnest({sql})"
        return f"select {keys}, generate_subscripts({sql}, 1) as _position, {rows} from …"


class PostgresDialect(Dialect):
    """The SQL of PostgreSQL."""

    def parsed(self, sql: str, form: str) -> str:
        """Return a time without a zone of a text."""
        return f"cast(to_timestamp({sql}, {literal(respelt(form, _POSTGRES))}) as timestamp)"

    def moment(self, sql: str, parts: int) -> str:
        """Return the moment of a number of parts of a second since 1970."""
        return f"to_timestamp({sql} / {parts}.0)" if parts > 1 else f"to_timestamp({sql})"

    def text_of_moment(self, sql: str) -> str:
        """Return a moment as a text in UTC."""
        return f"to_char({sql} at time zone 'UTC', {literal(respelt(_FORM, _POSTGRES))})"

    def text_of_json(self, sql: str) -> str:
        """Return a plain JSON value as a text."""
        return f"({sql} #>> '{{}}')"

    def field_of_json(self, sql: str, name: str) -> str:
        """Return a field of a JSON object as a text."""
        return f"({sql} ->> {literal(name)})"

    def texts_of_json(self, sql: str) -> str:
        """Return a JSON array as a list of texts."""
        elements = f"array(select jsonb_array_elements_text(cast({sql} as jsonb)))"
        return f"case when {sql} is not null then {elements} end"

    def each(self, sql: str, converted: str) -> str:
        """Return a list with each `item` converted."""
        items = f"from unnest({sql}) with ordinality as each (item, place) order by place"
        return f"case when {sql} is not null then array(select {converted} {items}) end"

    def one(self, sql: str) -> str:
        """Return a list of one value."""
        return f"array[{sql}]"

    def text_of_bytes(self, sql: str) -> str:
        """Return bytes in UTF-8 as a text."""
        return f"convert_from({sql}, 'UTF8')"

    def rows_of_json(self, keys: str, sql: str) -> str:
        """Return a select of a row for each element of a JSON array."""
        elements = f"jsonb_array_elements(cast({sql} as jsonb))"
        rows = f"{elements} with ordinality as each (item, place)"
        return f"select {keys}, place as _position, item from … cross join {rows}"


def respelt(form: str, words: Mapping[str, str]) -> str:
    """Return the form of a time with the words of an engine for the parts that strptime knows."""
    for part, word in words.items():
        form = form.replace(part, word)
    return form


DUCKDB, POSTGRES = Dialect(), PostgresDialect()
