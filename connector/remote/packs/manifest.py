"""The manifest of a generation: the blocks of its file, and in which pack each of them is."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

WHOLE = 1 << 20  # bytes of a block in manifests of earlier versions, where each is its own pack


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the file: its hash, and the pack that has its bytes, from which byte, how many."""

    hash: str
    pack: str
    start: int
    size: int


@dataclass(frozen=True, slots=True)
class Generation:
    """The file as a run left it; `beside` are small files beside it, by their suffix.

    `packs` has the bytes of each pack that holds blocks of the file. A generation that is `closed`
    has no file: the ledger must not be used, for the reason given.
    """

    number: int
    blocks: tuple[Block, ...] = ()
    packs: Mapping[str, int] = field(default_factory=dict)
    beside: Mapping[str, str] = field(default_factory=dict)
    made_at: str = ""
    by: str = ""
    bytes: int = 0  # of the file
    closed: str = ""


def encoded(generation: Generation) -> bytes:
    """Return the JSON of a manifest; blocks that follow each other in a pack are one run."""
    numbers = {name: number for number, name in enumerate(generation.packs)}
    facts = {
        "hashes": [block.hash for block in generation.blocks],
        "packs": list(generation.packs.items()),
        "runs": _runs((numbers[each.pack], each.start, each.size) for each in generation.blocks),
        "beside": dict(generation.beside),
        "made_at": generation.made_at,
        "by": generation.by,
        "bytes": generation.bytes,
        "closed": generation.closed,
    }
    return json.dumps(facts, separators=(",", ":")).encode()


def decoded(number: int, data: bytes) -> Generation:
    """Return the generation of a manifest; raises ValueError, LookupError or TypeError."""
    facts = json.loads(data)
    blocks, packs = _earlier(facts["blocks"]) if "blocks" in facts else _packed(facts)
    return Generation(
        number,
        blocks,
        packs,
        dict(facts["beside"]),
        str(facts["made_at"]),
        str(facts["by"]),
        int(facts.get("bytes", 0)),
        str(facts.get("closed", "")),
    )


def _runs(places: Iterable[tuple[int, int, int]]) -> list[list[int]]:
    """Return (pack, start, bytes of a block, number of blocks) for blocks of one size in a row."""
    runs: list[list[int]] = []
    for pack, start, size in places:
        if runs and [pack, start, size] == _next(*runs[-1]):
            runs[-1][3] += 1
        else:
            runs.append([pack, start, size, 1])
    return runs


def _next(pack: int, start: int, size: int, count: int) -> list[int]:
    return [pack, start + size * count, size]


def _packed(facts: Mapping[str, Any]) -> tuple[tuple[Block, ...], dict[str, int]]:
    packs = {str(name): int(size) for name, size in facts["packs"]}
    names = list(packs)
    places = [
        (names[pack], start + size * number, size)
        for pack, start, size, count in facts["runs"]
        for number in range(count)
    ]
    hashes = map(str, facts["hashes"])
    blocks = (Block(key, *place) for key, place in zip(hashes, places, strict=True))
    return tuple(blocks), packs


def _earlier(names: Sequence[str]) -> tuple[tuple[Block, ...], dict[str, int]]:
    """Return the blocks of an earlier version; the last may have fewer bytes."""
    blocks = tuple(Block(name.partition(".")[0], name, 0, WHOLE) for name in map(str, names))
    return blocks, dict.fromkeys((block.pack for block in blocks), WHOLE)
