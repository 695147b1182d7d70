"""A local stand-in for the destinations, on one address and with faults on demand.

`connector.sandbox.api` starts it. Beside the paths of the destinations themselves it answers:

| path | answer |
|---|---|
| `GET /sandbox/health` | `{"status": "ready"}` |
| `GET /sandbox/counts` | orders, children, calls, bytes, writes; exact revenue a currency |
| `GET /sandbox/orders` | every stored order as it was received, one a line |
| `GET /sandbox/writes` | `{key: times written}`; with `?key=…` each write of that order |
| `GET` or `PUT /sandbox/faults` | the faults in force, a JSON list of what `--fault` takes |
| `GET` or `PUT /sandbox/poison` | `{"named": regex, "unnamed": regex, "everything": message}` |
| `POST /sandbox/reset` | forgets orders, writes and requests; faults and poison stay |

All but `health` and `reset` take `?destination=…`; without it they mean Northbeam.
"""
