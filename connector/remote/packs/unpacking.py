"""Fetches packs, each of them once, and takes from them the blocks that are needed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate
from pathlib import Path
from typing import BinaryIO

from connector.blobs.blobs import MissingError
from connector.blobs.patient import Patient
from connector.remote.packs.damage import damaged
from connector.remote.packs.manifest import Block
from connector.remote.packs.packing import AT_ONCE, digest

BLOCKS = "blocks/"  # the folder of packs


def differing(path: Path, blocks: Sequence[Block]) -> list[int]:
    """Return which blocks a file does not have in their places; one beyond the last: it is longer.

    A file that is missing has none of them.
    """
    if not path.exists():
        return list(range(len(blocks)))
    with path.open("rb") as file:
        found = [at for at, each in enumerate(blocks) if digest(file.read(each.size)) != each.hash]
        return [*found, len(blocks)] if file.read(1) else found


def write(
    blobs: Patient, blocks: Sequence[Block], needed: Sequence[int], path: Path, fresh: Path
) -> None:
    """Write a new file of all blocks: those that are needed from their packs, others from a file.

    Raises DamagedError.
    """
    starts = [0, *accumulate(block.size for block in blocks)]
    packs: dict[str, list[int]] = defaultdict(list)
    for at in needed:
        packs[blocks[at].pack].append(at)

    def bring(pack: str) -> None:
        places = packs[pack]
        found = _fetched(blobs, pack, [blocks[at] for at in places])
        with fresh.open("r+b") as file:
            for at, data in zip(places, found, strict=True):
                _put(file, starts[at], data)

    with fresh.open("wb"):
        fresh.chmod(0o600)
    others = sorted({*range(len(blocks))}.difference(needed))
    if others:
        _copy(path, fresh, [(starts[at], blocks[at].size) for at in others])
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in pool.map(bring, packs):
            pass


def broken(blobs: Patient, blocks: Iterable[Block]) -> list[Block]:
    """Return those of the blocks that are missing or damaged, by pack and place."""
    packs = _by_pack(sorted(set(blocks), key=lambda each: (each.pack, each.start)))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = pool.map(lambda pack: _broken(blobs, pack, packs[pack]), packs)
        return [block for each in found for block in each]


def _by_pack(blocks: Iterable[Block]) -> Mapping[str, Sequence[Block]]:
    packs: dict[str, list[Block]] = defaultdict(list)
    for block in blocks:
        packs[block.pack].append(block)
    return packs


def _broken(blobs: Patient, pack: str, blocks: Sequence[Block]) -> Sequence[Block]:
    try:
        data = blobs.get(BLOCKS + pack)[0]
    except MissingError:
        return blocks
    return [each for each in blocks if digest(_part(data, each)) != each.hash]


def _fetched(blobs: Patient, pack: str, blocks: Sequence[Block]) -> list[memoryview]:
    try:
        data = blobs.get(BLOCKS + pack)[0]
    except MissingError as error:
        raise damaged(blobs, BLOCKS + pack) from error
    found = [_part(data, block) for block in blocks]
    if [digest(each) for each in found] != [block.hash for block in blocks]:
        raise damaged(blobs, BLOCKS + pack)
    return found


def _part(data: bytes, block: Block) -> memoryview:
    return memoryview(data)[block.start : block.start + block.size]


def _copy(source: Path, fresh: Path, places: Sequence[tuple[int, int]]) -> None:
    with source.open("rb") as old, fresh.open("r+b") as new:
        for start, size in places:
            old.seek(start)
            _put(new, start, old.read(size))


def _put(file: BinaryIO, start: int, data: bytes | memoryview) -> None:
    file.seek(start)
    file.write(data)
