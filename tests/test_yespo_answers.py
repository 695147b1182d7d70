"""Yespo's answers: failures in a 200, calls accepted before, and what leaves a doubt."""

import json

import pytest

from connector.destinations.yespo.answer import read
from connector.http.answer import MAX_BODY, Outcome, Response, by_status

HTML = b"<!DOCTYPE html><html><body>Bad gateway</body></html>"
DEEP = b"[" * 100_000


def response(status: int, body: object = None, **facts) -> Response:
    text = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    return Response(status, "application/json", text, **facts)


def failure(order_id: object, error: object = "wrong") -> dict:
    return {"order": {"externalOrderId": order_id, "totalCost": 1}, "error": error}


@pytest.mark.parametrize("status", [*range(300, 600), 999])
def test_a_failure_of_the_call_means_what_its_status_says(status):
    for body in (None, {"message": "no"}, HTML, DEEP):
        answer, plain = read(response(status, body)), by_status(response(status, body))
        assert (answer.outcome, answer.in_doubt) == (plain.outcome, plain.in_doubt)
        assert answer.refused == {}


@pytest.mark.parametrize(
    "body",
    [
        None,
        b" \n",
        {},
        {"failedOrders": []},
        {"failedOrders": None},
        {"failedOrders": {}},
        {"asyncSessionId": "a", "id": 7},
    ],
)
def test_a_success_without_failures_delivers_all(body):
    answer = read(response(200, body))
    assert (answer.outcome, answer.refused, answer.in_doubt) == (Outcome.DELIVERED, {}, False)


def test_the_failed_orders_are_refused_and_the_others_delivered():
    failed = [failure("A", "phone is wrong"), failure(7, None), failure("B", ["x"])]
    answer = read(response(200, {"failedOrders": failed, "id": 1}))
    assert answer.outcome is Outcome.DELIVERED
    assert answer.refused == {"A": "phone is wrong", "7": "refused", "B": "['x']"}


def test_one_object_in_place_of_a_list_is_understood():
    assert read(response(200, {"failedOrders": failure("A")})).refused == {"A": "wrong"}


@pytest.mark.parametrize(
    "failed",
    [
        "A",
        7,
        True,
        [None],
        ["A"],
        [[]],
        [{}],
        {"error": "wrong"},
        [{"order": "A", "error": "wrong"}],
        [{"order": {}, "error": "wrong"}],
        [failure(None)],
        [failure(True)],
        [failure("")],
        [failure({"id": "A"})],
    ],
)
def test_a_failure_that_does_not_tell_whose_it_is_names_nobody(failed):
    """A failure without an id belongs to no known order, so the halves are tried."""
    answer = read(response(200, {"failedOrders": failed}))
    assert answer.outcome is Outcome.DELIVERED
    assert list(answer.refused) == [""]
    assert answer.message == answer.refused[""]


def test_who_is_named_beside_a_failure_without_a_name_is_refused_too():
    answer = read(response(200, {"failedOrders": [failure("A"), {"error": "lost"}]}))
    assert answer.refused == {"A": "wrong", "": "lost"}


@pytest.mark.parametrize("body", ["text", 7, True, [failure("A")], [1]])
def test_a_success_of_no_known_shape_leaves_a_doubt_and_is_not_sent_again(body):
    answer = read(response(200, body))
    assert (answer.outcome, answer.in_doubt) == (Outcome.DOUBT, True)


@pytest.mark.parametrize("body", [HTML, b"OK", b"{", DEEP, b"\xff\xfe"])
def test_a_success_that_is_no_json_comes_from_in_between(body):
    answer = read(response(200, body))
    assert (answer.outcome, answer.in_doubt) == (Outcome.RETRY, True)


def test_a_list_of_failures_too_long_to_read_is_halved():
    answer = read(response(200, b"{" * MAX_BODY, complete=False))
    assert (answer.outcome, answer.in_doubt) == (Outcome.SPLIT, True)


@pytest.mark.parametrize("status", [200, 400, 409, 429, 500])
@pytest.mark.parametrize(
    "body",
    [b"Duplicated request", {"message": "Duplicated request"}, {"error": "duplicated request."}],
)
def test_a_call_that_was_taken_just_before_stays_in_doubt(status, body):
    answer = read(response(status, body))
    assert (answer.outcome, answer.in_doubt, answer.refused) == (Outcome.DOUBT, True, {})


def test_one_order_that_is_a_duplicate_does_not_put_the_others_in_doubt():
    answer = read(response(200, {"failedOrders": [failure("A", "Duplicated request")]}))
    assert (answer.outcome, answer.refused) == (Outcome.DELIVERED, {"A": "Duplicated request"})


def test_a_refused_key_is_named_with_its_likely_causes():
    answer = read(response(401, {"message": "Unauthorized"}))
    assert answer.outcome is Outcome.CREDENTIALS
    assert "api_key is refused" in answer.message
    assert "Unauthorized" in answer.message


@pytest.mark.parametrize("header", [None, 7.0])
def test_too_many_requests_are_paused_from_five_seconds_to_five_minutes(header):
    answer = read(response(429, retry_after=header))
    assert (answer.outcome, answer.in_doubt) == (Outcome.RETRY, False)
    assert (answer.retry_after, answer.pause) == (header, (5.0, 300.0))


def test_names_that_no_text_can_hold_are_replaced():
    body = b'{"failedOrders": {"order": {"externalOrderId": "A\\ud800"}, "error": "\\udc00!"}}'
    assert read(response(200, body)).refused == {"A?": "?!"}
