"""Moves ledgers between files and a store; killed at any moment, at most one of both can be used.

The place that a ledger comes to is closed first, then the place that it leaves; only then is it
written where it comes to. What was stopped half-way is continued by the same command.
"""

from pathlib import Path

from connector.blobs.address import blobs
from connector.engine.engine import engine
from connector.exceptions import LedgerError
from connector.ledger.beside import closed
from connector.ledger.file import LocalFile, attached
from connector.remote import accounts, beside, generations
from connector.remote.cache_lock import who
from connector.remote.held import Held, held, newest_of
from connector.remote.packs.manifest import Generation
from connector.remote.store import RemoteStore
from connector.remote.stores import USUAL

MOVED = ".moved"  # the end of the name of a file that was moved to a store


def moved(to: str) -> str:
    """Return why a ledger is closed that was moved; `to` is what `ledger:` must say now."""
    return f"the ledger was moved; write `ledger: {to}` in connector.yml"


def unfinished(to: str) -> str:
    """Return why a ledger is closed that a move has not reached yet."""
    return (
        f"the ledger is being moved to {to}, which was not finished; run `connector ledger move "
        f"{to}` again, with `ledger:` in connector.yml as it was before"
    )


def to_store(path: Path, address: str, name: str, cache: Path, whole: Path) -> int:
    """Move a file to the ledger called `name` below an address; return its bytes.

    It closes `whole`, too, the file of a project whose accounts have no files of their own. Raises
    LedgerHeldError when either is held, LedgerError when there is another ledger already.
    """
    with held(f"{address}/{name}", cache, USUAL) as store:
        if closed.read(path) == moved(address) and _is_there(store):
            return _set_aside(path)
        last = _closed(store, unfinished(address))
        accounts.announce(f"{address}/{name}")
        local = LocalFile(path, ignores_closed=True)
        with engine(path.parent) as connection, attached(connection, local):
            closed.write(whole, moved(address))
            closed.write(path, moved(address))
            connection.execute("checkpoint ledger")
            with path.open("rb") as file:
                generations.seal(store.blobs, file, last, beside.read(path), who())
    return _set_aside(path)


def to_file(address: str, name: str, path: Path, to: str, cache: Path) -> int:
    """Move the ledger called `name` below an address to a file; return its bytes.

    `to` is what `ledger:` says of the file. Raises as `to_store` does.
    """
    note, source = closed.read(path), f"{address}/{name}"
    has_arrived = note == unfinished(to) or (not note and _is_closed(source, moved(to)))
    if path.exists() and has_arrived:
        return _opened(path)
    if path.exists() and not note:
        raise LedgerError(f"there is a ledger at {path} already; name another file, or rename it")
    _set_aside(path)
    closed.write(path, unfinished(to))
    last = _left(source, cache, moved(to))
    fresh = path.with_name(f"{path.name}.arriving")
    with held(source, cache, USUAL) as store:
        generations.fetch(store.blobs, last, fresh)
    beside.write(path, last.beside, is_own=False)
    fresh.replace(path)
    return _opened(path)


def _opened(path: Path) -> int:
    """Open a file that has arrived, and return its bytes."""
    closed.remove(path)
    return path.stat().st_size


def _is_closed(source: str, reason: str) -> bool:
    """Return whether the ledger at an address was closed for a reason, without holding it."""
    place = blobs(source)
    try:
        newest = newest_of(place)
        return newest is not None and newest.closed == reason
    finally:
        place.close()


def _is_there(store: Held) -> bool:
    newest = store.newest()
    return newest is not None and not newest.closed


def _closed(store: Held, reason: str) -> Generation:
    """Close an empty place for a ledger that comes, and return its last generation."""
    newest = store.newest()
    if newest and not newest.closed:
        raise LedgerError(
            f"there is a ledger at {store.blobs.address} already; name another prefix, or delete it"
        )
    if newest and newest.closed == reason:
        return newest
    number = newest.number if newest else 0
    return generations.write(store.blobs, Generation(number + 1, by=who(), closed=reason))


def _left(source: str, cache: Path, reason: str) -> Generation:
    """Close the ledger in a store, and return its last generation, which has all of it."""
    while True:
        with held(source, cache, USUAL) as store:
            newest = store.newest()
            if newest is None:
                raise LedgerError(f"there is no ledger at {source}; correct `ledger:`")
            if newest.closed == reason:
                return generations.read(store.blobs, newest.number - 1)
            if message := newest.closed:
                raise LedgerError(message)
            if store.is_compact(newest.number):
                end = Generation(newest.number + 1, by=who(), closed=reason)
                generations.write(store.blobs, end)
                return newest
        store_ = RemoteStore(source, cache, USUAL)
        with engine(cache.parent) as connection, attached(connection, store_):
            pass  # which makes a generation of all that was written


def _set_aside(path: Path) -> int:
    """Rename a file that is now in a store."""
    aside = path.with_name(path.name + MOVED)
    if path.exists():
        path.replace(aside)
    return aside.stat().st_size if aside.exists() else 0
