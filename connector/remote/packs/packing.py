"""Packs the blocks that a generation adds, so that they take few requests.

A block is one of DuckDB's, so that a change of the file changes few of them.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from connector.remote.packs.manifest import Block, Generation

BLOCK = 262_144  # bytes of DuckDB's blocks
HEADER = 12_288  # bytes before its first one, to which they are added
IN_A_PACK = 8  # blocks
AT_ONCE = 4  # packs sent or fetched: a slow line must carry them all within the time of a request


@dataclass(frozen=True, slots=True)
class Part:
    """A block of the file before it is known where it is stored."""

    hash: str
    start: int  # in the file
    size: int


def parts(file: BinaryIO) -> Iterator[Part]:
    """Yield the blocks of a file."""
    start, size = file.seek(0), HEADER + BLOCK
    while data := file.read(size):
        yield Part(digest(data), start, len(data))
        start, size = start + len(data), BLOCK


def kept(before: Generation, found: Sequence[Part]) -> dict[str, Block]:
    """Return the blocks, by hash, that a generation takes over from the one before.

    What is left of a pack of which it uses less than half is packed again. So a clean machine
    fetches at most twice the file, and what is packed again is less than what changed.
    """
    wanted = {(part.hash, part.size) for part in found}
    same = {each.hash: each for each in before.blocks if (each.hash, each.size) in wanted}
    used: Counter[str] = Counter()
    for block in same.values():
        used[block.pack] += block.size
    worth = {pack for pack, size in used.items() if 2 * size >= before.packs[pack]}
    return {key: block for key, block in same.items() if block.pack in worth}


def packed(
    file: BinaryIO, added: Sequence[Part], number: int
) -> Iterator[tuple[str, bytes, list[Block]]]:
    """Yield the name and the content of each pack that a generation adds, and its blocks.

    The name has the hash of the blocks' hashes, and so of the content: a run that was killed may
    have left packs of a generation that another run makes with another content.
    """
    for first in range(0, len(added), IN_A_PACK):
        some = added[first : first + IN_A_PACK]
        data = b"".join(_read(file, part) for part in some)
        name = f"{digest(''.join(part.hash for part in some).encode())}.{number}"
        start, blocks = 0, []
        for part in some:
            blocks.append(Block(part.hash, name, start, part.size))
            start += part.size
        yield name, data, blocks


def digest(data: bytes | memoryview) -> str:
    """Return the hash of bytes."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _read(file: BinaryIO, part: Part) -> bytes:
    file.seek(part.start)
    return file.read(part.size)
