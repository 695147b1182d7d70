"""What DuckDB's files and errors say: who holds a file, what wrote it, what was full."""

import os
import re
from pathlib import Path

import duckdb

from connector.exceptions import WarehouseError

_LOCKED = ("Could not set lock", "Conflicting lock")
_OWN = "Unique file handle conflict"  # another run of this process has it
_FULL = (
    *("IO Error", "No space left", "File too large", "Disk quota exceeded", "Input/output error"),
    *("Could not write", "Could not fsync", "database has been invalidated"),
)
_MAGIC, _STORAGE, _WRITER = slice(8, 12), slice(12, 20), slice(52, 84)  # bytes of a file's header


def is_held(error: BaseException) -> bool:
    """Return whether another process holds the file, or another run of this one."""
    return any(words in str(error) for words in (*_LOCKED, _OWN))


def process_of(error: BaseException) -> str:
    """Return the number of the process that holds the file, or nothing when DuckDB does not say."""
    if _OWN in str(error):
        return str(os.getpid())
    return str(error).partition("(PID ")[2].partition(")")[0] if is_held(error) else ""


def is_io(error: BaseException) -> bool:
    """Return whether a disk is at fault, and not a statement."""
    is_own = isinstance(error, duckdb.IOException | OSError)
    return is_own or any(words in str(error) for words in _FULL)


def is_about(error: BaseException, path: Path) -> bool:
    """Return whether an error names a file, or one below a folder."""
    return str(path) in str(error)


def is_of_foreign_wal(error: BaseException, path: Path) -> bool:
    """Return whether the log beside a database is that of another one."""
    return "WAL" in str(error) and Path(f"{path}.wal").exists()


def newer_version(path: Path, error: BaseException) -> str | None:
    """Return the version of DuckDB that wrote a file which the installed one cannot read.

    None when the installed one is not older, or that is not known.
    """
    told = re.search(r"DuckDB version v?([\d.]*\d)", str(error))
    made = made_by(path)
    written = told[1] if told else made and made[0]
    return written if written and is_newer(written) else None


def unreadable(path: Path, error: duckdb.Error) -> WarehouseError:
    """Return the error for a warehouse that cannot be attached."""
    if is_of_foreign_wal(error, path):
        return WarehouseError(
            f"{path}.wal does not belong to {path}, which a copy has replaced; move {path}.wal "
            "away, or put back the database that it belongs to"
        )
    if not os.access(path, os.R_OK):
        return WarehouseError(f"{path} cannot be read; correct its permissions")
    if version := newer_version(path, error):
        return WarehouseError(
            f"{path} was written by DuckDB {version}, and {duckdb.__version__} is installed; run "
            f"`pip install 'duckdb>={version}'`"
        )
    return WarehouseError(
        f"{path} is not a DuckDB file that this version ({duckdb.__version__}) can read; correct "
        "its path, or install the version that wrote it"
    )


def made_by(path: Path) -> tuple[str, int] | None:
    """Return the version of DuckDB that made a file, and that of its storage, as far as it tells.

    The file keeps them whatever writes it later; each DuckDB reads the storage of earlier ones.
    """
    try:
        with path.open("rb") as file:
            header = file.read(_WRITER.stop)
    except OSError:
        return None
    found = re.match(rb"v(\d[\d.]*\d)", header[_WRITER])
    if not found or header[_MAGIC] != b"DUCK":
        return None
    return found[1].decode(), int.from_bytes(header[_STORAGE], "little")


def is_newer(version: str) -> bool:
    """Return whether a version of DuckDB is later than the installed one."""
    return _numbers(version) > _numbers(duckdb.__version__)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)[:3]))
