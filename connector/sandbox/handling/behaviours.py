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
from connector.sandbox.handling.context import RequestContext

Behaviour = Callable[[RequestContext], Awaitable[Response]]

ELSEWHERE = "/elsewhere"
_HTML = b"<!DOCTYPE html><html><head><title>Bad gateway</title></head><body>proxy</body></html>"
_HUGE = b'{"message": "' + b"x" * (2 * 1024 * 1024) + b'"}'
_SAYS_NO = b'{"status": "error", "message": "try again later"}'
_SLOW_SECONDS = 1.0
_SLOW_STEPS = 30


async def _instead(context: RequestContext, answer: Answer) -> Response:
    await context.body()
    return answer.response()


async def _after(context: RequestContext, answer: Answer) -> Response:
    judged = await context.answer()
    context.is_refused = not judged.is_accepted
    return (answer if judged.is_accepted else judged).response()


async def _failed(context: RequestContext, status: int) -> Response:
    return await _instead(context, context.served.destination.failed(status))


async def _stored_failed(context: RequestContext, status: int) -> Response:
    return await _after(context, context.served.destination.failed(status))


async def _unauthorised(context: RequestContext) -> Response:
    return await _instead(context, context.served.destination.unauthorised())


async def _forbidden(context: RequestContext) -> Response:
    return await _instead(context, context.served.destination.forbidden())


async def _rate_limited(context: RequestContext) -> Response:
    seconds = context.served.settings.retry_after
    return await _instead(context, context.served.destination.rate_limited(seconds))


async def _rate_limited_until(context: RequestContext) -> Response:
    response = await _rate_limited(context)
    date = formatdate(time() + context.served.settings.retry_after, usegmt=True)
    response.headers["retry-after"] = date
    return response


async def _redirect(context: RequestContext) -> Response:
    location = f"{ELSEWHERE}/{context.served.contract.destination}"
    return await _instead(context, Answer(307, headers={"location": location}))


async def _reset_before(context: RequestContext) -> Response:
    context.socket.reset()
    return Response()


async def _reset_after(context: RequestContext) -> Response:
    await context.answer()
    context.socket.reset()
    return Response()


async def _half(context: RequestContext) -> Response:
    answer = await context.answer()
    half = answer.body[: len(answer.body) // 2]
    head = (
        f"HTTP/1.1 {answer.status} Half\r\n"
        f"content-type: {answer.content_type}\r\n"
        f"content-length: {len(answer.body) + 1}\r\n\r\n"
    )
    context.socket.send_and_close(head.encode() + half)
    return Response()


async def _unknown(context: RequestContext) -> Response:
    judged = await context.answer()
    if not judged.is_accepted:
        context.is_refused = True
        return judged.response()
    return as_json(200, {**orjson.loads(judged.body or b"{}"), "traceNumber": 7}).response()


async def _slow(context: RequestContext) -> Response:
    answer = await context.answer()
    context.is_refused = not answer.is_accepted
    headers = {"content-type": answer.content_type, "content-length": str(len(answer.body))}
    return StreamingResponse(_trickle(answer.body), answer.status, headers)


async def _trickle(body: bytes) -> AsyncIterator[bytes]:
    step = max(1, len(body) // _SLOW_STEPS)
    for start in range(0, len(body), step):
        await asyncio.sleep(_SLOW_SECONDS * step / len(body))
        yield body[start : start + step]


async def _stall(context: RequestContext) -> Response:
    await context.body()
    context.socket.stall()
    await asyncio.wait(
        [asyncio.ensure_future(context.left())], timeout=context.served.settings.stall
    )
    context.socket.reset()
    return Response()


async def _late(context: RequestContext) -> Response:
    response = await _stall(context)
    await context.answer()
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
