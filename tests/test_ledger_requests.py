"""What the ledger says at every moment at which a run may be killed: unanswered means in doubt."""

import shutil
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import duckdb

from connector.delivery.masking import Masking
from connector.delivery.parts import Part, Parts
from connector.delivery.recorder import Recorder
from connector.destinations import contracts
from connector.engine.engine import MEMORY_LIMIT, engine
from connector.http.answer import Answer, Outcome
from connector.ledger import places
from connector.ledger.file import attached
from connector.ledger.ledger import Ledger, Scope
from connector.ledger.split import split
from connector.payloads import chunks
from connector.payloads.batch import Batch
from connector.payloads.chunks import Chunk
from connector.plan import tables
from connector.settings.kept import Kept
from connector.sql import run

SCOPE = Scope("northbeam", "local")
BATCH = 4  # orders
CHUNK = """
create table work.{name} as
select
    row_number() over () as position,
    divide(row_number() over () - 1, {size}) + 1 as batch,
    order_id,
    hash(order_id) as row_hash,
    case when order_id = 'h' then 'withdrawn' else 'added' end as change,
    md5_number(order_id) as payload_md5,
    case when order_id = 'h' then {before} end as delivered_run,
    null::integer as refused_run,
    null::integer as removed_run,
    null::integer as unremoved_run,
    1.5::decimal(38, 4) as amount,
    '["' || order_id || '",null]' as steady,
    9 as bytes
from (select unnest(split($orders, '')) as order_id)
"""
STANDING = """
select outcome, string_agg(order_id, '' order by order_id) as orders
from ledger.deliveries where run_id = $run_id group by outcome
union all
select 'in_doubt', string_agg(order_id, '' order by order_id)
from ledger.in_doubt where run_id = $run_id having count(*) > 0
"""
KEPT = Kept(steady=("customer", "currency"))
SENT_FIRST = """
select string_agg(order_id, '' order by order_id) from ledger.kept
where run_id = $run_id and payload = '{"customer":"' || order_id || '"}'
"""
TWICE = "select count(*) - count(distinct (order_id, run_id)) from ledger.outcomes"


class Story:
    """A run over a real ledger, of which a copy is kept after every record."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, ledger: Ledger) -> None:
        self._connection, self._ledger = connection, ledger
        tables.make(connection)
        masking = Masking(connection, contracts()["northbeam"], {})
        self.parts = Parts(connection, masking, ("[", "]"))
        self._chunks = 0
        self.begin()

    def begin(self) -> None:
        self.run_id = self._ledger.start(SCOPE, "sync")
        self.record = Recorder(self._ledger, SCOPE, self.run_id, kept=KEPT)

    def chunk(self, orders: str, before: int = 0, known: int = 0) -> list[Part]:
        """Write the intent to send some orders; returns their batches."""
        self._chunks += 1
        name, before_it = f"chunk_{self._chunks}", known or "null::integer"
        sql = CHUNK.format(name=name, size=BATCH, before=before_it)
        self._connection.execute(sql, {"orders": orders})
        rows = run(
            self._connection,
            chunks.statement("chunk_batches"),
            {"chunk": f"work.{name}", "around": 2},
        ).fetchall()
        chunk = Chunk(self._chunks, len(orders), tuple(Batch(*row) for row in rows), before)
        self.record.intend(chunk)
        return self.parts.batches(chunk, [each.body for each in chunk.batches])

    def deliver(self, *parts: Part) -> None:
        for part in parts:
            self.record.deliver(part, answer(Outcome.DELIVERED, 200, part))
        self.record.write()

    def refuse(self, part: Part, *orders: str) -> Part:
        """Note that some orders were refused; returns the rest of the part."""
        reasons = dict.fromkeys(orders, "bad")
        return self.parts.refuse(part, reasons, 422, f"request-{part.batch}")[1]


def answer(outcome: Outcome, status: int, part: Part) -> Answer:
    return Answer(outcome, status, "", request_id=f"request-{part.batch}-{part.first}")


@contextmanager
def opened(path: Path, *, read_only: bool = False) -> Iterator[SimpleNamespace]:
    with (
        engine(path.parent) as connection,
        attached(connection, path, read_only=read_only) as ledger,
    ):
        yield SimpleNamespace(connection=connection, ledger=ledger)


def standing(connection: duckdb.DuckDBPyConnection, run_id: int) -> dict[str, str]:
    found = dict(run(connection, STANDING, {"run_id": run_id}).fetchall())
    ((kept,),) = run(connection, SENT_FIRST, {"run_id": run_id}).fetchall()
    may_be_there = {*found.get("delivered", ""), *found.get("in_doubt", "")} - {"h"}
    assert set(kept) == may_be_there, "what was sent first is kept of all that may be there"
    return found


Moment = tuple[str, dict[str, str]]  # what was recorded last, and what must be known then


def taken(story: Story, known: dict[str, str]) -> Generator[Moment, None, Part]:
    """Send a chunk: whole batches and half of one; returns the half that is left."""
    one, two, three = story.chunk("abcdefghijkl", known=story.run_id - 1)
    yield "all are intended", {"in_doubt": "abcdefghijkl"}
    story.deliver(one)
    yield "a batch was taken", {"delivered": "abcd", "in_doubt": "efghijkl"}
    story.deliver(two)
    known |= {"delivered": "abcdefg", "removed": "h"}
    yield "another was, with what takes an order back", {**known, "in_doubt": "ijkl"}
    story.parts.sent(three)  # no answer; then its halves
    first, second = story.parts.halves(three)
    story.deliver(story.refuse(first, "i"))
    known["delivered"] += "j"
    yield "half was taken but for one order", {**known, "in_doubt": "ikl"}
    story.record.refuse()
    known["refused"] = "i"
    yield "which is refused, and may have arrived before", {**known, "in_doubt": "ikl"}
    return second


def named(story: Story, known: dict[str, str]) -> Iterator[Moment]:
    """Send chunks of which an order is refused by name, one after an attempt that is lost."""
    (batch,) = story.chunk("mnop", before=3)
    yield "a chunk more is intended", {**known, "in_doubt": "iklmnop"}
    story.deliver(story.refuse(batch, "o"))
    known["delivered"] += "mnp"
    yield "it was taken but for one order, which was not stored", {**known, "in_doubt": "ikl"}
    (batch,) = story.chunk("stuv", before=4)
    story.parts.sent(batch)
    story.deliver(story.refuse(batch, "s"))
    known["delivered"] += "tuv"
    yield "another was, and what was refused may be there", {**known, "in_doubt": "ikls"}
    story.record.refuse()
    known["refused"] += "os"
    yield "both are refused", {**known, "in_doubt": "ikls"}
    story.record.forget(batch.chunk)
    yield "a chunk is settled", {**known, "in_doubt": "ikls"}


def told(story: Story) -> Iterator[Moment]:
    """Lead a run through every case; yield after each record what the ledger must know."""
    known: dict[str, str] = {}
    left = yield from taken(story, known)
    yield from named(story, known)
    (last,), first = story.parts.around(left, 0)
    story.deliver(first)
    known["delivered"] = "abcdefgjkmnptuv"
    yield "an order alone was taken", {**known, "in_doubt": "ils"}
    story.refuse(last, "l")
    story.record.refuse()
    known["refused"] = "ilos"
    yield "and one was refused", {**known, "in_doubt": "ils"}
    story.record.forget(left.chunk)
    yield "the first chunk is settled", {**known, "in_doubt": "ils"}
    story.chunk("qr", before=5)
    yield "what is not sent any more", {**known, "in_doubt": "ilqrs"}
    story.record.close()
    yield "is not in doubt", {**known, "in_doubt": "ils"}


def test_a_run_that_is_killed_after_any_record_knows_what_was_answered(tmp_path):
    """Whether the ledger is read as it was left, or by the next run."""
    path, copies = tmp_path / "run" / "ledger.duckdb", []
    with opened(path) as whole:
        story = Story(whole.connection, whole.ledger)
        story.deliver(*story.chunk("h"))
        story.record.close()
        whole.ledger.finish(SCOPE, story.run_id, "sync", 0, {})
        story.begin()
        for number, (moment, expected) in enumerate(told(story)):
            copy = tmp_path / str(number)
            copy.mkdir()
            for file in path.parent.glob("ledger.duckdb*"):
                shutil.copy(file, copy)
            copies.append((copy / path.name, moment, expected))
        last = story.run_id
        assert whole.connection.execute("from ledger.requests").fetchall() == []
    assert len(copies) == 15
    for copy, moment, expected in copies:
        with opened(copy, read_only=True) as left:
            assert standing(left.connection, last) == expected, moment
        with opened(copy) as next_run:
            next_run.ledger.start(SCOPE, "sync")
            assert standing(next_run.connection, last) == expected, moment
            assert next_run.connection.execute(TWICE).fetchall() == [(0,)], moment
            open_requests = next_run.connection.execute("from ledger.requests").fetchall()
            assert open_requests == [], moment
            superseded = next_run.connection.execute("select count(*) from ledger.superseded")
            assert superseded.fetchall() == [("h" in expected.get("removed", ""),)], moment


def test_what_a_killed_run_left_is_known_after_the_ledger_was_split(tmp_path):
    path = tmp_path / "ledger.duckdb"
    with opened(path) as whole:
        story = Story(whole.connection, whole.ledger)
        story.deliver(story.chunk("abcdefgh")[0])
        run_id = story.run_id
        expected = {"delivered": "abcd", "in_doubt": "efgh"}
        assert standing(whole.connection, run_id) == expected
    split(path, MEMORY_LIMIT, is_alone=False)
    part = places.own(path, SCOPE.destination, SCOPE.environment)
    with opened(part) as own:
        assert standing(own.connection, run_id) == expected
        own.ledger.start(SCOPE, "sync")
        assert standing(own.connection, run_id) == expected
