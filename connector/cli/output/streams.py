"""The standard streams in any state: closed, full, abandoned by a reader, not UTF-8.

What happens to the orders does not depend on whether the output could be written.
"""

import errno
import io
import os
import select
import sys
from typing import Any

from connector.exceptions import ConfigError

_STREAMS = ("stdin", "stdout", "stderr")
_GONE = (errno.EPIPE, errno.EBADF)  # the reader has seen enough, or there never was one


class _Lenient(io.RawIOBase):
    """Writes to a file; after the first error, which is kept, what is written goes nowhere."""

    def __init__(self, number: int) -> None:
        self._number = number
        self.error: OSError | None = None

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._number

    def isatty(self) -> bool:
        return os.isatty(self._number)

    def write(self, data: Any) -> int:
        while self.error is None:
            try:
                return os.write(self._number, data)
            except BlockingIOError:  # the caller made the stream non-blocking
                select.select([], [self._number], [])
            except OSError as error:
                self.error = error
        return len(data)


class Streams:
    """The streams of this process, made fit once at its beginning."""

    def __init__(self) -> None:
        """Open what is closed, so that no file gets its number, and replace both outputs."""
        for number in range(len(_STREAMS)):
            try:
                os.fstat(number)
            except OSError:
                os.open(os.devnull, os.O_RDWR)  # it gets the lowest number that is free
        self._raw = {name: _Lenient(number) for number, name in enumerate(_STREAMS) if number}
        for name, raw in self._raw.items():
            setattr(sys, name, _text(raw, getattr(sys, name)))

    def finish(self) -> ConfigError | None:
        """Write what is left; return why not all of the results could be written, if so."""
        sys.stdout.flush()
        sys.stderr.flush()
        error = self._raw["stdout"].error
        if error is None or error.errno in _GONE:
            return None
        return ConfigError(
            f"not all of the results could be written to stdout ({error.strerror}); free space "
            "where it goes, or write it elsewhere"
        )


def _text(raw: _Lenient, before: Any) -> io.TextIOWrapper:
    encoding = getattr(before, "encoding", None) or "utf-8"
    shown_at_once = raw.fileno() != 1 or raw.isatty()
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=encoding,
        errors="backslashreplace",  # a letter that the encoding lacks must not end a run
        line_buffering=shown_at_once,
    )
