"""The destinations: a folder each, with a contract and, where need be, a module for its answers."""

from importlib import import_module
from pathlib import Path

from connector.answer import Reader, by_status
from connector.contract import Contract, load


def contracts() -> dict[str, Contract]:
    """Return the contract of every destination found on disk, by name."""
    found = sorted(Path(__file__).parent.glob("*/contract.yml"))
    return {path.parent.name: load(path) for path in found}


def reader(contract: Contract) -> Reader:
    """Return what reads the destination's answers: its own module, or what all share."""
    if not (contract.path.parent / "answer.py").exists():
        return by_status
    read: Reader = import_module(f"connector.destinations.{contract.destination}.answer").read
    return read
