"""A folder for the spill files of a run, locked so that other runs do not delete it."""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import gettempdir, mkdtemp

from connector.exceptions import LedgerError

_LOCK = "lock"
_OLD = 86_400.0  # seconds after which a folder without a lock, of an earlier version, is dead


@contextmanager
def spilling(directory: Path, *, read_only: bool) -> Iterator[Path]:
    """Yield a private folder below a directory, and remove it at the end.

    What only reads may have it elsewhere. Raises LedgerError when none can be made.
    """
    folder = _made(directory, read_only=read_only)
    lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # By its name it may be swept, so it gets that when it is locked.
        folder = folder.rename(folder.with_name(folder.name.removeprefix("new-")))
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _made(directory: Path, *, read_only: bool) -> Path:
    try:
        if not read_only:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Path(mkdtemp(prefix="new-spill-", dir=directory))
    except OSError as error:
        with suppress(OSError):
            if read_only:
                return Path(mkdtemp(prefix="new-spill-", dir=gettempdir()))
        raise LedgerError(
            f"the ledger's directory {directory} cannot be written ({error.strerror}); correct "
            "`ledger:` in connector.yml, or its permissions"
        ) from error


def remove_abandoned(directory: Path) -> None:
    """Remove what runs that were killed have left in a directory."""
    for folder in directory.glob("spill-*"):
        if _is_dead(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _is_dead(folder: Path) -> bool:
    try:
        lock = os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW)
    except FileNotFoundError:
        with suppress(OSError):
            return time.time() - folder.lstat().st_mtime > _OLD
        return False
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(lock)
    return True
