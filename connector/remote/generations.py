"""The file of a ledger in a store: one manifest per generation, and the packs that it names.

A pack has some blocks of the file, and is named by its content and the generation that added it. So
only changed blocks are transferred, and no pack that a manifest names is ever overwritten.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from connector.blobs.blobs import ExistsError, MissingError
from connector.blobs.patient import Patient
from connector.exceptions import LedgerError, LedgerHeldError
from connector.remote.packs import packing, unpacking
from connector.remote.packs.damage import damaged
from connector.remote.packs.manifest import Generation, decoded, encoded
from connector.remote.packs.packing import AT_ONCE
from connector.remote.packs.unpacking import BLOCKS

FOLDER = "gen/"


def numbers(blobs: Patient) -> list[int]:
    """Return the numbers of the existing generations, in order."""
    return [int(found.key.removeprefix(FOLDER)) for found in blobs.listed(FOLDER)]


def read(blobs: Patient, number: int) -> Generation:
    """Return a generation; raises LedgerError when it is closed, DamagedError."""
    found = manifest(blobs, number)
    if message := found.closed:
        raise LedgerError(message)
    return found


def manifest(blobs: Patient, number: int) -> Generation:
    """Return a generation, which may be closed; raises DamagedError."""
    try:
        return decoded(number, blobs.get(name_of(number))[0])
    except (MissingError, ValueError, LookupError, TypeError) as error:
        raise damaged(blobs, name_of(number)) from error


def fetch(blobs: Patient, generation: Generation, path: Path) -> int:
    """Make a file equal to that of a generation, and return how many blocks were fetched.

    Packs without a block that the file lacks are not fetched; the file is replaced atomically.
    """
    blocks = generation.blocks
    differing = unpacking.differing(path, blocks)
    if path.exists() and not differing:
        return 0
    needed = [at for at in differing if at < len(blocks)]
    fresh = path.with_name(f"{path.name}.fetched")
    unpacking.write(blobs, blocks, needed, path, fresh)
    fresh.replace(path)
    return len(needed)


def verify(blobs: Patient, generation: Generation) -> None:
    """Read all blocks of a generation; raises DamagedError when one is damaged or missing."""
    for block in unpacking.broken(blobs, generation.blocks):
        raise damaged(blobs, BLOCKS + block.pack)


def seal(
    blobs: Patient, file: BinaryIO, before: Generation, beside: Mapping[str, str], by: str
) -> Generation:
    """Store a file as the generation that follows another one.

    Raises LedgerHeldError when another run has stored that generation, LedgerError when it cannot
    be written.
    """
    number, parts = before.number + 1, list(packing.parts(file))
    known = packing.kept(before, parts)
    added = list({part.hash: part for part in parts if part.hash not in known}.values())
    sizes = dict(before.packs)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        jobs: deque[Future[None]] = deque()
        for name, data, blocks in packing.packed(file, added, number):
            jobs.append(pool.submit(_put, blobs, BLOCKS + name, data))
            sizes[name] = len(data)
            known |= {block.hash: block for block in blocks}
            if len(jobs) > AT_ONCE:  # so that few packs are in memory
                jobs.popleft().result()
        for job in jobs:
            job.result()
    places = tuple(known[part.hash] for part in parts)
    packs = {block.pack: sizes[block.pack] for block in places}
    size = sum(part.size for part in parts)
    return write(blobs, Generation(number, places, packs, beside, by=by, bytes=size))


def write(blobs: Patient, generation: Generation) -> Generation:
    """Write the manifest, which completes a generation; raises LedgerHeldError if it exists."""
    generation = replace(generation, made_at=_now())
    try:
        blobs.put_new(name_of(generation.number), encoded(generation))
    except ExistsError:
        raise LedgerHeldError(
            f"another run has written generation {generation.number} of {blobs.address}; run it "
            "again when that has ended"
        ) from None
    return generation


def _put(blobs: Patient, key: str, data: bytes) -> None:
    try:
        blobs.put_new(key, data)
    except ExistsError:
        return  # left by a run that was killed before it wrote the manifest


def name_of(number: int) -> str:
    """Return the key of the manifest of a generation."""
    return f"{FOLDER}{number:09d}"


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def used(generations: Sequence[Generation]) -> set[str]:
    """Return the keys of all packs that generations name."""
    return {BLOCKS + pack for each in generations for pack in each.packs}
