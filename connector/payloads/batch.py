"""A batch of a chunk, and the body of its request."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

import duckdb

from connector.sql import Statements, run

statement = Statements(__file__)


@dataclass(frozen=True, slots=True)
class Batch:
    """A request of a chunk; positions are those of the plan."""

    number: int
    first: int
    last: int
    orders: int
    size: int  # bytes
    replaces: bool  # whether any order is taken back, or replaces an earlier outcome
    withdraws: bool  # whether any order is taken back
    body: bytes = field(default=b"", repr=False)


def with_bodies(
    cursor: duckdb.DuckDBPyConnection,
    values: Mapping[str, Any],
    batches: Sequence[Batch],
    around: tuple[str, str],
) -> Iterator[Batch]:
    """Yield batches with their bodies; the body of a batch with gaps is built when it is sent.

    `values` are those of the chunk and its recipe, `around` goes before and after the orders.
    When no batch has gaps, one statement reads the payloads of all batches in order.
    """
    gaps = [batch for batch in batches if batch.last - batch.first >= batch.orders]
    if not gaps:
        run(cursor, statement("chunk_payloads"), values)
    for batch in batches:
        if batch in gaps:
            yield batch
            continue
        if gaps:
            positions = {"first": batch.first, "last": batch.last}
            run(cursor, statement("batch_payloads"), {**values, **positions})
        yield replace(batch, body=_body(cursor.fetchmany(batch.orders), around))


def _body(rows: Sequence[tuple[bytes]], around: tuple[str, str]) -> bytes:
    payloads = list(chain.from_iterable(rows))
    # Join the whole body at once, so that a megabyte is not copied twice.
    payloads[0] = around[0].encode() + payloads[0]
    payloads[-1] += around[1].encode()
    return b",".join(payloads)
