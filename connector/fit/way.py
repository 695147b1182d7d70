"""One way to convert the values of a column."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Way:
    """SQL that converts a value, and SQL that is true of the values that it converts rightly.

    Without `test` that is every value of which it makes one, and what `blank` is true of, of which
    it makes null. `note` says what a person must make sure of.
    """

    sql: str
    test: str = ""
    note: str = ""
    blank: str = "false"

    def only_if(self, condition: str) -> "Way":
        """Return the way for the values that fulfil a further condition."""
        return replace(self, test=f"({condition}) and {self.test}" if self.test else condition)

    @property
    def condition(self) -> str:
        """Return SQL that is true of a value, not null, that is converted rightly."""
        converts = f"(try({self.sql}) is not null or {self.blank})"
        return f"({self.test}) and {converts}" if self.test else converts
