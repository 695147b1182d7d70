"""The settings of the sandbox."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path


@dataclasses.dataclass(frozen=True)
class Settings:
    """How the sandbox listens, what it keeps, and how it misbehaves.

    `destinations` is the folder of a project's own contracts. `credentials` maps settings of the
    contracts, such as `api_key`, to the only value accepted; those that are missing take any value.

    `latency`, `stall` and `retry_after` are seconds; `port` 0 is any free port.
    """

    host: str = "127.0.0.1"
    port: int = 8710
    destinations: Path | None = None
    store: Path | None = None
    keeps_orders: bool = True
    credentials: Mapping[str, str] = dataclasses.field(default_factory=dict, repr=False)
    max_bytes: int = 30_000_000
    enforces_budget: bool = False
    faults: tuple[str, ...] = ()
    latency: float = 0.0
    stall: float = 60.0
    retry_after: int = 1
    seed: int | None = None
    poison: str | None = None
    poison_unnamed: str | None = None
    poison_everything: str | None = None
