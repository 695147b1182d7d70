"""`connector try` sends one order to a test environment, and to production only after a yes."""

from click.testing import CliRunner

from connector.cli import connector
from tests.shop import Result, Shop


def tried(shop: Shop, *arguments: str, answer: str = "n") -> Result:
    given = ["--project-dir", str(shop.directory), "try", *arguments]
    result = CliRunner().invoke(connector, given, input=f"{answer}\n")
    return Result(result.exit_code, result.stdout, result.stderr)


def test_one_order_is_sent_and_its_request_and_answer_are_shown(shop):
    shop.orders(0, 3)
    shop.configure()
    result = tried(shop, "northbeam")
    assert '"order_id": "order-000000"' in result.out
    assert "the answer: delivered (HTTP 200)" in result.out
    assert "Send order-000000 for real, to production?" in result.err
    assert shop.plan()["added"] == 2
    again = tried(shop, "northbeam", "order-000000", "--yes")
    assert "the answer: delivered" in again.out
    assert "for real" not in again.err


def test_what_is_configured_for_real_is_tried_in_the_sandbox_first(shop):
    shop.orders(0, 3)
    shop.configure(environment="production")
    assert "northbeam · local · the request" in tried(shop, "northbeam").out
    assert shop.sandbox.counts()["requests"] == 0


def test_what_cannot_be_tried_is_told(shop):
    shop.orders(0, 1)
    shop.configure()
    for arguments, words in (
        (["--environment", "production"], "it is tried elsewhere first"),
        (["order-9"], "no order order-9"),
    ):
        result = tried(shop, "northbeam", *arguments)
        assert result.code == 2
        assert words in result.err
