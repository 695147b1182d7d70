"""One way to convert the values of a column."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Way:
    """SQL that converts a value, and SQL that is true for values that it converts correctly.

    Without `test`, these are the values with a result other than null, and those for which `blank`
    is true, which become null. `note` says what a person must check.
    `there` is the same in the SQL of the warehouse, where that is not DuckDB.
    """

    sql: str
    test: str = ""
    note: str = ""
    blank: str = "false"
    there: str = ""

    def only_if(self, condition: str) -> "Way":
        """Return the way, limited to values that meet a further condition."""
        return replace(self, test=f"({condition}) and {self.test}" if self.test else condition)

    @property
    def pasted(self) -> str:
        """Return SQL for a model."""
        return self.there or self.sql

    @property
    def condition(self) -> str:
        """Return SQL that is true for a non-null value that is converted correctly."""
        converts = f"(try({self.sql}) is not null or {self.blank})"
        return f"({self.test}) and {converts}" if self.test else converts
