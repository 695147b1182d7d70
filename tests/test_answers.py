"""What every answer means: by its status alone, and in each destination's format."""

import json

import pytest

from connector.destinations import believing, contracts
from connector.destinations.northbeam.answer import read
from connector.http.answer import MAX_BODY, Outcome, Response, by_status

SHIPPED = {name: believing(contract) for name, contract in contracts().items()}
READERS = {
    "by status": by_status,
    **{name: SHIPPED[name] for name in ("northbeam", "triple_whale")},
}
triple_whale = SHIPPED["triple_whale"]
RECEIVED = b'{"success":true,"message":"Orders received"}'
HTML = b"<!DOCTYPE html><html><body>Bad gateway</body></html>"
DEEP = b"[" * 100_000


def response(status: int, body: bytes = b"{}", kind: str = "application/json", **facts) -> Response:
    return Response(status, kind, body, **facts)


def refusal(errors: object) -> Response:
    """A 400 as Northbeam writes it: JSON within JSON, or plain text."""
    text = errors if isinstance(errors, str) else json.dumps(errors)
    return response(400, json.dumps({"status": 400, "response": text}).encode())


# The status alone.


@pytest.mark.parametrize(
    ("status", "outcome", "in_doubt"),
    [
        (200, Outcome.DELIVERED, False),
        (201, Outcome.DELIVERED, False),
        (202, Outcome.DELIVERED, False),
        (301, Outcome.RETRY, True),
        (302, Outcome.RETRY, True),
        (307, Outcome.RETRY, True),
        (308, Outcome.RETRY, True),
        (400, Outcome.SPLIT, False),
        (401, Outcome.CREDENTIALS, False),
        (402, Outcome.STOP, False),
        (403, Outcome.CREDENTIALS, False),
        (404, Outcome.STOP, False),
        (405, Outcome.STOP, False),
        (407, Outcome.STOP, False),
        (408, Outcome.RETRY, True),
        (409, Outcome.SPLIT, False),
        (410, Outcome.STOP, False),
        (411, Outcome.STOP, False),
        (413, Outcome.SPLIT, False),
        (415, Outcome.STOP, False),
        (422, Outcome.SPLIT, False),
        (425, Outcome.RETRY, False),
        (429, Outcome.RETRY, False),
        (431, Outcome.STOP, False),
        (451, Outcome.STOP, False),
        (500, Outcome.RETRY, True),
        (501, Outcome.RETRY, True),
        (502, Outcome.RETRY, True),
        (503, Outcome.RETRY, True),
        (504, Outcome.RETRY, True),
        (520, Outcome.RETRY, True),
        (600, Outcome.RETRY, True),
    ],
)
@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
def test_each_status_has_a_next_move(reader, status, outcome, in_doubt):
    body = RECEIVED if outcome is Outcome.DELIVERED else b"{}"
    answer = reader(response(status, body))
    assert (answer.outcome, answer.status, answer.in_doubt) == (outcome, status, in_doubt)
    assert answer.refused == {}


@pytest.mark.parametrize("kind", ["application/json", "text/html", ""])
@pytest.mark.parametrize(
    "body", [b"", b"null", b'"', b"[]", b"\xff\xfe\x00", HTML, DEEP, b'{"response": 5}']
)
@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
def test_no_status_with_any_body_is_a_surprise(reader, body, kind):
    for status in (*range(200, 600), 999):
        assert reader(response(status, body, kind)).outcome in Outcome


EVERYWHERE, NOWHERE = {"northbeam", "triple_whale", "yespo"}, set()  # with what it must say


@pytest.mark.parametrize(
    ("body", "by"),
    [
        (RECEIVED, EVERYWHERE),
        (b"", {"yespo"}),
        (b" \n", {"yespo"}),
        (b"{}", {"northbeam", "yespo"}),
        (b'{"status":"ok","response":[]}', {"northbeam", "yespo"}),
        (b'{"status":202,"error":null}', {"northbeam", "yespo"}),
        (b'{"status":"OK","rejected":0}', {"northbeam", "ometria", "yespo"}),
        (b'{"status":"OK","rejected":false}', {"northbeam", "yespo"}),
        (b'{"success":1}', {"northbeam", "yespo"}),
        (b'{"success":"true"}', {"northbeam", "yespo"}),
        (b"[]", NOWHERE),
        (b"null", NOWHERE),
        (b'"accepted"', NOWHERE),
        (b"7", NOWHERE),
        (b'{"error":"no"}', NOWHERE),
        (b'{"success":true,"errors":[{"order_id":"1"}]}', NOWHERE),
        (b'{"success":false}', NOWHERE),
        (b'{"status":"Error"}', NOWHERE),
        (b'{"status":"failed"}', NOWHERE),
        (b'{"status":400}', NOWHERE),
        (b'{"success":true,"status":"500"}', NOWHERE),
        (b'{"response":[{"order_id":"1"}]}', NOWHERE),
        (RECEIVED[:-1], NOWHERE),
        (HTML, NOWHERE),
        (b"OK", NOWHERE),
        (b"\xff\xfe", NOWHERE),
        (DEEP, NOWHERE),
    ],
)
def test_a_success_is_believed_only_from_the_api_itself(body, by):
    for name, reader in SHIPPED.items():
        answer = reader(response(200, body))
        assert (answer.outcome is Outcome.DELIVERED) is (name in by), name
        assert answer.outcome in {Outcome.DELIVERED, Outcome.RETRY, Outcome.DOUBT}, name
        assert answer.in_doubt is not (name in by), name


def test_an_answer_that_counts_refused_orders_halves_the_call_until_they_are_alone():
    answer = SHIPPED["ometria"](response(200, b'{"status":"OK","accepted":2,"rejected":1}'))
    assert (answer.outcome, answer.in_doubt, answer.refused) == (Outcome.SPLIT, True, {})
    assert answer.message.startswith("some of the call were refused: {")


def test_members_of_a_success_that_are_not_known_are_warned_of_once(caplog):
    reader = believing(contracts()["northbeam"])
    for body in (RECEIVED, b'{"message":"","trace":7}', b'{"trace":8}', b'{"trace":9,"queued":1}'):
        assert reader(response(200, body)).outcome is Outcome.DELIVERED
    told = [each.getMessage().rpartition(": ")[2] for each in caplog.records]
    assert told == ["success", "trace", "queued"]


def test_an_answer_without_an_end_proves_nothing():
    answer = read(response(200, b"{" * MAX_BODY, complete=False))
    assert (answer.outcome, answer.in_doubt) == (Outcome.RETRY, True)
    assert "more than 1,048,576 bytes" in answer.message
    assert read(response(400, b"[" * MAX_BODY, complete=False)).outcome is Outcome.SPLIT


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (response(502, HTML, "text/html"), "an HTML page, probably from a proxy"),
        (response(502, HTML, ""), "an HTML page, probably from a proxy"),
        (response(500, b""), "no message"),
        (response(503, b"so\n  sorry"), "so sorry"),
        (response(503, b"\xff!"), "\ufffd!"),
        (response(307), "the URL redirects, which is not followed"),
        (response(404, b'"no"'), '"no"'),
        (response(200, HTML, "text/html"), "not an answer of the API: an HTML page"),
        (response(401, b"no"), "the credentials are refused, api_key or client_id: no"),
    ],
)
def test_an_answer_is_told_in_the_api_s_own_words_or_in_clear_ones(given, words):
    assert words in read(given).message


def test_a_long_message_is_cut():
    assert len(read(response(500, b"x" * MAX_BODY)).message) < 30_000


@pytest.mark.parametrize("status", [429, 500, 503])
def test_retry_after_is_passed_on(status):
    assert read(response(status, retry_after=7.0)).retry_after == 7.0


@pytest.mark.parametrize(
    ("body", "header", "seconds"),
    [
        (b'{"error":"rate_limit_error","retry_after_seconds":12}', None, 12.0),
        (b'{"retry_after_seconds":12}', 3.0, 3.0),
        (b'{"retry_after_seconds":"12"}', None, None),
        (b'{"retry_after_seconds":NaN}', None, None),
        (b'{"retry_after_seconds":1e999}', None, None),
        (b'{"retry_after_seconds":-1}', None, 0.0),
        (b"[]", None, None),
        (b"", None, None),
    ],
)
def test_northbeam_tells_in_the_body_how_long_to_wait(body, header, seconds):
    assert read(response(429, body, retry_after=header)).retry_after == seconds


# Orders that are refused.


def test_the_named_orders_are_refused_with_the_words_of_the_api():
    answer = read(
        refusal(
            [
                {"order_id": "A", "message": "too short", "json_path": "$[0].currency"},
                {"order_id": 7, "message": "wrong"},
                {"order_id": "B"},
            ]
        )
    )
    assert answer.outcome is Outcome.REFUSED
    assert answer.refused == {"A": "too short at $[0].currency", "7": "wrong", "B": "refused"}


def test_a_list_that_is_not_encoded_twice_is_understood_as_well():
    body = json.dumps({"response": [{"order_id": "A", "message": "wrong"}]}).encode()
    assert read(response(400, body)).refused == {"A": "wrong"}


@pytest.mark.parametrize(
    "errors",
    [
        "Payload is not valid",
        "",
        "[",
        "null",
        "[1, null, []]",
        '[{"message": "no name"}]',
        '[{"order_id": ""}]',
        '{"order_id": "A"}',
        DEEP.decode(),
    ],
)
def test_a_refusal_that_names_no_order_is_to_be_halved(errors):
    answer = read(refusal(errors))
    assert (answer.outcome, answer.refused) == (Outcome.SPLIT, {})


def test_a_refusal_without_a_body_or_cut_short_is_to_be_halved():
    whole = refusal([{"order_id": "A", "message": "wrong"}]).body
    for body in (b"", whole[:-1], HTML):
        assert read(response(400, body)).outcome is Outcome.SPLIT
    assert read(response(400, whole, complete=False)).outcome is Outcome.SPLIT


def test_names_that_no_text_can_hold_are_replaced():
    errors = '[{"order_id": "A\\ud800", "message": "\\udc00 wrong"}]'
    assert read(refusal(errors)).refused == {"A?": "? wrong"}


# Triple Whale: a 400 refuses the orders that it names, and accepts the others.


def partial(*errors: object, status: int = 400) -> Response:
    """A refusal as Triple Whale writes it."""
    body = {"success": False, "message": "Validation errors", "errors": errors}
    return response(status, json.dumps(body).encode())


def test_triple_whale_has_taken_the_orders_that_it_does_not_name():
    answer = triple_whale(
        partial(
            {"order_id": "A", "error": "id is required"},
            {"order_id": 7},
            {"order_id": "A", "error": "price is required"},
            {"order_id": "A", "error": "id is required"},
        )
    )
    assert (answer.outcome, answer.status, answer.in_doubt) == (Outcome.DELIVERED, 400, False)
    assert answer.refused == {"A": "id is required; price is required", "7": "refused"}


@pytest.mark.parametrize(
    "body",
    [
        b'{"success":false,"message":"Invalid order data."}',
        b'{"success":false,"message":"shop is required","errors":[]}',
        b'{"success":false,"errors":{"order_id":"A","error":"wrong"}}',
        b'{"success":false,"errors":[{"order_id":"A","error":"wrong"},{"error":"wrong"}]}',
        b'{"success":false,"errors":[{"order_id":"A","error":"wrong"},"wrong"]}',
        b'{"success":false,"errors":[{"order_id":null,"error":"wrong"}]}',
        b'{"success":false,"errors":[{"order_id":"A","error":"wrong"}]',
        b"[]",
        HTML,
        DEEP,
    ],
)
def test_triple_whale_has_taken_nothing_when_an_error_names_no_order(body):
    answer = triple_whale(response(400, body))
    assert (answer.outcome, answer.refused) == (Outcome.SPLIT, {})
    assert answer.message


def test_triple_whale_is_not_believed_when_a_success_says_that_it_is_none():
    assert triple_whale(response(200, b'{"success":true}')).outcome is Outcome.DELIVERED
    for body in (b'{"success":false}', b"{}", b"", b'{"message":"received"}', b'{"success":"no"}'):
        answer = triple_whale(response(200, body))
        assert (answer.outcome, answer.in_doubt) == (Outcome.DOUBT, True)
    named = triple_whale(partial({"order_id": "A", "error": "wrong"}, status=200))
    assert (named.outcome, named.in_doubt) == (Outcome.DOUBT, True)


@pytest.mark.parametrize(
    ("status", "likely"),
    [
        (401, "api_key is refused: it is missing, revoked, or lacks the scope Orders: Write"),
        (403, "shop is not the Shop URL of Settings > Store, or the owner of api_key has no"),
        (404, "check url in connector.yml"),
        (500, "perhaps the shop is not known, check that shop is the Shop URL"),
    ],
)
def test_triple_whale_s_words_stand_behind_their_likely_cause(status, likely):
    message = triple_whale(response(status, b'{"success":false,"message":"its words"}')).message
    assert likely in message
    assert message.index(likely) < message.index("its words")
