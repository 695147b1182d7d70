"""Reads a value from the environment, or from the file that the environment names.

Docker, Kubernetes and systemd hand secrets over as files: NAME_FILE holds the path of one.
"""

import os
from pathlib import Path

from connector.exceptions import ConfigError

FILE = "_FILE"
_LONGEST = 65_536  # bytes of a value


def value(name: str) -> str:
    """Return the value of NAME, or what the file that NAME_FILE names holds; else an empty text.

    One newline at the end of the file does not count. Raises ConfigError for a file that cannot be
    used; what it holds is never told.
    """
    path = os.environ.get(name + FILE, "")
    if os.environ.get(name) or not path:
        return os.environ.get(name, "")
    told = f"the file {path}, which {name}{FILE} names,"
    try:
        with Path(path).open(encoding="utf-8", newline="") as file:
            found = file.read(_LONGEST + 1)
    except OSError as error:
        raise ConfigError(
            f"{told} cannot be read ({error.strerror}); correct the path or its permissions"
        ) from error
    except UnicodeDecodeError:
        raise ConfigError(f"{told} is not text; write the value into it as it was issued") from None
    if len(found) > _LONGEST:
        raise ConfigError(f"{told} is too long for a value; name the file of the secret")
    if not found.strip():
        raise ConfigError(f"{told} is empty; write the value into it as it was issued")
    return found.removesuffix("\n").removesuffix("\r")


def origin(name: str) -> str:
    """Return where the value of NAME comes from, for messages."""
    if os.environ.get(name) or not os.environ.get(name + FILE):
        return f"the environment variable {name}"
    return f"the file that {name}{FILE} names"
