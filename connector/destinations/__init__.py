"""The destinations: a folder each, with a contract and, where need be, a module for its answers.

Those that are shipped stand beside this file, a project's own in a folder of the project.
"""

import re
from collections.abc import Container, Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from connector.contract.contract import Contract, load
from connector.exceptions import ContractError
from connector.http.answer import Reader, by_status
from connector.http.success import Believing
from connector.settings.url import check_url
from connector.text.names import nearest
from connector.text.yaml_file import Section

_SHIPPED = Path(__file__).parent
_NAME = re.compile("[a-z][a-z0-9_]*")  # as the views' names begin with it


class Contracts(Mapping[str, Contract]):
    """The contracts of destinations by name; a shipped one is read when it is asked for."""

    def __init__(self, shipped: Mapping[str, Path], own: Mapping[str, Contract]) -> None:
        """Take the paths of those that are shipped, and what a project has of its own."""
        self._shipped, self._own = shipped, own

    def __getitem__(self, name: str) -> Contract:
        return self._own[name] if name in self._own else _read(self._shipped[name])

    def __iter__(self) -> Iterator[str]:
        return iter({**self._shipped, **self._own})

    def __len__(self) -> int:
        return len({**self._shipped, **self._own})


def contracts(directory: Path | None = None) -> Contracts:
    """Return the contract of every destination found on disk, by name.

    `directory` holds a project's own ones, a folder each. Raises ContractError naming the file and
    what is wrong there.
    """
    shipped, own = _shipped(), _found(directory) if directory else {}
    overlaid = _overlaid(directory, shipped) if directory else {}
    mine = {name: _own(name, path, shipped) for name, path in own.items()}
    return Contracts(shipped, {**overlaid, **mine})


def _overlaid(directory: Path, shipped: Mapping[str, Path]) -> dict[str, Contract]:
    """Return the shipped contracts to which a project adds fields, by `<name>/overlay.yml`."""
    found = {path.parent.name: path for path in sorted(directory.glob("*/overlay.yml"))}
    for name, path in found.items():
        if name not in shipped:
            reason = f"{name!r} is not a destination that the connector ships"
            raise ContractError(f"{path}: {reason}{nearest(name, shipped)}; rename the folder")
    return {name: load(shipped[name], path) for name, path in found.items()}


def believing(contract: Contract) -> Reader:
    """Return what reads the answers to orders; a success is believed by the contract's terms.

    Raises ContractError as `reader` does.
    """
    read, terms = reader(contract), contract.success
    return Believing(contract.destination, read, terms) if terms else read


def reader(contract: Contract) -> Reader:
    """Return what reads the destination's answers: its own module, or what all share.

    Raises ContractError when a project's own module cannot be used.
    """
    path = contract.path.with_name("answer.py")
    if not path.exists():
        return by_status
    module = (
        import_module(f"connector.destinations.{contract.destination}.answer")
        if path.parent.parent == _SHIPPED
        else _module(path)
    )
    read: Reader | None = getattr(module, "read", None)
    if read is None:
        raise ContractError(f"{path} has no function `read(response)`; write it or delete the file")
    return read


@cache
def _shipped() -> Mapping[str, Path]:
    """Find the contracts beside this file, once a process: they do not change while it runs."""
    return _found(_SHIPPED)


@cache
def _read(path: Path) -> Contract:
    return load(path)


def _found(directory: Path) -> dict[str, Path]:
    return {path.parent.name: path for path in sorted(directory.glob("*/contract.yml"))}


def _own(name: str, path: Path, shipped: Container[str]) -> Contract:
    """Load a contract of a project and check what the tests of shipped ones make sure of."""
    if name in shipped:
        reason = "is the name of a destination that the connector ships"
        raise ContractError(f"{path}: {name!r} {reason}; give the folder another name")
    if not _NAME.fullmatch(name):
        problem = f"{name!r} is not a valid name"
        raise ContractError(f"{path}: {problem}; use a-z, 0-9 and _ for the folder")
    contract = load(path)
    if contract.destination != name:
        reason = f"is {contract.destination!r}, but the folder is {name!r}; give both one name"
        raise ContractError(f"{path}: x-destination {reason}")
    urls = Section(path, "x-environments.", contract.environments, ContractError)
    for environment in urls.values:
        check_url(urls, environment, urls.text(environment, ""), environment)
    return contract


def _module(path: Path) -> ModuleType:
    """Run a project's own `answer.py`, which is trusted as far as its models and macros are."""
    spec = spec_from_file_location(f"own_destinations.{path.parent.name}.answer", path)
    if not spec or not spec.loader:
        raise ContractError(f"{path} is not a Python module; correct or delete the file")
    module = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise ContractError(
            f"{path} cannot be imported: {type(error).__name__}: {error}; correct the file"
        ) from error
    return module
