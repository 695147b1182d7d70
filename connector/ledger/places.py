"""Where ledgers are: one file per account and environment, beside the one that is configured.

A project with a single account keeps the configured file. With more of them `ledger.duckdb` becomes
`ledger.ACCOUNT.ENVIRONMENT.duckdb`; `split` makes those out of it.
"""

import re
from collections.abc import Iterator
from pathlib import Path

ACCOUNT = re.compile(r"[a-z][a-z0-9_]*")
_ENVIRONMENT = re.compile(r"[a-z][a-z0-9_-]*")


def own(ledger: Path, account: str, environment: str) -> Path:
    """Return the file of one account and environment, beside the configured ledger.

    The environment may have a host behind it, as scopes have: all hosts share a file.
    """
    name = environment.partition("@")[0]
    return ledger.with_name(f"{ledger.stem}.{account}.{name}{ledger.suffix}")


def written(ledger: Path, account: str, environment: str, *, is_alone: bool) -> Path:
    """Return the file that a run of an account writes, when the ledger is split where it must be.

    An account that is alone goes on with the file that it got among others.
    """
    found = own(ledger, account, environment)
    return ledger if is_alone and not found.exists() else found


def readable(ledger: Path, account: str, environment: str, *, is_alone: bool) -> Path:
    """Return the file with the records of an account: the whole ledger until it is split."""
    places = (own(ledger, account, environment), ledger, moved(ledger))
    otherwise = written(ledger, account, environment, is_alone=is_alone)
    return next((path for path in places if path.exists()), otherwise)


def every(ledger: Path) -> list[Path]:
    """Return all files with the records of a project, each once."""
    if moved(ledger).exists():  # a split was killed, and some of its parts have no name yet
        return [moved(ledger)]
    return [*([ledger] if ledger.exists() else []), *_owns(ledger)]


def of_account(ledger: Path, account: str, *, is_alone: bool) -> list[Path]:
    """Return the files with the records of an account, in any environment, each once."""
    found = [path for path in _owns(ledger) if account_of(ledger, path) == account]
    whole = [path for path in (ledger, moved(ledger)) if path.exists() and (is_alone or not found)]
    return [*whole, *found]


def account_of(ledger: Path, path: Path) -> str:
    """Return the account of a file of `every`, None for the file of all accounts."""
    return "" if path in (ledger, moved(ledger)) else name_of(ledger, path).partition(".")[0]


def verifications(ledger: Path) -> list[Path]:
    """Return the files of verifications of a ledger that were stopped, or are under way."""
    return sorted(ledger.parent.glob(f"{ledger.stem}.verify-*"))


def moved(ledger: Path) -> Path:
    """Return where the whole ledger is from the moment on at which its parts are complete."""
    return ledger.with_name(f"{ledger.name}.split")


def part(path: Path) -> Path:
    """Return where the file of an account is until the whole ledger is split."""
    return path.with_name(f"{path.name}.part")


def _owns(ledger: Path) -> Iterator[Path]:
    """Yield the files of accounts and environments, also of those that are configured no more."""
    for path in sorted(ledger.parent.glob(f"{ledger.stem}.*.*{ledger.suffix}")):
        account, _, environment = name_of(ledger, path).partition(".")
        if ACCOUNT.fullmatch(account) and _ENVIRONMENT.fullmatch(environment):
            yield path


def name_of(ledger: Path, path: Path) -> str:
    """Return ACCOUNT.ENVIRONMENT of a file beside the configured ledger."""
    return path.name.removeprefix(f"{ledger.stem}.").removesuffix(ledger.suffix)
