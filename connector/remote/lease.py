"""The lock of a ledger in a store: its holder proves that it is alive by a heartbeat.

Clocks of machines are never compared. A waiting process measures with its own clock that the beat
has not moved for the whole time to live. A holder sends nothing unless it has moved the beat within
that time.
"""

import json
import logging
import threading
import time
import uuid
from dataclasses import replace
from typing import Any

from connector.blobs.blobs import ChangedError, ExistsError, MissingError, Tag
from connector.blobs.patient import Patient
from connector.exceptions import ConnectorError, LedgerError, LedgerHeldError
from connector.remote.holding import Holding

LOCK, PROBE = "lock", "probe"
BEATS = 6  # beats in a time to live
LOOKS = 24  # checks by a waiting process in a time to live
TOLD = 6  # times that the remaining wait is shown
MARGIN = 0.25  # share of the time to live that must be left when a request starts

log = logging.getLogger(__name__)


class Lease:
    """Holds the lock of one ledger from `take` until `release`, in a separate thread."""

    def __init__(self, blobs: Patient, seconds: float, who: str, place: str) -> None:
        """Prepare; `seconds` is the time to live."""
        self._blobs, self._seconds = blobs, seconds
        self._own = Holding(uuid.uuid4().hex, who, place, 0, seconds, is_free=False)
        self._tag: Tag = None
        self._renewed = 0.0
        self._lost: ConnectorError | None = None
        self._changing, self._stopping = threading.Lock(), threading.Event()
        self._thread = threading.Thread(target=self._beat, name="lease", daemon=True)

    @property
    def holder(self) -> str:
        """Return the name under which the lock is held."""
        return self._own.holder

    def take(self) -> Holding | None:
        """Take the lock, and return its previous holder.

        Raises LedgerHeldError when another run holds it, LedgerError when the store cannot be used.
        """
        self._probe()
        began = _now()
        before = None
        try:
            self._tag = self._blobs.put_new(LOCK, self._own.encoded())
        except ExistsError:
            began, before = self._taken_over()
        self._renewed = began
        self._thread.start()
        return before

    def take_from(self, dead: Holding, tag: Tag) -> float:
        """Take the lock that `dead` has left, as it was seen in version `tag`.

        Returns since when it is ours. The last write of a process that was killed may still arrive,
        and changes nothing. Raises LedgerHeldError when another run was faster.
        """
        while True:
            began = _now()
            try:
                self._tag = self._blobs.replace_if(LOCK, self._own.encoded(), tag)
            except ChangedError:
                now, tag = held(self._blobs)
                if now.holder != dead.holder or not now.is_over(self._own.place):
                    raise _is_held(now) from None
            else:
                return began

    def check(self) -> None:
        """Raise LedgerHeldError or LedgerError unless a request that starts now is safe.

        A runner that was suspended notices here that its time is over.
        """
        if self._lost:
            raise self._lost
        if _now() > self._renewed + (1 - MARGIN) * self._seconds:
            self._renew()

    def release(self, *, is_clean: bool = True) -> None:
        """Free the lock, if it is still held; `is_clean` says that every write succeeded."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        with self._changing:
            if self._lost or self._tag is None:
                return
            try:
                free = replace(self._own, beat=self._own.beat + 1, is_free=True, is_clean=is_clean)
                self._blobs.replace_if(LOCK, free.encoded(), self._tag)
            except (ChangedError, LedgerError):
                log.warning("the lock of the ledger could not be freed; the next run waits for it")

    def _probe(self) -> None:
        """Raise LedgerError if the store ignores the conditions of conditional writes."""
        try:
            self._blobs.put_new(PROBE, b"1")
            self._blobs.put_new(PROBE, b"2")
        except ExistsError:
            pass
        else:
            raise self._blobs.unfit()
        _, tag = self._blobs.get(PROBE)
        try:
            self._blobs.replace_if(PROBE, uuid.uuid4().bytes, tag)
            self._blobs.replace_if(PROBE, b"1", tag)
        except ChangedError:
            return
        raise self._blobs.unfit()

    def _taken_over(self) -> tuple[float, Holding]:
        """Take a lock that is free or dead; return when it became ours, and its previous holder."""
        seen, since, looks = None, _now(), 0
        while True:
            found, tag = held(self._blobs)
            seconds = max(self._seconds, found.seconds)
            waited = _now() - since
            if found.is_over(self._own.place):
                return self.take_from(found, tag), found
            if seen is not None and tag != seen:
                raise _is_held(found)
            if seen is not None and waited > seconds:
                log.warning("took the ledger over from %s", found.who)
                return self.take_from(found, tag), found
            if seen is None:
                seen, since = tag, _now()
            if looks % (LOOKS // TOLD) == 0:
                _tell(found, seconds - (_now() - since))
            looks += 1
            time.sleep(seconds / LOOKS)

    def _beat(self) -> None:
        while not self._stopping.wait(self._seconds / BEATS):
            try:
                self._renew()
            except ConnectorError as error:
                if self._lost:
                    return
                log.warning("the ledger's lock was not renewed: %s", error)

    def _renew(self) -> None:
        with self._changing:
            if self._lost:
                raise self._lost
            began = _now()
            self._own = replace(self._own, beat=self._own.beat + 1)
            try:
                self._tag = self._blobs.replace_if(LOCK, self._own.encoded(), self._tag)
            except ChangedError:
                self._lost = LedgerHeldError(
                    f"another run has taken over the ledger {self._blobs.address}, as this one "
                    f"gave no sign for {self._seconds:.0f} s; nothing more is sent; look at "
                    "`connector status`"
                )
                raise self._lost from None
            self._renewed = began


def held(blobs: Patient) -> tuple[Holding, Tag]:
    """Return the lock and its version; raises LedgerError if there is no lock."""
    try:
        body, tag = blobs.get(LOCK)
        return Holding(**json.loads(body)), tag
    except (MissingError, ValueError, TypeError) as error:
        raise LedgerError(
            f"{blobs.address}/{LOCK} is not a lock; delete it when no run is under way"
        ) from error


def _tell(holding: Holding, left: float) -> None:
    told = "%s holds the ledger; it is taken over in %.0f s if that is dead"
    log.warning(told, holding.who, left)


def _is_held(holding: Holding) -> LedgerHeldError:
    return LedgerHeldError(f"another run holds the ledger ({holding.who}); wait until it ends")


def _now() -> float:
    """Return the seconds of a clock that also runs while the machine sleeps, if there is one."""
    clock: Any = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(clock)
