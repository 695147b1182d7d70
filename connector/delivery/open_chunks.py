"""Takes chunks as they are rendered, and drops them when they are settled."""

import time
from collections.abc import Iterable

from connector.delivery.parts import Part
from connector.delivery.queue import Queue
from connector.delivery.recorder import Recorder
from connector.payloads.chunks import Chunk, Chunks

WIDE = 8  # chunks among which orders are drawn when all are refused: their bodies are in memory


class OpenChunks:
    """Puts the batches of chunks among the parts that wait; true while more will come."""

    def __init__(self, recorder: Recorder, chunks: Chunks, queue: Queue) -> None:
        self._recorder, self._chunks, self._queue = recorder, chunks, queue
        self._open: list[Chunk] = []

    def __bool__(self) -> bool:
        return bool(self._chunks)

    def more(self, seconds: float) -> None:
        """Take the next chunk if it is ready within some seconds; first its intent is written."""
        if self._chunks and self._chunks.wait:
            time.sleep(min(seconds, self._chunks.wait))
            return
        rendered = self._chunks.take(seconds) if self._chunks else None
        if rendered is not None:
            chunk = rendered.without_bodies()
            self._recorder.intend(chunk)
            self._open.append(chunk)
            self._queue.add(chunk, [batch.body for batch in rendered.batches])

    @property
    def is_wide(self) -> bool:
        """Return whether the queue is full or complete: the run can be judged as a whole."""
        return not self._chunks or bool(self._chunks.wait) or len(self._open) >= WIDE

    @property
    def wait(self) -> float:
        """Return how many seconds are left until the next chunk may be sent."""
        return self._chunks.wait

    def release(self, flying: Iterable[Part]) -> None:
        """Let go of the chunks of which no part waits or is under way."""
        needed = self._queue.chunks() | {part.chunk for part in flying}
        for chunk in [chunk for chunk in self._open if chunk not in needed]:
            self._recorder.forget(chunk)
            self._chunks.release(chunk)
            self._open.remove(chunk)
