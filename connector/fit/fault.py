"""What does not fit: a column or a view, what it is, what is wanted, and SQL or a command."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass

from connector.exceptions import ModelError

HEADINGS = ("view", "column", "is", "wanted", "write instead")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that does not fit; `message` says it as a sentence with the next step.

    `column` is empty when it is the whole view, `instead` when nothing can be written as it is.
    """

    view: str
    column: str
    found: str
    wanted: str
    instead: str
    message: str

    def row(self) -> tuple[str, ...]:
        """Return it as a row below `HEADINGS`."""
        return astuple(self)[: len(HEADINGS)]


class UnfitError(ModelError):
    """Views do not fit the contract; `faults` has all that is wrong with them."""

    def __init__(self, destination: str, faults: Sequence[Fault]) -> None:
        """Say one fault as a sentence, more of them in one line with a table below it."""
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
    """Return the faults as lines of a table; what stands in the last column can be pasted."""
    rows = [HEADINGS, *(fault.row() for fault in faults)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _place(fault: Fault) -> str:
    where = f"{fault.view}.{fault.column}" if fault.column else fault.view
    return f"{where} is {fault.found}"
