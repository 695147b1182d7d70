"""Reads connector.yml and the environment into frozen, validated settings."""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from connector.contract import Contract
from connector.errors import ConfigError
from connector.names import nearest
from connector.secret import Secret

LOOPBACK = {"127.0.0.1", "::1", "localhost"}
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
    """One destination of connector.yml; `values` are the settings that its contract asks for, as written."""

    name: str
    environment: str
    url: str
    overridden: bool
    delivery: Delivery
    guards: Guards
    models: Mapping[str, str]
    values: Mapping[str, str] = field(repr=False)
    secret_names: frozenset[str]
    path: Path

    @property
    def scope(self) -> str:
        """Return what the ledger files deliveries under: the environment, with the host when the URL is not its own.

        What was delivered elsewhere must never count for production (promise P7).
        """
        return (
            f"{self.environment}@{urlsplit(self.url).netloc}"
            if self.overridden
            else self.environment
        )

    def resolved(self) -> dict[str, Secret]:
        """Return the contract's settings from the environment; raises ConfigError naming a variable that is not set."""
        return {name: Secret(self._resolve(name, text)) for name, text in self.values.items()}

    def _resolve(self, name: str, text: str) -> str:
        def value(match: re.Match[str]) -> str:
            found = os.environ.get(match[1])
            if not found:
                message = (
                    f"{self.path}: destinations.{self.name}.{name} needs the environment variable {match[1]}, "
                    f"which is not set; export {match[1]}=… and try again"
                )
                raise ConfigError(message)
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
    """Read and validate connector.yml; raises ConfigError naming the file, the key and the nearest known one.

    `environment` stands in for the one that is configured; a `url` belongs to the configured one and is then left out.
    """
    values = _read(path)
    _known(path, "", values, ("ledger", "warehouse", "destinations"))
    warehouse = values.get("warehouse")
    if warehouse is not None:
        _known(path, "warehouse.", _mapping(path, "warehouse", warehouse), ("path", "schema"))
        _required(path, "warehouse.", warehouse, "path")
    destinations = _mapping(path, "destinations", values.get("destinations") or {})
    _known(path, "destinations.", destinations, contracts)
    if not destinations:
        message = f"{path}: destinations names none; add one of {', '.join(contracts)}"
        raise ConfigError(message)
    base = path.parent
    return Config(
        path,
        base / values.get("ledger", ".connector/ledger.duckdb"),
        (base / warehouse["path"], warehouse.get("schema", "main")) if warehouse else None,
        {
            name: _destination(
                path,
                contracts[name],
                _mapping(path, f"destinations.{name}", value or {}),
                environment,
            )
            for name, value in destinations.items()
        },
    )


def _destination(
    path: Path, contract: Contract, values: dict[str, Any], instead: str | None
) -> Destination:
    where = f"destinations.{contract.destination}."
    options = Delivery.__dataclass_fields__
    _known(
        path,
        where,
        values,
        ("environment", "url", "models", "guards", *options, *contract.settings),
    )
    configured = _text(path, where, values, "environment", "local")
    environment = instead or configured
    if environment not in contract.environments:
        hint = nearest(environment, contract.environments)
        message = f"{path}: {where}environment is {environment!r}{hint}; use one of {', '.join(contract.environments)}"
        raise ConfigError(message)
    models = _mapping(path, f"{where}models", values.get("models") or {})
    _known(path, f"{where}models.", models, [entity.name for entity in contract.entities()])
    own = contract.environments[environment]
    url = _text(path, where, values, "url", own) if environment == configured else own
    return Destination(
        contract.destination,
        environment,
        _url(path, where, url),
        url != own,
        Delivery(**_numbers(path, where, values, Delivery)),
        Guards(
            **_numbers(
                path,
                f"{where}guards.",
                _mapping(path, f"{where}guards", values.get("guards") or {}),
                Guards,
            )
        ),
        models,
        {
            name: _setting(path, where, values, name, setting.secret)
            for name, setting in contract.settings.items()
        },
        frozenset(name for name, setting in contract.settings.items() if setting.secret),
        path,
    )


def _setting(path: Path, where: str, values: Mapping[str, Any], name: str, secret: bool) -> str:  # noqa: FBT001
    _required(path, where, values, name)
    text = _text(path, where, values, name, "")
    if secret and not _VARIABLE.fullmatch(text):
        message = f"{path}: {where}{name} is a secret; keep it in the environment and write ${{{name.upper()}}}"
        raise ConfigError(message)
    return text


def _url(path: Path, where: str, url: str) -> str:
    parts = urlsplit(url)
    if parts.username or parts.password:
        message = f"{path}: {where}url holds credentials; keep them in the environment"
        raise ConfigError(message)
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        message = f"{path}: {where}url is not a full https:// URL"
        raise ConfigError(message)
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        message = f"{path}: {where}url is http:// to {parts.hostname}; only https:// may leave this machine"
        raise ConfigError(message)
    return url


def _numbers(path: Path, where: str, values: Mapping[str, Any], kind: type[Any]) -> dict[str, Any]:
    defaults = {name: option.default for name, option in kind.__dataclass_fields__.items()}
    if kind is Guards:
        _known(path, where, values, defaults)
    found = {name: values[name] for name in defaults if name in values}
    for name, value in found.items():
        whole = isinstance(defaults[name], int)
        if (
            isinstance(value, bool)
            or not isinstance(value, int if whole else (int, float))
            or value <= 0
        ):
            message = f"{path}: {where}{name} must be a {'whole ' if whole else ''}number above 0"
            raise ConfigError(message)
    return found


def _read(path: Path) -> dict[str, Any]:
    try:
        values = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    except FileNotFoundError as error:
        message = f"{path} does not exist; write it (the README shows an example) or give --config"
        raise ConfigError(message) from error
    except yaml.YAMLError as error:
        message = f"{path} is not valid YAML: {error}"
        raise ConfigError(message) from error
    return _mapping(path, "the file", values)


def _mapping(path: Path, where: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        message = f"{path}: {where} must be a mapping of keys to values"
        raise ConfigError(message)
    return value


def _text(path: Path, where: str, values: Mapping[str, Any], key: str, default: str) -> str:
    value = values.get(key, default)
    if not isinstance(value, str):
        message = f"{path}: {where}{key} must be a text"
        raise ConfigError(message)
    return value


def _required(path: Path, where: str, values: Mapping[str, Any], key: str) -> None:
    if key not in values:
        message = f"{path}: {where}{key} is missing"
        raise ConfigError(message)


def _known(path: Path, where: str, values: Mapping[str, Any], known: Iterable[str]) -> None:
    names = list(known)
    for key in values:
        if key not in names:
            message = f"{path}: {where}{key} is not known{nearest(str(key), names)}"
            raise ConfigError(message)
