"""Decides how much of the views a run reads: all of it, or what was stamped since a watermark."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import duckdb

from connector.compile.reading import watermark
from connector.compile.reading.newest import moments, newest
from connector.contract.contract import Contract
from connector.ledger.contents.run_log import now
from connector.ledger.ledger import Scope
from connector.plan.choice import Choice
from connector.plan.extract import Extract, delivered
from connector.settings.settings import Destination
from connector.settings.watermark import Watermark
from connector.source.fit import check_stamps
from connector.source.snapshot import salt
from connector.source.source import Source
from connector.sql import Statements, run
from connector.text.duration import written

statement = Statements(__file__)

MOST = 100_000  # orders that are read by watermark, or a tenth of the view; of more all is read
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Mark:
    """What the next run may start from: all that was stamped before `changed_at` is done."""

    changed_at: datetime
    salt: str  # of what rows are made and sent with
    full_scan_at: datetime


@dataclass(frozen=True, slots=True)
class Scan:
    """How a run read the views: `full`, by `watermark`, or a `window` of them."""

    kind: str = "full"
    reason: str | None = None  # why all was read although a watermark is wanted
    unread: int = 0  # orders of the view that are as they were delivered, by their stamps
    withheld: int = 0  # further ones that were not read, and are not to be sent
    known: int | None = None  # orders delivered before; None when `work.current` has them all
    mark: Mark | None = None  # to be kept when the run leaves nothing behind
    newest: datetime | None = None  # the latest stamp, when not all was read


class Scanner:
    """Decides, reads, and says so in `scan`."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        contract: Contract,
        destination: Destination,
        scope: Scope,
    ) -> None:
        self._connection = connection
        self._contract = contract
        self._destination = destination
        self._scope = scope
        self.scan = Scan()

    @contextmanager
    def reading(self, source: Source, choice: Choice | None) -> Iterator[Source]:
        """Yield the views of an open warehouse, cut to what the run reads.

        Without a choice that is all of them. Makes `work.current`. Raises ModelError when a view
        lacks the stamps, or cannot be read.
        """
        self._contract = source.contract
        held = watermark.Held(self._destination.policy, **self._scope.values())
        extract = Extract(self._connection, source, self._scope, held)
        if choice and choice.window:
            self.scan = Scan("window")
            source = source.windowed(choice.window)
        elif choice and self._destination.watermark:
            self.scan = self._decided(source, choice, extract)
        if self.scan.kind == "watermark":
            yield extract.children()
            extract.drop()
            return
        current = watermark.current(self._scope.destination, self._scope.environment)
        run(self._connection, f"create view work.current as {current}", {})
        yield source

    def newest_at(self) -> str | None:
        """Return when the views last got something new; None when that cannot be told."""
        if self.scan.kind != "full":
            return written(self.scan.newest) if self.scan.newest else None
        seen = ["changed", "epoch(oldest)"][: len(moments(self._contract))]
        found = run(self._connection, newest("work.seen", seen), {"began": now()})
        ((seconds,),) = found.fetchall()
        return None if seconds is None else written(datetime.fromtimestamp(seconds, UTC))

    def known(self) -> int:
        """Return how many orders were delivered."""
        known = self.scan.known
        return delivered(self._connection) if known is None else known

    def gone(self, known: int, new: int) -> None:
        """Make `work.gone` of what the diff has left.

        `known` orders were delivered; the diff has left out `new` ones, which were never sent.
        """
        is_any = self.scan.kind == "watermark"
        if self.scan.kind == "full":
            counts = {"known": known, "new": new}
            is_any = bool(statement.rows(self._connection, "may_miss_orders", **counts)[0][0])
        statement.run(self._connection, "gone", **self._scope.values(), is_any=is_any)

    def _decided(self, source: Source, choice: Choice, extract: Extract) -> Scan:
        """Return how much is read, the orders having been read if it is not all."""
        orders = self._contract.orders.name
        check_stamps(self._destination, source.models[orders], source.columns[orders])
        wanted = self._destination.watermark or Watermark()
        began, marking, former = now(), self._salt(source), self._former()
        since = former.changed_at - timedelta(seconds=wanted.overlap) if former else began
        measured = source.measure(extract.held, since, began)
        total, latest = measured.orders, measured.latest
        mark = Mark(_time(latest), marking, began) if latest is not None else None
        reason = _reason(choice, former, marking, began, wanted)
        if former is None or reason:
            return Scan("full", reason, mark=mark)
        if (asked := measured.recent + extract.seek()) > max(MOST, total // 10):
            extract.undo()
            return Scan("full", f"{asked:,} orders would be read by watermark", mark=mark)
        there, here, unread = extract.orders(since)
        if total != there + unread:
            extract.undo()
            counted = f"the view has {total:,} orders, {there + unread:,} were expected"
            return Scan("full", counted, mark=mark)
        reached = max(former.changed_at, _time(latest)) if latest is not None else former.changed_at
        kept = replace(former, changed_at=reached)
        stamp = _time(latest) if latest is not None else None
        return Scan("watermark", None, unread, measured.withheld - here, extract.known, kept, stamp)

    def _salt(self, source: Source) -> str:
        """Return a text that changes with the engine, the contract, the settings and the views."""
        policy = self._destination.policy
        parts = (salt(source, policy), policy, self._contract.schema)
        text = f"({', '.join(map(repr, parts))}, {source.definitions()})"
        return hashlib.sha256(text.encode()).hexdigest()

    def _former(self) -> Mark | None:
        """Return what the last run kept, if it kept anything."""
        if not statement.rows(self._connection, "has_watermarks"):
            return None
        rows = statement.rows(self._connection, "watermark", **self._scope.values())
        return next((Mark(_time(at), marking, _time(full)) for at, marking, full in rows), None)


def _reason(
    choice: Choice, former: Mark | None, marking: str, began: datetime, wanted: Watermark
) -> str | None:
    """Return why all must be read, whatever was stamped since."""
    if choice.full or choice.full_scan:
        return "it was asked for"
    if former is None:
        return "there is no watermark yet"
    if former.salt != marking:
        return "the views, the contract, the settings or DuckDB are others"
    age = (began - former.full_scan_at).total_seconds()
    if not 0 <= age < wanted.full_scan or former.changed_at > began:
        return "the last full scan is too long ago"
    return None


def _time(microseconds: int) -> datetime:
    """Return the time that is so long after 1970."""
    return _EPOCH + timedelta(microseconds=microseconds)
