"""Where the ledger of each account is, in what state, and whether all of it can be read."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import duckdb

from connector.api.results import Results, attempted
from connector.blobs.address import blobs
from connector.blobs.patient import Patient
from connector.engine.duckdb_file import is_io
from connector.exceptions import LedgerError, LedgerHeldError
from connector.ledger.beside import closed, holder
from connector.ledger.contents import whole
from connector.remote import shelf, stores
from connector.runs.workspace import Account, Options, accounts, remembered


@dataclass(frozen=True, slots=True)
class StoredGeneration:
    """The ledger as a run left it in the store; it can be restored."""

    generation: int
    made_at: str
    made_by: str
    bytes: int


@dataclass(frozen=True, slots=True)
class LedgerStatus:
    """Where the ledger of an account is; None where there is nothing of the kind.

    A file has no generations. `stored_bytes` are those of all that is kept in the store, and
    `journal` counts the pieces that follow the last generation.
    """

    destination: str
    environment: str
    kind: str  # file or store
    place: str  # the path or the address
    bytes: int | None
    is_held: bool
    held_by: str | None  # process, machine and since when; a killed run is known only to the next
    generation: int | None
    made_at: str | None
    made_by: str | None
    closed: str | None  # why it cannot be used, if it was moved
    journal: int | None
    stored_bytes: int | None
    generations: tuple[StoredGeneration, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the stable JSON of `ledger status`."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class LedgerDamage:
    """What is missing or cannot be read: a blob of the store, or a table of the file."""

    name: str
    generations: tuple[int, ...]  # that need it; empty for the ledger as it is now


@dataclass(frozen=True, slots=True)
class LedgerCheck:
    """Whether all of a ledger can be read; `bytes` are those of its file."""

    destination: str
    environment: str
    place: str
    bytes: int
    damages: tuple[LedgerDamage, ...]

    @property
    def exit_code(self) -> int:
        """Return 1 when something is damaged, else 0."""
        return int(bool(self.damages))

    def as_dict(self) -> dict[str, Any]:
        """Return the stable JSON of `ledger check`."""
        return asdict(self)


def statuses(options: Options, names: Sequence[str]) -> Results[LedgerStatus]:
    """Return where each account's ledger is; raises ConfigError or ContractError."""
    return Results([(each.name, attempted(each, _status)) for each in accounts(options, names)])


def checks(options: Options, names: Sequence[str]) -> Results[LedgerCheck]:
    """Read all of each account's ledger; raises ConfigError or ContractError."""
    return Results([(each.name, attempted(each, _checked)) for each in accounts(options, names)])


def address_of(account: Account) -> str:
    """Return the address of an account's ledger in its store, an empty text for a file."""
    return stores.ledger_address(account.config.store, account.ledger)


def _status(account: Account) -> LedgerStatus:
    address = address_of(account)
    if not address:
        return _of_file(account)
    place = blobs(address)
    try:
        return _of_store(account, place)
    finally:
        place.close()


def _of_store(account: Account, place: Patient) -> LedgerStatus:
    found = shelf.look(place)
    open_ = [each for each in found.generations if not each.closed]
    last = open_[-1] if open_ else None
    newest = found.generations[-1] if found.generations else None
    return LedgerStatus(
        **account.scope.values(),
        kind="store",
        place=place.address,
        bytes=shelf.size(last) if last else None,
        is_held=found.holding is not None,
        held_by=found.holding.who if found.holding else None,
        generation=last.number if last else None,
        made_at=last.made_at if last else None,
        made_by=last.by if last else None,
        closed=(newest.closed or None) if newest else None,
        journal=found.pieces,
        stored_bytes=found.bytes,
        generations=tuple(
            StoredGeneration(each.number, each.made_at, each.by, shelf.size(each)) for each in open_
        ),
    )


def _of_file(account: Account) -> LedgerStatus:
    path = account.ledger
    reason = closed.read(path) or None
    is_held = not reason and _is_held(account)
    told = holder.read(path) if is_held else None
    none: dict[str, Any] = dict.fromkeys(
        ("generation", "made_at", "made_by", "journal", "stored_bytes")
    )
    return LedgerStatus(
        **account.scope.values(),
        **none,
        closed=reason,
        kind="file",
        place=str(path),
        bytes=path.stat().st_size if path.exists() else None,
        is_held=is_held,
        held_by=str(told) if told else None,
        generations=(),
    )


def _is_held(account: Account) -> bool:
    try:
        with remembered(account):
            return False
    except LedgerHeldError:
        return True


def _checked(account: Account) -> LedgerCheck:
    address = address_of(account)
    found: list[LedgerDamage] = []
    if address:
        place = blobs(address)
        try:
            damaged = shelf.damages(place)
            found = [LedgerDamage(each.name, tuple(each.generations)) for each in damaged]
        finally:
            place.close()
    found += _unreadable(account, is_known=bool(found))
    path = account.ledger
    size = path.stat().st_size if path.exists() else 0
    where = address or str(path)
    return LedgerCheck(**account.scope.values(), place=where, bytes=size, damages=tuple(found))


def _unreadable(account: Account, *, is_known: bool) -> list[LedgerDamage]:
    """Return the tables that cannot be read, or the ledger if it cannot be opened at all."""
    found = []
    try:
        with remembered(account) as connection:
            for table in whole.tables(connection):
                try:
                    whole.read(connection, table)
                except duckdb.Error as error:
                    if not is_io(error):
                        raise
                    found.append(LedgerDamage(f"table {table}", ()))
    except LedgerHeldError:
        raise
    except LedgerError as error:
        if not is_known:
            found.append(LedgerDamage(str(error), ()))
    return found
