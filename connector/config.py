"""Reads connector.yml and the environment into frozen, validated settings."""

import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from connector.contract import Contract, Setting
from connector.errors import ConfigError
from connector.names import nearest
from connector.secret import Secret
from connector.url import check_url
from connector.yaml_file import Section, read

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class Guards:
    """Shares of what was delivered before that a run may touch or find gone without `--yes`."""

    changed_share: float = 0.3
    removed_share: float = 0.05
    floor: int = 1000  # orders: fewer changes than this are never too many


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
class Destination:
    """One destination of connector.yml; `values` are what its contract asks for, as written."""

    name: str
    environment: str
    url: str
    own_url: str  # the environment's
    delivery: Delivery
    guards: Guards
    models: Mapping[str, str]
    values: Mapping[str, str] = field(repr=False)
    path: Path

    @property
    def scope(self) -> str:
        """Return what the ledger files deliveries under.

        It is the environment, with host and path when the URL is not the environment's own: what
        was delivered elsewhere must never count for production (promise P7).
        """
        if self.url == self.own_url:
            return self.environment
        parts = urlsplit(self.url)
        own = urlsplit(self.own_url).path
        return f"{self.environment}@{parts.netloc}{parts.path if parts.path != own else ''}"

    def resolved(self) -> dict[str, Secret]:
        """Return the contract's settings, filled in from the environment.

        Raises ConfigError naming a variable that is not set, or that no HTTP header can carry.
        """
        return {name: Secret(self._resolve(name, text)) for name, text in self.values.items()}

    def _resolve(self, name: str, text: str) -> str:
        def value(match: re.Match[str]) -> str:
            found = os.environ.get(match[1])
            if not found:
                raise ConfigError(
                    f"{self.path}: destinations.{self.name}.{name} needs the environment variable "
                    f"{match[1]}, which is not set; export {match[1]}=… and try again"
                )
            if not (found.isascii() and found.isprintable()):
                raise ConfigError(
                    f"{self.path}: destinations.{self.name}.{name}: the environment variable "
                    f"{match[1]} holds a line break or a letter that no header can carry"
                )
            return found

        return _VARIABLE.sub(value, text)


@dataclass(frozen=True, slots=True)
class Config:
    """The whole of connector.yml."""

    path: Path
    ledger: Path
    warehouse: tuple[Path, str] | None
    destinations: Mapping[str, Destination]


def load(path: Path, contracts: Mapping[str, Contract], environment: str | None = None) -> Config:
    """Read and validate connector.yml.

    `environment` stands in for the one that is configured; a `url` belongs to the configured one
    and is then left out. Raises ConfigError naming the file, the key and the nearest known one.
    """
    values = read(path, ConfigError, "write it (the README shows an example) or give --config")
    settings = Section(path, "", values, ConfigError)
    settings.known(("ledger", "warehouse", "destinations"))
    warehouse = _warehouse(settings)
    destinations = settings.section("destinations")
    destinations.known(contracts)
    if not destinations.values:
        raise settings.wrong("destinations", f"names none; add one of {', '.join(contracts)}")
    return Config(
        path,
        path.parent / settings.text("ledger", ".connector/ledger.duckdb"),
        warehouse,
        {
            name: _destination(contracts[name], destinations.section(name), environment)
            for name in destinations.values
        },
    )


def _warehouse(settings: Section) -> tuple[Path, str] | None:
    if settings.values.get("warehouse") is None:
        return None
    warehouse = settings.section("warehouse")
    warehouse.known(("path", "schema"))
    warehouse.required("path")
    return settings.path.parent / warehouse.text("path", ""), warehouse.text("schema", "main")


def _destination(contract: Contract, section: Section, instead: str | None) -> Destination:
    delivery, guards = asdict(Delivery()), asdict(Guards())
    section.known(("environment", "url", "models", "guards", *delivery, *contract.settings))
    environment, url = _endpoint(contract, section, instead)
    guarded = section.section("guards")
    guarded.known(guards)
    return Destination(
        name=contract.destination,
        environment=environment,
        url=url,
        own_url=contract.environments[environment],
        delivery=Delivery(**section.numbers(delivery)),
        guards=Guards(**guarded.numbers(guards)),
        models=_models(contract, section.section("models")),
        values={
            name: _setting(section, name, setting) for name, setting in contract.settings.items()
        },
        path=section.path,
    )


def _endpoint(contract: Contract, section: Section, instead: str | None) -> tuple[str, str]:
    """Return the environment and the URL that orders go to."""
    known = contract.environments
    configured = section.text("environment", "local")
    environment = instead or configured
    if environment not in known:
        choice = f"{nearest(environment, known)}; use one of {', '.join(known)}"
        raise section.wrong("environment", f"is {environment!r}{choice}")
    own = known[environment]
    if environment != configured:
        return environment, own
    url = section.text("url", own)
    check_url(section, environment, url)
    return environment, url


def _models(contract: Contract, section: Section) -> dict[str, str]:
    section.known(entity.name for entity in contract.entities())
    return {name: section.text(name, "") for name in section.values}


def _setting(section: Section, name: str, setting: Setting) -> str:
    section.required(name)
    text = section.text(name, "")
    if setting.secret and not _VARIABLE.fullmatch(text):
        hint = f"keep it in the environment and write ${{{name.upper()}}}"
        raise section.wrong(name, f"is a secret; {hint}")
    return text
