"""Reads connector.yml and the environment into frozen, validated settings."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from math import inf
from pathlib import Path

from connector.config.account import contract_of, unsuited
from connector.config.keys import MEMORY, of_account, of_file
from connector.config.ledger import ledger
from connector.config.rule_costs import rule_costs
from connector.config.warehouse import Place, warehouse
from connector.contract.contract import Contract
from connector.contract.requests import Setting
from connector.engine.engine import MEMORY_LIMIT
from connector.exceptions import ConfigError
from connector.settings import policies
from connector.settings.settings import VARIABLE, Delivery, Destination, Guards
from connector.settings.url import check_url
from connector.settings.watermark import watermark
from connector.text.names import nearest
from connector.text.yaml_file import Section, read

_MEMORY = re.compile(MEMORY)


@dataclass(frozen=True, slots=True)
class Config:
    """The whole of connector.yml."""

    path: Path
    ledger: Path  # or where the caches of ledgers in a store are
    warehouse: Place | None
    destinations: Mapping[str, Destination]
    warehouse_wait: float | None = None  # seconds that a process which holds it is waited for
    on_failure: str | None = None  # the variable that holds the URL of a webhook
    on_success: str | None = None
    memory_limit: str = MEMORY_LIMIT  # of DuckDB; what is over it is spilled to disk
    unsuited: Mapping[str, str] = field(default_factory=dict)  # why --environment is not for these
    store: str = ""  # the address of ledgers that outlive this machine, such as s3://bucket/prefix

    @property
    def has_one_account(self) -> bool:
        """Return whether the ledger serves a single account, and so needs no other name."""
        return len(self.destinations) == 1 and not self.store


def destinations_path(path: Path) -> Path | None:
    """Return the folder of the project's own destinations, if any; `path` is connector.yml.

    Raises ConfigError when it names a folder that is not there.
    """
    settings = _settings(path)
    directory = path.parent / settings.text("destinations_path", "destinations")
    if not directory.is_dir() and "destinations_path" in settings.values:
        raise settings.wrong(
            "destinations_path",
            f"is {directory}, and there is no such folder; make it, or correct the name",
        )
    return directory if directory.is_dir() else None


def load(path: Path, contracts: Mapping[str, Contract], environment: str | None = None) -> Config:
    """Read and validate connector.yml.

    `environment` stands in for the one that is configured; a `url` belongs to the configured one
    and is then left out. An account without that environment keeps its own and is `unsuited`.
    Raises ConfigError naming the file, the key and the nearest known one.
    """
    settings = _settings(path)
    settings.known(of_file({}))
    named = warehouse(settings)
    destinations = settings.section("destinations")
    if not destinations.values:
        raise settings.wrong("destinations", f"is empty; add one of {', '.join(contracts)}")
    place, store = ledger(settings)
    accounts = {name: contract_of(contracts, destinations, name) for name in destinations.values}
    return Config(
        path,
        place,
        named,
        {
            name: _destination(name, contract, destinations.section(name), environment)
            for name, contract in accounts.items()
        },
        settings.duration("warehouse_wait"),
        _webhook(settings, "on_failure"),
        _webhook(settings, "on_success"),
        _memory_limit(settings),
        {
            name: told
            for name, contract in accounts.items()
            if (told := unsuited(name, contract, environment))
        },
        store,
    )


def _memory_limit(settings: Section) -> str:
    text = settings.text("memory_limit", MEMORY_LIMIT)
    if not _MEMORY.fullmatch(text):
        raise settings.wrong("memory_limit", f"is {text!r}; write it as {MEMORY_LIMIT} or 2GB")
    return text


def _settings(path: Path) -> Section:
    next_step = "go to your dbt project, write it with `connector init`, or give --config"
    return Section(path, "", read(path, ConfigError, next_step), ConfigError)


def _webhook(settings: Section, key: str) -> str | None:
    """Return the environment variable that holds a webhook's URL, which is a secret."""
    if key not in settings.values:
        return None
    variable = VARIABLE.fullmatch(settings.text(key, ""))
    if variable is None:
        hint = "keep it in the environment and write ${SLACK_WEBHOOK_URL}"
        raise settings.wrong(key, f"is the URL of a webhook and so a secret; {hint}")
    return variable[1]


def _destination(
    name: str, contract: Contract, section: Section, instead: str | None
) -> Destination:
    delivery, guards = asdict(Delivery()), asdict(Guards())
    section.known(of_account(contract))
    environment, url = _endpoint(contract, section, instead)
    guarded = section.section("guards")
    guarded.known(guards)
    found = Destination(
        name=name,
        contract=contract.destination,
        environment=environment,
        url=url,
        own_url=contract.environments[environment],
        delivery=Delivery(**section.numbers(delivery)),
        guards=Guards(**guarded.numbers(guards)),
        models=_models(contract, section.section("models")),
        values={key: _setting(section, key, setting) for key, setting in contract.settings.items()},
        path=section.path,
        cadence=section.duration("cadence"),
        stale_after=_stale_after(section),
        watermark=watermark(contract, section),
        rules=rule_costs(contract, section.section("rules")),
        **policies.policies(contract, section),
    )
    return found.with_urls()


def _endpoint(contract: Contract, section: Section, instead: str | None) -> tuple[str, str]:
    """Return the environment and the URL that orders go to."""
    known = contract.environments
    configured = section.text("environment", "local")
    environment = instead if instead and instead in known else configured
    if environment not in known:
        choice = f"{nearest(environment, known)}; use one of {', '.join(known)}"
        raise section.wrong("environment", f"is {environment!r}{choice}")
    own = known[environment]
    if environment != configured:
        return environment, own
    url = section.text("url", own)
    check_url(section, environment, url)
    return environment, url


def _stale_after(section: Section) -> float | None:
    """Return after how many seconds views are stale: never, or None when what is usual decides."""
    is_off = section.values.get("stale_after") is False
    return inf if is_off else section.duration("stale_after")


def _models(contract: Contract, section: Section) -> dict[str, str]:
    section.known(entity.name for entity in contract.entities())
    return {name: section.text(name, "") for name in section.values}


def _setting(section: Section, name: str, setting: Setting) -> str:
    if setting.same_as and name not in section.values:
        return section.text(setting.same_as, "")
    if setting.default is None:
        section.required(name)
    text = section.text(name, setting.default or "")
    if setting.secret and not VARIABLE.fullmatch(text):
        hint = f"keep it in the environment and write ${{{name.upper()}}}"
        raise section.wrong(name, f"is a secret; {hint}")
    return text
