"""What a visitor asks for, read from the query of an address; nothing in it is believed."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from urllib.parse import urlencode

from connector.exceptions import ChoiceError
from connector.reporting.listed_errors import Filter, Page

SIZE = 100  # rows of a page
TYPES = (
    ("", "invalid or refused"),
    ("invalid", "invalid"),
    ("refused", "refused"),
    ("warning", "sent, with a warning"),
)
SORTS = ("order_id", "rule", "message", "at")


@dataclass(frozen=True, slots=True)
class Errors:
    """Which errors are asked for, as texts of a form."""

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
        """Return it as the ledger is asked."""
        return Filter(
            types=(self.type,) if self.type else ("invalid", "refused"),
            rule=self.rule or None,
            day=self.day or None,
            search=self.search or None,
        )

    @property
    def rows(self) -> Page:
        """Return which rows of it are shown."""
        first = (self.page - 1) * SIZE
        return Page(SIZE, first, self.sort or None, bool(self.down))

    def address(self, path: str = "/errors", **other: object) -> str:
        """Return the address of the same with something changed."""
        given = {name: each for name, each in (asdict(self) | other).items() if each}
        return f"{path}?{urlencode(given)}"

    def sorted(self, name: str) -> str:
        """Return the address of the same, sorted by a column, the other way round when it is so."""
        down = "1" if self.sort == name and not self.down else ""
        return self.address(sort=name, down=down, page=1)


def errors(query: Mapping[str, str], names: Sequence[str]) -> Errors:
    """Return which errors a query asks for; raises ChoiceError for an account that is not there."""
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
    """Return the account of a query, the first one when it names none; raises ChoiceError."""
    name = query.get("account") or names[0]
    if name not in names:
        raise ChoiceError(f"there is no account {name!r}; use one of {', '.join(names)}")
    return name


def number(query: Mapping[str, str], name: str, otherwise: int, most: int) -> int:
    """Return a number of a query between 1 and `most`."""
    text = query.get(name, "")
    found = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise  # noqa: PLR2004 - digits
    return min(max(found, 1), most)
