"""A local stand-in for the destinations, on one address and with faults on demand.

`connector.sandbox.api` starts it. Beside the paths of the destinations themselves it answers:

| path | answer |
|---|---|
| `GET /sandbox/health` | `{"status": "ready"}` |
| `GET /sandbox/counts` | orders, children, calls, bytes, writes, events; exact revenue a currency |
| `GET /sandbox/orders` | every stored order as it was received, one a line, but no void one |
| `DELETE /sandbox/orders?key=…` | deletes an order behind everybody's back: no write, no event |
| `PATCH /sandbox/orders?key=…` | sets the members of the body in an order, whose record stays |
| `POST /sandbox/orders` | adds the body; with `?key=…` a copy of that order, changed by the body |
| `GET` or `PUT /sandbox/giving` | how orders are read back: see `giving.Giving` |
| `GET /sandbox/writes` | `{key: times written}`; with `?key=…` each write of that order |
| `GET /sandbox/records` | `{key: live records}`; with `?key=…` each record of that order |
| `GET /sandbox/events` | `{key: events raised}`; with `?key=…` each event of that order |
| `GET` or `PUT /sandbox/faults` | the faults in force, a JSON list of what `--fault` takes |
| `GET` or `PUT /sandbox/poison` | `{"named": regex, "unnamed": regex, "everything": message}` |
| `GET` or `PUT /sandbox/variant` | the shape of the answers, a JSON text, where there are several |
| `POST /sandbox/reset` | forgets orders, writes, events and requests, and nothing else |

A live record is neither void nor deleted. The variants of Triple Whale are `named`, `nameless`
(errors without ids) and `unnamed` (no errors); those of Yespo `list`, `object` (a single failed
order is no list), `empty` (no body when no order failed) and `duplicated` (no call twice).

All but `health` and `reset` take `?destination=…`; without it they mean Northbeam.
"""
