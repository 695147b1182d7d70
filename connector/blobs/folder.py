"""Blobs as files in a folder, which several machines may mount."""

import errno
import fcntl
import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkstemp

from connector.blobs.blobs import ChangedError, ExistsError, FaultError, Found, MissingError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_DENIED = {errno.EACCES, errno.EPERM, errno.EROFS}
_LOCK, _NEW = ".lock", ".new-"


class Folder:
    """A folder; files are linked into place, so that they are either complete or absent."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def address(self) -> str:
        """Return the URL of the folder."""
        return f"file://{self._path}"

    def get(self, key: str) -> tuple[bytes, str]:
        """Return the bytes of a file, and their hash as the version."""
        try:
            data = (self._path / key).read_bytes()
        except FileNotFoundError:
            raise MissingError(key) from None
        except OSError as error:
            raise _fault(error) from error
        return data, _tag(data)

    def put_new(self, key: str, data: bytes) -> str:
        """Write a file that does not exist yet."""
        with self._written(key, data) as scratch:
            try:
                os.link(scratch, self._path / key)
            except FileExistsError:
                raise ExistsError(key) from None
        return _tag(data)

    def replace_if(self, key: str, data: bytes, tag: str) -> str:
        """Replace a file under a lock."""
        with self._written(key, data) as scratch, self._locked():
            try:
                found = self.get(key)[1]
            except MissingError:
                found = ""
            if found != tag:
                raise ChangedError(key)
            scratch.replace(self._path / key)
        return _tag(data)

    def listed(self, folder: str) -> list[Found]:
        """Return the files below a folder."""
        try:
            return sorted(self._found(folder), key=lambda each: each.key)
        except OSError as error:
            raise _fault(error) from error

    def delete(self, keys: Sequence[str]) -> None:
        """Delete files."""
        try:
            for key in keys:
                (self._path / key).unlink(missing_ok=True)
                with suppress(OSError):  # a folder that is not empty, or gone
                    (self._path / key).parent.rmdir()
        except OSError as error:
            raise _fault(error) from error

    def close(self) -> None:
        """Do nothing, since no file stays open."""

    def _found(self, folder: str) -> Iterator[Found]:
        for path in (self._path / folder).rglob("*"):
            if path.name.startswith(".") or not path.is_file():
                continue
            with suppress(FileNotFoundError):  # deleted meanwhile
                stat = path.stat()
                modified = datetime.fromtimestamp(stat.st_mtime, UTC)
                yield Found(str(path.relative_to(self._path)), stat.st_size, modified)

    @contextmanager
    def _written(self, key: str, data: bytes) -> Iterator[Path]:
        """Write bytes to a file beside their final place, readable only by the owner."""
        target = self._path / key
        scratch = None
        try:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            number, name = mkstemp(dir=target.parent, prefix=_NEW)
            scratch = Path(name)
            with os.fdopen(number, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(number)
            yield scratch
        except OSError as error:
            raise _fault(error) from error
        finally:
            if scratch:
                scratch.unlink(missing_ok=True)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        number = os.open(self._path / _LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(number, fcntl.LOCK_EX)
            yield
        finally:
            os.close(number)


def _tag(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _fault(error: OSError) -> FaultError:
    kind = "full" if error.errno in _FULL else "denied" if error.errno in _DENIED else "unavailable"
    return FaultError(kind, f"{error.strerror}")
