"""Blobs as objects of S3, Google Cloud Storage or Azure, by obstore.

Credentials, regions and endpoints come from the environment variables of the clouds' own tools:
AWS_…, GOOGLE_…, AZURE_…
"""

import logging
import os
import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import obstore
from obstore import exceptions
from obstore.store import from_url

from connector.blobs.blobs import ChangedError, ExistsError, FaultError, Found, MissingError

TIMEOUT = "10s"  # of one request; `Patient` retries failed requests
_PLAIN = ("AWS_ALLOW_HTTP", "AZURE_STORAGE_USE_EMULATOR")  # let HTTP be used without TLS
_UNSIGNED = "AWS_UNSIGNED_PAYLOAD"
_STATUSES = {401: "denied", 403: "denied", 501: "unfit", 507: "full"}
_KINDS = {
    "denied": ("PermissionDenied", "Unauthenticated", "AccessDenied"),
    "unfit": ("NotImplemented", "NotSupported"),
    "full": ("QuotaExceeded", "StorageFull"),
}
_BUCKET = ("NoSuchBucket", "bucket does not exist", "ContainerNotFound")

log = logging.getLogger(__name__)
Result = TypeVar("Result")


class Bucket:
    """A bucket below a prefix."""

    def __init__(self, url: str) -> None:
        """Prepare; no request is sent yet."""
        self.address = url
        plain = any(os.environ.get(name, "").lower() in ("true", "1") for name in _PLAIN)
        options: Any = {"timeout": TIMEOUT, "connect_timeout": TIMEOUT, "allow_http": plain}
        retries: Any = {"max_retries": 0}
        own: Any = _unhashed(url, is_plain=plain)
        self._store: Any = from_url(url, config=own, client_options=options, retry_config=retries)

    def get(self, key: str) -> tuple[bytes, Any]:
        """Return an object and its version."""

        def ask() -> tuple[bytes, Any]:
            found = obstore.get(self._store, key)
            data = bytes(found.bytes())
            return data, _version(found.meta)

        return _asked(ask, key)

    def put_new(self, key: str, data: bytes) -> Any:
        """Write an object that does not exist yet (If-None-Match)."""
        return _asked(lambda: self._put(key, data, "create"), key)

    def replace_if(self, key: str, data: bytes, tag: Any) -> Any:
        """Replace an object that has this version (If-Match)."""
        try:
            return _asked(lambda: self._put(key, data, tag), key)
        except MissingError:
            raise ChangedError(key) from None

    def listed(self, folder: str) -> list[Found]:
        """Return the objects below a folder."""
        pages = _asked(lambda: list(obstore.list(self._store, folder, chunk_size=1000)), folder)
        found = [
            Found(each["path"], each["size"], each["last_modified"])
            for page in pages
            for each in page
        ]
        return sorted(found, key=lambda each: each.key)

    def delete(self, keys: Sequence[str]) -> None:
        """Delete objects."""

        def ask() -> None:
            if keys:
                obstore.delete(self._store, list(keys))

        try:
            _asked(ask, "")
        except MissingError as error:  # Azure stops at a missing one
            if len(keys) == 1:
                return
            log.info("some of the objects are gone already", extra={"error": str(error)})
            for key in keys:
                self.delete([key])

    def close(self) -> None:
        """Do nothing, since connections end with the process."""

    def _put(self, key: str, data: bytes, mode: Any) -> Any:
        return _version(obstore.put(self._store, key, data, mode=mode, use_multipart=False))


def _unhashed(url: str, *, is_plain: bool) -> dict[str, bool]:
    """Return the setting that lets S3 take bodies without a hash, which TLS protects already."""
    is_ours = url.startswith("s3://") and not is_plain and _UNSIGNED not in os.environ
    return {"unsigned_payload": True} if is_ours else {}


def _version(facts: Any) -> Any:
    return {name: facts[name] for name in ("e_tag", "version") if facts.get(name) is not None}


def _asked(ask: Callable[[], Result], key: str) -> Result:
    try:
        return ask()
    except exceptions.AlreadyExistsError:
        raise ExistsError(key) from None
    except exceptions.PreconditionError:
        raise ChangedError(key) from None
    except (exceptions.NotFoundError, FileNotFoundError) as error:
        if any(words in str(error) for words in _BUCKET):
            raise FaultError("denied", "there is no such bucket") from error
        raise MissingError(key) from None
    except exceptions.BaseError as error:
        raise _fault(error) from error


def _fault(error: Exception) -> FaultError:
    text = f"{type(error).__name__} {error}"
    status = re.search(r"status code: ([45]\d\d)([A-Za-z ]*)", text)
    kind = _STATUSES.get(int(status[1])) if status else None
    named = (kind for kind, words in _KINDS.items() if any(word in text for word in words))
    told = f"{status[1]}{status[2]}" if status else type(error).__name__
    return FaultError(kind or next(named, "unavailable"), told)
