"""Opens the place that a URL names; its packages are imported only when it is used."""

import hashlib
from pathlib import Path
from urllib.parse import urlsplit

from connector.blobs.blobs import Blobs
from connector.blobs.patient import PATIENCE, Patient
from connector.exceptions import ConfigError, InstallationError

BUCKETS = ("s3", "gs", "az")
DATABASES = ("postgres", "postgresql")
SCHEMES = (*BUCKETS, "file", *DATABASES)


def is_address(text: str) -> bool:
    """Return whether a text is a URL rather than a path."""
    return "://" in text


def check(text: str) -> str:
    """Return what is wrong with an address, an empty text when it can be used."""
    parts = urlsplit(text)
    if parts.scheme not in SCHEMES:
        return f"begins with {parts.scheme}://; use one of {', '.join(f'{s}://' for s in SCHEMES)}"
    if parts.password:
        return "holds a password; keep it in PGPASSWORD or PGPASSFILE"
    if parts.scheme == "file" and (parts.netloc or not parts.path.strip("/")):
        return "names no folder; write it as file:///folder"
    if parts.scheme in BUCKETS and not parts.netloc:
        return f"names no bucket; write it as {parts.scheme}://bucket/prefix"
    if parts.scheme in DATABASES and not parts.path.strip("/"):
        return "names no database; write it as postgres://user@host/database"
    return ""


def cache(folder: Path, address: str) -> Path:
    """Return the path in a folder from which the caches of an address's ledgers are named."""
    name = hashlib.sha256(address.rstrip("/").encode()).hexdigest()[:8]
    return folder / f"store-{name}" / "ledger.duckdb"


def blobs(address: str, patience: float = PATIENCE) -> Patient:
    """Return the blobs below an address.

    Raises ConfigError for an invalid address, InstallationError when a package is missing.
    """
    if wrong := check(address):
        raise ConfigError(f"the ledger's address {wrong}; correct `ledger:` in connector.yml")
    return Patient(_made(address.rstrip("/"), urlsplit(address).scheme), patience)


def _made(address: str, scheme: str) -> Blobs:
    if scheme == "file":
        from connector.blobs.folder import Folder  # noqa: PLC0415

        return Folder(Path(urlsplit(address).path))
    extra = "bucket" if scheme in BUCKETS else "postgres"
    try:
        if scheme in BUCKETS:
            from connector.blobs.bucket import Bucket  # noqa: PLC0415 - needed only for buckets

            return Bucket(address)
        from connector.blobs.postgres import Postgres  # noqa: PLC0415

        return Postgres(address)
    except ImportError as error:
        raise InstallationError(
            f"a ledger at {scheme}:// needs a package that is not installed; run "
            f"`pip install 'order-connector[{extra}]'`"
        ) from error
