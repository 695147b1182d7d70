"""A batch of a chunk, and the body of the request that it becomes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

import duckdb

from connector.sql import Statements, run

statement = Statements(__file__)


@dataclass(frozen=True, slots=True)
class Batch:
    """A request of a chunk; positions in the plan."""

    number: int
    first: int
    last: int
    orders: int
    size: int  # bytes
    replaces: bool  # whether any order is taken back, or supersedes what is known of it
    body: bytes = field(default=b"", repr=False)


def with_bodies(
    cursor: duckdb.DuckDBPyConnection,
    values: Mapping[str, Any],
    batches: Sequence[Batch],
    around: tuple[str, str],
) -> Iterator[Batch]:
    """Yield batches with their bodies; that of one with gaps is put together when it is sent.

    `values` are those of their chunk and its recipe, `around` stands before and after the orders.
    Where no batch has gaps, one statement has the payloads of all of them, in their order.
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
    # A body of a megabyte is put together once, not copied for what is around it.
    payloads[0] = around[0].encode() + payloads[0]
    payloads[-1] += around[1].encode()
    return b",".join(payloads)
