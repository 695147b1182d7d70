"""What each kind of fault does to a call.

Those that store leave a refusal as it is: a fault never makes a wrong order look accepted.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from email.utils import formatdate
from functools import partial
from time import time

import orjson
from starlette.responses import Response, StreamingResponse

from connector.sandbox.calls.answers import Answer, as_json
from connector.sandbox.handling.exchange import Exchange

Behaviour = Callable[[Exchange], Awaitable[Response]]

ELSEWHERE = "/elsewhere"
_HTML = b"<!DOCTYPE html><html><head><title>Bad gateway</title></head><body>proxy</body></html>"
_HUGE = b'{"message": "' + b"x" * (2 * 1024 * 1024) + b'"}'
_SAYS_NO = b'{"status": "error", "message": "try again later"}'
_SLOW_SECONDS = 1.0
_SLOW_STEPS = 30


async def _instead(exchange: Exchange, answer: Answer) -> Response:
    await exchange.body()
    return answer.response()


async def _after(exchange: Exchange, answer: Answer) -> Response:
    judged = await exchange.answer()
    exchange.is_refused = not judged.is_accepted
    return (answer if judged.is_accepted else judged).response()


async def _failed(exchange: Exchange, status: int) -> Response:
    return await _instead(exchange, exchange.desk.destination.failed(status))


async def _stored_failed(exchange: Exchange, status: int) -> Response:
    return await _after(exchange, exchange.desk.destination.failed(status))


async def _unauthorised(exchange: Exchange) -> Response:
    return await _instead(exchange, exchange.desk.destination.unauthorised())


async def _forbidden(exchange: Exchange) -> Response:
    return await _instead(exchange, exchange.desk.destination.forbidden())


async def _rate_limited(exchange: Exchange) -> Response:
    seconds = exchange.desk.settings.retry_after
    return await _instead(exchange, exchange.desk.destination.rate_limited(seconds))


async def _rate_limited_until(exchange: Exchange) -> Response:
    response = await _rate_limited(exchange)
    date = formatdate(time() + exchange.desk.settings.retry_after, usegmt=True)
    response.headers["retry-after"] = date
    return response


async def _redirect(exchange: Exchange) -> Response:
    location = f"{ELSEWHERE}/{exchange.desk.contract.destination}"
    return await _instead(exchange, Answer(307, headers={"location": location}))


async def _reset_before(exchange: Exchange) -> Response:
    exchange.wire.reset()
    return Response()


async def _reset_after(exchange: Exchange) -> Response:
    await exchange.answer()
    exchange.wire.reset()
    return Response()


async def _half(exchange: Exchange) -> Response:
    answer = await exchange.answer()
    half = answer.body[: len(answer.body) // 2]
    head = (
        f"HTTP/1.1 {answer.status} Half\r\n"
        f"content-type: {answer.content_type}\r\n"
        f"content-length: {len(answer.body) + 1}\r\n\r\n"
    )
    exchange.wire.send_and_close(head.encode() + half)
    return Response()


async def _unknown(exchange: Exchange) -> Response:
    judged = await exchange.answer()
    if not judged.is_accepted:
        exchange.is_refused = True
        return judged.response()
    return as_json(200, {**orjson.loads(judged.body or b"{}"), "traceNumber": 7}).response()


async def _slow(exchange: Exchange) -> Response:
    answer = await exchange.answer()
    exchange.is_refused = not answer.is_accepted
    headers = {"content-type": answer.content_type, "content-length": str(len(answer.body))}
    return StreamingResponse(_trickle(answer.body), answer.status, headers)


async def _trickle(body: bytes) -> AsyncIterator[bytes]:
    step = max(1, len(body) // _SLOW_STEPS)
    for start in range(0, len(body), step):
        await asyncio.sleep(_SLOW_SECONDS * step / len(body))
        yield body[start : start + step]


async def _stall(exchange: Exchange) -> Response:
    await exchange.body()
    exchange.wire.stall()
    await asyncio.wait(
        [asyncio.ensure_future(exchange.left())], timeout=exchange.desk.settings.stall
    )
    exchange.wire.reset()
    return Response()


async def _late(exchange: Exchange) -> Response:
    response = await _stall(exchange)
    await exchange.answer()
    return response


BEHAVIOURS: dict[str, Behaviour] = {
    "401": _unauthorised,
    "403": _forbidden,
    "408": partial(_failed, status=408),
    "425": partial(_failed, status=425),
    "429": _rate_limited,
    "429-date": _rate_limited_until,
    "500": partial(_failed, status=500),
    "502": partial(_failed, status=502),
    "503": partial(_failed, status=503),
    "stored-500": partial(_stored_failed, status=500),
    "reset-before": _reset_before,
    "reset-after": _reset_after,
    "slow": _slow,
    "stall": _stall,
    "late": _late,
    "half": _half,
    "html": partial(_instead, answer=Answer(502, _HTML, "text/html")),
    "html-200": partial(_instead, answer=Answer(200, _HTML, "text/html")),
    "says-no": partial(_after, answer=Answer(200, _SAYS_NO)),
    "unknown": _unknown,
    "empty": partial(_after, answer=Answer(200)),
    "huge": partial(_after, answer=Answer(200, _HUGE)),
    "redirect": _redirect,
}
