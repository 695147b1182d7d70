"""The bound: bodies that are ready in a file, posted.

python ready.py BODIES URL [THREADS]
"""

import struct
import sys
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import requests

path, url = Path(sys.argv[1]), sys.argv[2]
threads = int(sys.argv[3]) if sys.argv[3:] else 1
own = threading.local()


def bodies() -> Iterator[bytes]:
    """Yield the bodies of the file, each behind its length."""
    with path.open("rb") as file:
        while head := file.read(4):
            yield file.read(struct.unpack("<I", head)[0])


def post(body: bytes) -> None:
    """Post a body over the session of the thread."""
    if not hasattr(own, "session"):
        own.session = requests.Session()
        own.session.headers["Content-Type"] = "application/json"
    own.session.post(url, data=body, timeout=30).raise_for_status()


waiting = deque[Future[None]]()
with ThreadPoolExecutor(threads) as pool:
    for body in bodies():
        if threads == 1:
            post(body)
            continue
        waiting.append(pool.submit(post, body))
        if len(waiting) >= 2 * threads:
            waiting.popleft().result()
    for each in waiting:
        each.result()
