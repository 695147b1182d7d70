"""The script a team writes first: rows, json.dumps, requests, 1,000 orders a request.

    python rows.py DB URL STATE

STATE is a file that holds the last cursor value; without it all orders go.
"""

import json
import sys
from pathlib import Path

import duckdb
import requests

database, url, state = sys.argv[1], sys.argv[2], Path(sys.argv[3])
last = state.read_text() if state.exists() else "1970-01-01"
connection = duckdb.connect(database, read_only=True)
connection.execute("set timezone = 'UTC'")
sql = "select * from nested where _changed_at > ?::timestamptz order by _changed_at"
result = connection.execute(sql, [last])
names = [column[0] for column in result.description or ()]
session, newest = requests.Session(), last
session.headers["Content-Type"] = "application/json"
while rows := result.fetchmany(1000):
    batch = []
    for row in rows:
        order = dict(zip(names, row, strict=True))
        newest = str(order.pop("_changed_at"))
        batch.append(order)
    answer = session.post(url, data=json.dumps(batch).encode(), timeout=30)
    answer.raise_for_status()
scratch = state.with_suffix(".new")
scratch.write_text(newest)
scratch.replace(state)
