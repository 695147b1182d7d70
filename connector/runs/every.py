"""Does the work of a command for each account, in sequence or in parallel."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from connector.runs.workspace import Account

Result = TypeVar("Result")


def every(
    accounts: Sequence[Account], work: Callable[[Account], Result], jobs: int = 1
) -> list[Result]:
    """Return what the work for each account returns, in the order of the accounts.

    Several jobs run in as many threads; an exception of one is raised when all have ended. An
    account opened with `sharing` takes only its share of memory and threads.
    """
    if jobs == 1:
        return [work(account) for account in accounts]
    with ThreadPoolExecutor(jobs, thread_name_prefix="account") as pool:
        return list(pool.map(work, accounts))
