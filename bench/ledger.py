"""Times the ledger alone, nothing being rendered or sent: `python -m bench.ledger ORDERS`.

It records a first load in chunks of 23 batches, as a run does: the intent of each chunk, then its
answers in two transactions. Prints CPU seconds; compare by turns with another checkout.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb

from connector.compile import created, dropped
from connector.delivery.parts import Part
from connector.delivery.recorder import Recorder
from connector.engine.engine import engine
from connector.http.answer import Answer, Outcome
from connector.ledger.file import attached
from connector.ledger.ledger import Ledger, Scope
from connector.payloads import chunks
from connector.payloads.batch import Batch
from connector.payloads.chunks import Chunk
from connector.plan import tables
from connector.settings.kept import Kept
from connector.sql import run

BATCH, BATCHES = 1_000, 23  # orders of a batch, batches of a chunk
SCOPE = Scope("northbeam", "local")
KEPT = Kept(steady=("customer_id", "currency", "time_of_purchase"))  # as Northbeam's contract says
SQL = Path(__file__).parent / "sql" / "chunk.sql"


def main(orders: int) -> None:
    """Record so many orders in a ledger that goes afterwards."""
    with tempfile.TemporaryDirectory() as folder, engine(Path(folder)) as connection:
        tables.make(connection)
        path = Path(folder) / "ledger.duckdb"
        with attached(connection, path) as ledger:
            spent = _load(connection, ledger, orders)
            before = time.process_time()
        spent["close"] = time.process_time() - before
        told = ", ".join(f"{step} {seconds:.2f}" for step, seconds in spent.items())
        size = path.stat().st_size / 2**20
        sys.stdout.write(f"{told}: {sum(spent.values()):.2f} CPU s, {size:.1f} MiB\n")


def _load(connection: duckdb.DuckDBPyConnection, ledger: Ledger, orders: int) -> dict[str, float]:
    spent = {"intend": 0.0, "answer": 0.0}

    def timed(step: str, record: Callable[..., None], *given: object) -> None:
        before = time.process_time()
        record(*given)
        spent[step] += time.process_time() - before

    run_id = ledger.start(SCOPE, "sync")
    recorder = Recorder(ledger, SCOPE, run_id, kept=KEPT)
    for chunk in _chunks(connection, orders):
        timed("intend", recorder.intend, chunk)
        for batches in (chunk.batches[: BATCHES // 2], chunk.batches[BATCHES // 2 :]):
            for batch in batches:
                recorder.deliver(*_taken(chunk, batch))
            timed("answer", recorder.write)
        timed("answer", recorder.forget, chunk)
    timed("answer", recorder.close)
    ledger.finish(SCOPE, run_id, "sync", 0, {})
    return spent


def _taken(chunk: Chunk, batch: Batch) -> tuple[Part, Answer]:
    number = chunk.batches_before + batch.number
    part = Part(chunk, number, batch.first, batch.last, batch.orders)
    return part, Answer(Outcome.DELIVERED, 200, "", request_id=f"1-{number}-0a1b2c")


def _chunks(connection: duckdb.DuckDBPyConnection, orders: int) -> Iterator[Chunk]:
    """Yield chunks whose tables hold what rendering leaves of new orders."""
    whole = BATCH * BATCHES
    for number, first in enumerate(range(1, orders + 1, whole), 1):
        values = {"first": first, "last": min(orders, first + whole - 1), "orders": BATCH}
        name = f"chunk_{number}"
        run(connection, created("work", name, SQL.read_text(encoding="utf-8")), values)
        found = {"chunk": f"work.{name}", "around": 2}
        rows = run(connection, chunks.statement("chunk_batches"), found).fetchall()
        size = values["last"] - first + 1
        yield Chunk(number, size, tuple(Batch(*row) for row in rows), (number - 1) * BATCHES)
        run(connection, dropped("work", name), {})


if __name__ == "__main__":
    main(int(sys.argv[1]))
