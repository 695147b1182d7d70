"""Everything that can end a run, named by the next move; only the command line prints them.

ConnectorError                  2
├── ConfigError                 2  connector.yml or the environment
├── InstallationError           2  a package is of a version that cannot be used
├── ProjectError                2  dbt_project.yml, profiles.yml or the manifest
├── WarehouseError              2  the warehouse file cannot be read
├── ModelError                  2  a view does not fit the contract
├── ChoiceError                 2  an order was asked for that is not there
├── ContractError               2  a contract is not one
├── ExportError                 2  results cannot be written where they are wanted
├── LedgerError                 2  the ledger cannot be used
├── OldLedgerError              2  the ledger lacks what was sent last
├── EverythingRefusedError      2  the destination refuses every order with one message
├── CredentialsRefusedError     3  the destination refuses the credentials
├── DestinationUnavailableError 4  the destination does not answer
├── LedgerHeldError             5  another run holds the ledger
├── WarehouseBusyError          5  another process holds the warehouse
├── GuardError                  6  the plan is far larger than usual
├── CannotTellError             7  what a destination holds cannot be read back
├── CrashError                  70 something that must not happen
└── InterruptedRunError         130 or 143
"""

import traceback
from typing import Self


class ConnectorError(Exception):
    """Something a user can put right; `exit_code` is what the process ends with.

    `facts` are counts of what a run had done by then, by the names of a summary. `cause` says what
    happened in our own words alone where the message quotes an API, so that it may be kept and
    leave the machine.
    """

    exit_code = 2
    facts: dict[str, object] | None = None
    cause = ""
    is_recorded = False  # whether the ledger knows of it
    is_said = False  # whether the command line has printed it

    @property
    def told(self) -> str:
        """Return what happened, without the words of others."""
        return self.cause or str(self)

    def because(self, cause: str) -> Self:
        """Set what is said of it without the words of others, and return it."""
        self.cause = cause
        return self


class ConfigError(ConnectorError):
    """connector.yml, or the environment that it names, is wrong."""


class InstallationError(ConnectorError):
    """A package is installed in a version that cannot be used."""


class ProjectError(ConnectorError):
    """The dbt project, its profile or its manifest is missing or cannot be understood."""


class WarehouseError(ConnectorError):
    """The warehouse cannot be opened or read."""


class ModelError(ConnectorError):
    """A destination view is missing or does not fit the contract."""


class ChoiceError(ConnectorError):
    """An order was asked for by an id that is not there."""


class ContractError(ConnectorError):
    """A contract file uses what the connector does not support."""


class LedgerError(ConnectorError):
    """The ledger cannot be opened, read or written."""


class OldLedgerError(ConnectorError):
    """The ledger lacks what was sent last, and sending everything again sets something off."""


class ExportError(ConnectorError):
    """Results cannot be written where they are wanted."""


class EverythingRefusedError(ConnectorError):
    """The destination refused several different orders with one message and accepted none."""

    BLAMES_NONE = "no order was marked as refused"  # what its message ends with


class CredentialsRefusedError(ConnectorError):
    """The destination refuses the credentials."""

    exit_code = 3


class DestinationUnavailableError(ConnectorError):
    """The destination did not answer in time; the next run sends what is pending."""

    exit_code = 4


class LedgerHeldError(ConnectorError):
    """Another run holds the ledger."""

    exit_code = 5


class WarehouseBusyError(ConnectorError):
    """Another process holds the warehouse, most likely dbt."""

    exit_code = 5


class GuardError(ConnectorError):
    """A guard stopped the run before anything was sent."""

    exit_code = 6


class CannotTellError(ConnectorError):
    """What a destination holds cannot be read back, so that nobody can tell whether it is right."""

    exit_code = 7


class CrashError(ConnectorError):
    """An error that nobody foresaw; its own text is left out, as it may hold customer data.

    `frames` are lines that say where it was raised.
    """

    exit_code = 70

    frames: tuple[str, ...] = ()

    @classmethod
    def of(cls, error: BaseException) -> "CrashError":
        """Return the error that tells of another one."""
        kind = f"{type(error).__module__}.{type(error).__name__}"
        found = cls(f"unexpected {kind}; its text is left out, as it may hold customer data")
        frames = traceback.extract_tb(error.__traceback__)
        found.frames = (
            *(f"  {each.filename}:{each.lineno} in {each.name}" for each in frames),
            "Please report this with the lines above.",
        )
        return found


class InterruptedRunError(ConnectorError):
    """A signal ended the run; what was in flight was finished and recorded."""

    def __init__(self, message: str, signal_number: int) -> None:
        """Remember the signal, since a shell expects 128 plus its number as the exit code."""
        super().__init__(message)
        self.signal_number = signal_number
        self.exit_code = 128 + signal_number

    def __reduce__(self) -> tuple[object, ...]:
        """Return what makes it anew in another process."""
        return type(self), (str(self), self.signal_number), self.__dict__
