"""The work of a command for each of its accounts: one after the other, or several at a time."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from connector.runs.workspace import Account

Result = TypeVar("Result")


def every(
    accounts: Sequence[Account], work: Callable[[Account], Result], jobs: int = 1
) -> list[Result]:
    """Return what the work for each account returns, in the order of the accounts.

    With several jobs it is called from as many threads, and what it raises is raised when all have
    ended. An account that was opened by `sharing` takes its share of memory and threads only.
    """
    if jobs == 1:
        return [work(account) for account in accounts]
    with ThreadPoolExecutor(jobs, thread_name_prefix="account") as pool:
        return list(pool.map(work, accounts))
