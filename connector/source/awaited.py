"""Waits for a server in another thread, so that a signal ends the wait."""

import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")

_PATIENCE = 0.05  # seconds after which a query that is to be cancelled is cancelled again


def awaited(work: Callable[[], Result], cancel: Callable[[], None]) -> Result:
    """Return what `work` returns; an exception that interrupts the main thread cancels it.

    A signal is handled between two steps of the main thread, and a wait for a server is one step.
    So the main thread leaves the waiting to another one.
    """
    if threading.current_thread() is not threading.main_thread():
        return work()
    found: list[Result] = []
    errors: list[BaseException] = []
    is_done = threading.Event()  # an interrupted `join` takes the thread for ended

    def run() -> None:
        try:
            found.append(work())
        except BaseException as error:  # noqa: BLE001 - raised again by the main thread
            errors.append(error)
        finally:
            is_done.set()

    threading.Thread(target=run, daemon=True).start()
    try:
        is_done.wait()
    except BaseException:
        while not is_done.wait(_PATIENCE):
            cancel()
        raise
    if errors:
        raise errors[0]
    return found[0]
