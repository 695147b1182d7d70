"""A misfit: the column or view, what it is, what is required, and SQL or a command to mend it."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass

from connector.exceptions import ModelError

HEADINGS = ("view", "column", "is", "wanted", "write instead")


@dataclass(frozen=True, slots=True)
class Fault:
    """One misfit; `message` describes it in a sentence with the next step.

    `column` is empty when the whole view is meant, `instead` when there is no SQL to suggest.
    """

    view: str
    column: str
    found: str
    wanted: str
    instead: str
    message: str

    def row(self) -> tuple[str, ...]:
        """Return the fault as a table row below `HEADINGS`."""
        return astuple(self)[: len(HEADINGS)]


class UnfitError(ModelError):
    """Views do not fit the contract; `faults` lists everything that is wrong."""

    def __init__(self, destination: str, faults: Sequence[Fault]) -> None:
        """Describe one fault in a sentence, several in one line with a table below."""
        self.faults = tuple(faults)
        if len(self.faults) == 1:
            super().__init__(self.faults[0].message)
            return
        places = ", ".join(_place(each) for each in self.faults)
        super().__init__(
            f"{destination}: {len(self.faults)} things of the views do not fit the contract; "
            f"correct them in the models: {places}"
        )
        self.frames = tuple(table(self.faults))


def table(faults: Sequence[Fault]) -> list[str]:
    """Return the faults as lines of a table; the last column can be copied."""
    rows = [HEADINGS, *(fault.row() for fault in faults)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _place(fault: Fault) -> str:
    where = f"{fault.view}.{fault.column}" if fault.column else fault.view
    return f"{where} is {fault.found}"
