"""The settings of one destination, frozen and validated; `config` reads them from connector.yml."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from string import Formatter
from urllib.parse import quote, urlsplit

from connector.contract.contract import Contract
from connector.contract.requests import PLACED
from connector.engine.scope import Scope
from connector.exceptions import ConfigError
from connector.settings.kept import Kept
from connector.settings.watermark import Watermark
from connector.text import variable as variables
from connector.text.secret import Secret

VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class Guards:
    """Shares of what was delivered before that a run may touch or find gone without `--yes`.

    Fewer orders than `floor` are never too many where many were delivered; `guard` says how few
    they must be where few were.
    """

    changed_share: float = 0.3  # sent again
    amount_share: float = 0.05  # sent again with another amount
    money_share: float = 0.2  # of all delivered money, that other amounts add or take away
    removed_share: float = 0.05  # gone from the view
    added_share: float = 1.0  # new, once the first load has ended
    floor: int = 1000  # orders


@dataclass(frozen=True, slots=True)
class Delivery:
    """How requests are sent; times in seconds."""

    concurrency: int = 4
    connect_timeout: float = 10.0
    read_timeout: float = 60.0
    attempts: int = 6
    deadline: float = 3600.0  # a run gives up retrying after this
    grace: float = 30.0  # what is in flight may take this long after a signal


@dataclass(frozen=True, slots=True)
class Policy:
    """What is done with what was sent before; the defaults are those of connector.yml."""

    keeps_identity: bool = True  # the first-sent value is sent again; else the record is replaced
    marks_removed: bool = False  # an item that left the view is sent as removed; else as it was
    allows_backwards: bool = False
    holds_contacts: bool = False  # a closed order whose contact data alone changed is not sent
    rules: Mapping[str, str] = field(default_factory=dict)  # rule → what breaking it costs
    on_cancelled: str = "take_back"  # what happens to orders that no longer count
    send_from: str = PLACED  # the state from which on orders are sent
    sends_abandoned: bool = False  # carts that were left


@dataclass(frozen=True, slots=True)
class Destination:
    """One account of connector.yml; `values` are what its contract asks for, as written."""

    name: str  # the key in connector.yml
    contract: str  # the name of the contract, which is the same unless `destination:` tells another
    environment: str
    url: str
    own_url: str  # the environment's
    delivery: Delivery
    guards: Guards
    models: Mapping[str, str]
    values: Mapping[str, str] = field(repr=False)
    path: Path
    on_removed: str = "report"
    on_cancelled: str = "take_back"
    send_from: str = PLACED
    send_abandoned: bool = False
    on_identity_change: str = "keep"
    on_contact_change: str = "send"
    allow_backwards: bool = False
    keep_payloads: bool = False  # whether the ledger keeps what was sent last of every order
    cadence: float | None = None  # seconds that may pass between two successful runs
    stale_after: float | None = None  # seconds without anything new; None: what is usual decides
    watermark: Watermark | None = None  # None reads all orders in each run
    rules: Mapping[str, str] = field(default_factory=dict)  # rule → what breaking it costs

    @property
    def scope(self) -> Scope:
        """Return what the ledger files deliveries under.

        Its environment has host and path when the URL is not the environment's own: what was
        delivered elsewhere must never count for production (promise P7).
        """
        if self.url == self.own_url:
            return Scope(self.name, self.environment)
        parts = urlsplit(self.url)
        own = urlsplit(self.own_url).path
        path = parts.path if parts.path != own else ""
        return Scope(self.name, f"{self.environment}@{parts.netloc}{path}")

    def resolved(self) -> dict[str, Secret]:
        """Return the contract's settings, filled in from the environment.

        Raises ConfigError naming a variable that is not set, or that no HTTP header can carry.
        """
        return {name: Secret(self._resolve(name, text)) for name, text in self.values.items()}

    def budget(self, contract: Contract) -> Mapping[str, int]:
        """Return the contract's budget, such as bytes per seconds; the sandbox has none."""
        return {} if self.environment == "local" else contract.budget

    @property
    def policy(self) -> Policy:
        """Return what is done with what was sent before."""
        return Policy(
            keeps_identity=self.on_identity_change in {"keep", "freeze"},
            marks_removed=self.on_removed != "report" or self.on_cancelled == "take_back",
            allows_backwards=self.allow_backwards,
            holds_contacts=self.on_contact_change == "hold",
            rules=self.rules,
            on_cancelled=self.on_cancelled,
            send_from=self.send_from,
            sends_abandoned=self.send_abandoned,
        )

    def kept(self, contract: Contract) -> Kept:
        """Return what the ledger keeps of an order as last sent."""
        if contract.remembers or self.on_removed != "report" or self.keep_payloads:
            return Kept(whole=True)
        return Kept(steady=tuple(contract.orders.steady))

    def envelope(self, contract: Contract) -> tuple[str, str]:
        """Return the JSON text before and after the orders of a request body.

        Raises ConfigError naming a variable that is not set.
        """
        plain = [name for name, setting in contract.settings.items() if not setting.secret]
        return contract.envelope.around(
            {name: self._resolve(name, self.values[name]) for name in plain}
        )

    def with_urls(self) -> "Destination":
        """Return the destination with the environment's own URL `filled`; raises as that does."""
        own = self.filled(self.own_url)
        return replace(self, own_url=own, url=own if self.url == self.own_url else self.url)

    def beside(self, urls: Mapping[str, str]) -> str:
        """Return another URL of the environment, at the host that connector.yml names, if any.

        Raises as `filled` does.
        """
        url = self.filled(urls[self.environment])
        if self.url == self.own_url:
            return url
        parts = urlsplit(self.url)
        return urlsplit(url)._replace(scheme=parts.scheme, netloc=parts.netloc).geturl()

    def filled(self, template: str) -> str:
        """Return a URL of the contract with the settings that it names filled in.

        Raises ConfigError naming a variable that is not set.
        """
        names = {name for _, name, _, _ in Formatter().parse(template) if name}
        values = {name: quote(self._resolve(name, self.values[name]), safe="") for name in names}
        return template.format_map(values) if names else template

    def _resolve(self, name: str, text: str) -> str:
        setting = f"{self.path}: destinations.{self.name}.{name}"

        def value(match: re.Match[str]) -> str:
            variable = match[1]
            found = variables.value(variable)
            if not found:
                raise ConfigError(
                    f"{setting} needs the environment variable {variable}, which is not set; "
                    f"export {variable}=… and try again"
                )
            if not (found.isascii() and found.isprintable()):
                raise ConfigError(
                    f"{setting}: {variables.origin(variable)} holds a line break or a letter that "
                    "no header can carry; write it again as it was issued"
                )
            return found

        return VARIABLE.sub(value, text)
