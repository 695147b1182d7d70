"""What a check found, as a value, and what runs checks so that none stops the others."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from connector.exceptions import ConnectorError


class Status(StrEnum):
    """How a check ended."""

    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Result:
    """How a check ended, and what was found; of a failed one also what to do."""

    status: Status
    message: str


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of a check of a group, which is a destination or a part of the installation."""

    group: str
    check: str
    status: Status
    message: str

    def as_dict(self) -> dict[str, str]:
        """Return the JSON of it."""
        values = {"group": self.group, "check": self.check}
        return values | {"status": self.status.value, "message": self.message}


Examined = TypeVar("Examined")
Check = Callable[[Examined], Iterator[Result]]
Group = Mapping[str, Check[Examined]]


def ok(message: str) -> Result:
    """Return the result of a check that found nothing wrong."""
    return Result(Status.OK, message)


def failed(message: str) -> Result:
    """Return the result of a check that found what the message says, with what to do."""
    return Result(Status.FAILED, message)


def skipped(message: str) -> Result:
    """Return the result of a check that could not be made, or that does not apply."""
    return Result(Status.SKIPPED, message)


def findings(
    name: str, group: Group[Examined], examined: Examined, causes: dict[str, tuple[str, str]]
) -> Iterator[Finding]:
    """Yield what each check of a group finds.

    What raises fails; what fails for a reason that was told before is skipped. `causes` holds the
    reasons told so far, each with its group and check, and grows.
    """
    for check, function in group.items():
        for result in _made(function, examined):
            cause = causes.get(result.message)
            if result.status is Status.FAILED and cause:
                of, earlier = cause
                told = earlier if of == name else f"{of}: {earlier}"
                waits = f"not checked: what “{told}” found wrong comes first"
                yield Finding(name, check, Status.SKIPPED, waits)
            else:
                yield Finding(name, check, result.status, result.message)
            if result.status is Status.FAILED:
                causes.setdefault(result.message, (name, check))


def _made(function: Check[Examined], examined: Examined) -> Iterator[Result]:
    try:
        yield from function(examined)
    except ConnectorError as error:
        yield failed(str(error))
    except Exception as error:  # noqa: BLE001 - a check that breaks must not hide what others find
        yield failed(f"the check itself broke ({type(error).__name__}); please report this")
