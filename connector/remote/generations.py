"""The file of a ledger in a store: one manifest per generation, and the blocks that it names.

A block is 1 MiB of the file, named by its content and the generation that added it. So only changed
blocks are transferred, and no block that a manifest names is ever overwritten.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from connector.blobs.blobs import ExistsError, MissingError
from connector.blobs.patient import Patient
from connector.exceptions import LedgerError, LedgerHeldError

BLOCK = 1 << 20
THREADS = 8  # threads that fetch or send blocks
FOLDER, BLOCKS = "gen/", "blocks/"


class DamagedError(LedgerError):
    """A blob is missing, or its content is not as expected."""


@dataclass(frozen=True, slots=True)
class Generation:
    """The file as a run left it; `beside` are small files beside it, by their suffix.

    A generation that is `closed` has no file: the ledger must not be used, for the reason given.
    """

    number: int
    blocks: tuple[str, ...] = ()
    beside: Mapping[str, str] = field(default_factory=dict)
    made_at: str = ""
    by: str = ""
    bytes: int = 0  # of the file
    closed: str = ""

    @property
    def hashes(self) -> list[str]:
        """Return the hash of each block."""
        return [name.partition(".")[0] for name in self.blocks]


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
        facts = json.loads(blobs.get(name_of(number))[0])
        blocks, beside = tuple(map(str, facts["blocks"])), dict(facts["beside"])
        size, closed = int(facts.get("bytes", 0)), str(facts.get("closed", ""))
        made_at, by = str(facts["made_at"]), str(facts["by"])
        return Generation(number, blocks, beside, made_at, by, size, closed)
    except (MissingError, ValueError, KeyError, TypeError) as error:
        raise damaged(blobs, name_of(number)) from error


def fetch(blobs: Patient, generation: Generation, path: Path) -> int:
    """Make a file equal to that of a generation, and return how many blocks were fetched.

    Blocks that the file already has are not fetched; the file is replaced atomically.
    """
    have = list(_hashes(path)) if path.exists() else []
    wanted = generation.hashes
    if have == wanted:
        return 0
    needed = [at for at, name in enumerate(wanted) if at >= len(have) or have[at] != name]
    fresh = path.with_name(f"{path.name}.fetched")
    with fresh.open("wb") as file, ThreadPoolExecutor(THREADS) as pool:
        fresh.chmod(0o600)
        fetched = pool.map(lambda at: block(blobs, generation.blocks[at]), needed)
        for at in range(len(wanted)):
            file.write(next(fetched) if at in set(needed) else _read(path, at))
    fresh.replace(path)
    return len(needed)


def block(blobs: Patient, name: str) -> bytes:
    """Return a block; raises DamagedError when it is damaged or missing."""
    try:
        data, _ = blobs.get(BLOCKS + name)
    except MissingError as error:
        raise damaged(blobs, BLOCKS + name) from error
    if _hash(data) != name.partition(".")[0]:
        raise damaged(blobs, BLOCKS + name)
    return data


def seal(
    blobs: Patient, file: BinaryIO, before: Generation, beside: Mapping[str, str], by: str
) -> Generation:
    """Store a file as the generation that follows another one.

    Raises LedgerHeldError when another run has stored that generation, LedgerError when it cannot
    be written.
    """
    known = dict(zip(before.hashes, before.blocks, strict=True))
    number, size, names = before.number + 1, 0, []
    with ThreadPoolExecutor(THREADS) as pool:
        jobs = []
        for data in _blocks(file):
            key, size = _hash(data), size + len(data)
            if key not in known:
                known[key] = f"{key}.{number}"
                jobs.append(pool.submit(_put, blobs, BLOCKS + known[key], data))
            names.append(known[key])
        for job in jobs:
            job.result()
    return write(blobs, Generation(number, tuple(names), beside, by=by, bytes=size))


def write(blobs: Patient, generation: Generation) -> Generation:
    """Write the manifest, which completes a generation; raises LedgerHeldError if it exists."""
    generation = replace(generation, made_at=_now())
    facts = asdict(generation)
    del facts["number"]
    try:
        blobs.put_new(name_of(generation.number), json.dumps(facts).encode())
    except ExistsError:
        raise LedgerHeldError(
            f"another run has written generation {generation.number} of {blobs.address}; run it "
            "again when that has ended"
        ) from None
    return generation


def damaged(blobs: Patient, key: str) -> DamagedError:
    """Return the error for a blob that is missing or damaged."""
    return DamagedError(
        f"{blobs.address}/{key} is missing or damaged; put back what the bucket keeps, run "
        "`connector ledger restore`, or see “A lost ledger” in docs/operations.md"
    )


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


def _hash(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while data := file.read(BLOCK):
        yield data


def _hashes(path: Path) -> Iterator[str]:
    with path.open("rb") as file:
        yield from map(_hash, _blocks(file))


def _read(path: Path, at: int) -> bytes:
    with path.open("rb") as file:
        file.seek(at * BLOCK)
        return file.read(BLOCK)


def used(generations: Sequence[Generation]) -> set[str]:
    """Return the keys of all blocks that generations name."""
    return {BLOCKS + name for each in generations for name in each.blocks}
