"""The columns of a view in PostgreSQL: what DuckDB calls their types, and how values travel."""

from dataclasses import dataclass

from connector.compile import quote
from connector.compile.reading import postgres
from connector.compile.reading.received import exact, finite, scaled
from connector.fit.types import MAX_SCALE, scale

_MOST_DIGITS = 38  # of a DECIMAL of DuckDB
_DIGITS_OF_BIGINT = 18
_TYPES = {
    "bool": "BOOLEAN",
    "int2": "SMALLINT",
    "int4": "INTEGER",
    "int8": "BIGINT",
    "float4": "FLOAT",
    "float8": "DOUBLE",
    "text": "VARCHAR",
    "varchar": "VARCHAR",
    "bpchar": "VARCHAR",
    "name": "VARCHAR",
    "citext": "VARCHAR",
    "uuid": "UUID",
    "json": "JSON",
    "jsonb": "JSON",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "timestamptz": "TIMESTAMP WITH TIME ZONE",
    "bytea": "BLOB",
}
_AS_THEY_ARE = {
    *("bool", "int2", "int4", "int8", "float4", "float8", "numeric", "timestamp", "timestamptz"),
    *("date", "text", "varchar", "uuid", "json", "jsonb", "bytea"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, and its type without domains around it.

    `modifier` is the typmod; `element` is the type of the elements of an array, else empty;
    `shown` is the type as people write it.
    """

    name: str
    type: str
    kind: str  # typtype, such as e for an enum
    modifier: int
    element: str
    element_kind: str
    shown: str

    @property
    def duckdb_type(self) -> str:
        """Return the name of the type in DuckDB, or PostgreSQL's own where it has none."""
        if self.element:
            return f"{_named(self.element, self.element_kind, self.modifier, self.shown)}[]"
        return _named(self.type, self.kind, self.modifier, self.shown)

    @property
    def sends(self) -> str:
        """Return SQL of PostgreSQL of the value as it is sent.

        An amount goes as a whole number of its last decimal, as the driver makes a text of it.
        """
        return postgres.scaled(quote(self.name), self._decimals) if self._is_whole else self.shows

    @property
    def shows(self) -> str:
        """Return SQL of PostgreSQL of the value as it is shown to people."""
        name = quote(self.name)
        if self._is_any_numeric:
            return f"trim_scale({name})"
        if self.element:
            is_plain = self.element in ("text", "int2", "int4", "int8", "bool")
            return name if is_plain else f"{name}::text[]"
        return name if self.type in _AS_THEY_ARE else f"{name}::text"

    @property
    def hashes(self) -> str:
        """Return SQL of PostgreSQL of values whose hash differs wherever the value does.

        A text is hashed byte by byte, whatever its collation holds equal. An enum is hashed by its
        label rather than its number, and a number of 64 bits by more than 32 of them.
        """
        name = quote(self.name)
        if self.element:
            return f'{name}::text[] collate "C"'
        if self.type == "int8":
            return f"{name}::numeric"
        if self.type == "timestamptz":
            return f"{name}, {name}::date"
        if self.type in ("bool", "int2", "int4", "numeric", "date", "uuid", "jsonb"):
            return name
        return f'{name}::text collate "C"'

    def received(self, model: str, key: str) -> str:
        """Return SQL of DuckDB of the value as it arrives; what cannot be sent on raises an error.

        `key` is the column of the order's id, which the error names.
        """
        name, where = quote(self.name), f"{model}.{self.name}"
        if self._is_whole:
            return scaled(name, self.duckdb_type, self._decimals, where, quote(key))
        if self.type == "numeric" and not self.element and scale(self.duckdb_type):
            decimals = MAX_SCALE if self._is_any_numeric else None
            return exact(name, self.duckdb_type, decimals, where, quote(key))
        if self.type == "timestamptz":
            return finite(name, where, quote(key))
        return name

    @property
    def _is_whole(self) -> bool:
        """Whether every value fits 64 bits as a whole number of its last decimal."""
        digits = scale(self.duckdb_type) if self.type == "numeric" and not self.element else None
        return digits is not None and digits[0] <= _DIGITS_OF_BIGINT

    @property
    def _decimals(self) -> int:
        return (scale(self.duckdb_type) or (0, 0))[1]

    @property
    def _is_any_numeric(self) -> bool:
        return self.type == "numeric" and not self.element and self.modifier < 0


def _named(name: str, kind: str, modifier: int, shown: str) -> str:
    if name == "numeric":
        return _decimal(modifier, shown)
    if kind == "e":
        return f"ENUM({shown.removesuffix('[]')})"
    return _TYPES.get(name, shown.removesuffix("[]").upper())


def _decimal(modifier: int, shown: str) -> str:
    """Return the DECIMAL of a typmod; without one it is read with all decimals that may be sent."""
    if modifier < 0:
        return f"DECIMAL({_MOST_DIGITS},{MAX_SCALE})"
    digits, decimals = (modifier - 4) >> 16 & 0xFFFF, (modifier - 4) & 0x7FF
    if digits > _MOST_DIGITS or decimals > digits:
        return shown.upper()
    return f"DECIMAL({digits},{decimals})"
