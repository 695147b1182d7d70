"""The columns of a view in Spark: what DuckDB calls their types, and how values are hashed."""

import re
from dataclasses import dataclass

from connector.compile import quote
from connector.compile.reading.received import finite

_DECIMAL = re.compile(r"decimal\((\d+),(\d+)\)")
_LIST = re.compile(r"array<(.*)>")
_TEXT = re.compile(r"string( collate .*)?|(var)?char\(\d+\)")
_TYPES = {
    "boolean": "BOOLEAN",
    "tinyint": "TINYINT",
    "smallint": "SMALLINT",
    "int": "INTEGER",
    "bigint": "BIGINT",
    "float": "FLOAT",
    "double": "DOUBLE",
    "date": "DATE",
    "timestamp": "TIMESTAMP WITH TIME ZONE",
    "timestamp_ntz": "TIMESTAMP",
    "binary": "BLOB",
    "void": '"NULL"',
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, and its type as Spark writes it."""

    name: str
    type: str

    @property
    def duckdb_type(self) -> str:
        """Return the name of the type in DuckDB, or Spark's own where it has none."""
        return _named(self.type)

    @property
    def hashes(self) -> str:
        """Return SQL of Spark of a value whose hash differs wherever the value does.

        A text is hashed byte by byte, whatever its collation holds equal. A list is hashed as one
        value: its elements alone would run into those of the next one.
        """
        name = quote(self.name)
        if _LIST.fullmatch(self.type):
            return f"cast(to_json({name}) as binary)"
        return f"cast({name} as binary)" if _TEXT.fullmatch(self.type) else name

    def received(self, model: str, key: str) -> str:
        """Return SQL of DuckDB of the value as it arrives; what cannot be sent on raises an error.

        `key` is the column of the order's id, which the error names.
        """
        name = quote(self.name)
        if self.type == "timestamp":
            return finite(name, f"{model}.{self.name}", quote(key))
        return name


def _named(name: str) -> str:
    if decimal := _DECIMAL.fullmatch(name):
        return f"DECIMAL({decimal[1]},{decimal[2]})"
    if _TEXT.fullmatch(name):
        return "VARCHAR"
    if within := _LIST.fullmatch(name):
        return f"{_named(within[1])}[]"
    return _TYPES.get(name, name.upper())
