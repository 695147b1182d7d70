"""Reads and validates what a visitor requests in the query of a URL."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from urllib.parse import urlencode

from connector.exceptions import ChoiceError
from connector.reporting.listed_errors import Filter, Page

SIZE = 100  # rows per page
TYPES = (
    ("", "invalid or refused"),
    ("invalid", "invalid"),
    ("refused", "refused"),
    ("warning", "sent, with a warning"),
)
SORTS = ("order_id", "rule", "message", "at")


@dataclass(frozen=True, slots=True)
class Errors:
    """The requested errors, as texts of a form."""

    account: str
    type: str = ""
    rule: str = ""
    day: str = ""
    search: str = ""
    sort: str = ""
    down: str = ""
    page: int = 1

    @property
    def filter(self) -> Filter:
        """Return the filter for the ledger."""
        return Filter(
            types=(self.type,) if self.type else ("invalid", "refused"),
            rule=self.rule or None,
            day=self.day or None,
            search=self.search or None,
        )

    @property
    def rows(self) -> Page:
        """Return the rows to show."""
        first = (self.page - 1) * SIZE
        return Page(SIZE, first, self.sort or None, bool(self.down))

    def address(self, path: str = "/errors", **other: object) -> str:
        """Return the address of this request with some values changed."""
        given = {name: each for name, each in (asdict(self) | other).items() if each}
        return f"{path}?{urlencode(given)}"

    def sorted(self, name: str) -> str:
        """Return the address sorted by a column, reversed if it already is."""
        down = "1" if self.sort == name and not self.down else ""
        return self.address(sort=name, down=down, page=1)


def errors(query: Mapping[str, str], names: Sequence[str]) -> Errors:
    """Return the errors that a query requests; raises ChoiceError for an unknown account."""
    kind, sort = query.get("type", ""), query.get("sort", "")
    texts = {name: query.get(name, "").strip()[:200] for name in ("rule", "day", "search", "down")}
    return Errors(
        account=account(query, names),
        type=kind if kind in dict(TYPES) else "",
        sort=sort if sort in SORTS else "",
        page=number(query, "page", 1, 1_000_000),
        **texts,
    )


def account(query: Mapping[str, str], names: Sequence[str]) -> str:
    """Return the account of a query, or the first one if it names none; raises ChoiceError."""
    name = query.get("account") or names[0]
    if name not in names:
        raise ChoiceError(f"there is no account {name!r}; use one of {', '.join(names)}")
    return name


def number(query: Mapping[str, str], name: str, otherwise: int, most: int) -> int:
    """Return a number of a query between 1 and `most`."""
    text = query.get(name, "")
    found = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise  # noqa: PLR2004 - digits
    return min(max(found, 1), most)
