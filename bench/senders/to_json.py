"""The next better script: DuckDB writes the JSON text, Python joins and posts it.

python to_json.py DB URL STATE [THREADS]
"""

import sys
import threading
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import duckdb
import requests

database, url, state = sys.argv[1], sys.argv[2], Path(sys.argv[3])
threads = int(sys.argv[4]) if sys.argv[4:] else 1
last = state.read_text() if state.exists() else "1970-01-01"
own = threading.local()


def post(body: bytes) -> None:
    """Post a body over the session of the thread."""
    if not hasattr(own, "session"):
        own.session = requests.Session()
        own.session.headers["Content-Type"] = "application/json"
    own.session.post(url, data=body, timeout=30).raise_for_status()


connection = duckdb.connect(database, read_only=True)
connection.execute("set timezone = 'UTC'")
sql = "select payload, _changed_at from payloads where _changed_at > ?::timestamptz"
result = connection.execute(f"{sql} order by _changed_at", [last])
newest, waiting = last, deque[Future[None]]()
with ThreadPoolExecutor(threads) as pool:
    while rows := result.fetchmany(1000):
        newest = str(rows[-1][1])
        body = f"[{','.join(payload for payload, _ in rows)}]".encode()
        if threads == 1:
            post(body)
            continue
        waiting.append(pool.submit(post, body))
        if len(waiting) >= 2 * threads:
            waiting.popleft().result()
    for each in waiting:
        each.result()
scratch = state.with_suffix(".new")
scratch.write_text(newest)
scratch.replace(state)
