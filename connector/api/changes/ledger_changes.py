"""Puts an earlier generation of a ledger back, and moves ledgers between files and a store."""

from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from connector.blobs.address import blobs, check, is_address
from connector.config.ledger import located
from connector.engine.engine import engine
from connector.exceptions import ChoiceError, GuardError
from connector.ledger import places
from connector.ledger.beside import closed
from connector.ledger.file import attached
from connector.ledger.split import split
from connector.remote import accounts as stored
from connector.remote import moving, restoring, stores
from connector.remote.held import held
from connector.remote.packs.manifest import Generation
from connector.runs.workspace import Account, Options, accounts, configuration

COMMAND = "restore"


@dataclass(frozen=True, slots=True)
class RestoredLedger:
    """What was put back: `generation` of `made_at`, recorded as a run."""

    destination: str
    environment: str
    generation: int
    made_at: str
    made_by: str
    run_id: int

    def as_dict(self) -> dict[str, Any]:
        """Return the stable JSON of `ledger restore`."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class MovedLedgers:
    """The ledgers that were moved, as ACCOUNT.ENVIRONMENT, with their bytes."""

    source: str
    to: str
    ledgers: dict[str, int]

    def as_dict(self) -> dict[str, Any]:
        """Return the stable JSON of `ledger move`."""
        return asdict(self)


def restored(options: Options, name: str, number: int, *, unguarded: bool) -> RestoredLedger:
    """Restore a generation; raises ChoiceError, GuardError or LedgerError."""
    (account,) = accounts(options, [name])
    config = account.config
    address = stores.ledger_address(config.store, account.ledger)
    if not address:
        raise ChoiceError(
            f"{name}: {account.ledger} is a file, which has no generations; put back a copy from "
            "your backups, or keep the ledger in a store (`connector ledger move`)"
        )
    with closing(blobs(address)) as place:
        wanted = restoring.chosen(place, number)
    if not unguarded:
        raise GuardError(
            f"{name}: generation {number} of {wanted.made_at} would replace all that was recorded "
            "since; everything is in doubt then and is sent again; look at `connector ledger "
            "status`, and give --yes when that is meant"
        )
    seconds = account.destination.delivery.read_timeout + stores.SLACK
    with held(address, account.ledger, seconds) as ledger:
        wanted = restoring.chosen(ledger.blobs, number)
        restoring.restore(ledger, wanted)
    return RestoredLedger(
        **account.scope.values(),
        generation=number,
        made_at=wanted.made_at,
        made_by=wanted.by,
        run_id=_recorded(account, wanted),
    )


def _recorded(account: Account, wanted: Generation) -> int:
    """Record in the restored ledger, as a run, that it was restored."""
    config, scope = account.config, account.scope
    with (
        engine(config.ledger.parent, config.memory_limit) as connection,
        attached(connection, account.stored(account.ledger)) as ledger,
    ):
        run_id = ledger.start(scope, COMMAND)
        told = {"generation": wanted.number, "made_at": wanted.made_at}
        ledger.finish(scope, run_id, COMMAND, 0, {"restored": told})
    return run_id


def moved(options: Options, to: str) -> MovedLedgers:
    """Move all ledgers of a project; raises ChoiceError, LedgerHeldError or LedgerError."""
    config, _ = configuration(options)
    if is_address(to) and (wrong := check(to)):
        raise ChoiceError(f"{to} {wrong}; correct the address")
    if is_address(to) == bool(config.store):
        kind = "a store" if config.store else "a file"
        other = "a path" if config.store else "an address such as s3://bucket/prefix"
        raise ChoiceError(f"the ledger is in {kind} already; name {other} to move it to")
    path, address = located(config.path.parent, to.rstrip("/"))
    if address:
        found = _to_store(config.ledger, address, config.memory_limit, path)
    else:
        found = _to_file(config.store.rstrip("/"), config.ledger, path, to)
    return MovedLedgers(config.store or str(config.ledger), to, found)


def _to_store(ledger: Path, address: str, memory_limit: str, cache: Path) -> dict[str, int]:
    """Move files to a store; `cache` is the path from which the caches are named."""
    split(ledger, memory_limit, is_alone=False)  # each account's ledger has its own address
    found = {places.name_of(ledger, path): path for path in _movable(ledger, moving.moved(address))}
    if not found and closed.read(ledger) == moving.moved(address):
        return {}  # a move before was stopped when all was done
    if not found:
        raise ChoiceError(f"there is no ledger at {ledger}; write `ledger: {address}` instead")
    return {
        name: moving.to_store(path, address, name, stored.cache_of(cache, name), ledger)
        for name, path in found.items()
    }


def _movable(ledger: Path, reason: str) -> list[Path]:
    """Return the files that are to be moved, those that a move before has left included."""
    found = [path for path in places.every(ledger) if path != ledger]
    return [path for path in found if closed.read(path) in {"", reason}]


def _to_file(address: str, cache: Path, ledger: Path, to: str) -> dict[str, int]:
    """Move ledgers from a store to files beside the path of one that serves all accounts."""
    found = {name: stored.cache_of(ledger, name) for name in stored.names(address)}
    if not found:
        raise ChoiceError(f"there is no ledger at {address}; write `ledger: {to}` instead")
    if ledger.exists():
        raise ChoiceError(f"there is a ledger at {ledger} already; name another file, or rename it")
    closed.write(ledger, moving.unfinished(to))
    moved_ = {
        name: moving.to_file(address, name, path, to, stored.cache_of(cache, name))
        for name, path in found.items()
    }
    closed.remove(ledger)
    return moved_
