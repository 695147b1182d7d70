"""Commands over several destinations: an error at one is reported, and the others go on."""

import pytest

from connector.reporting import listed_errors, run_reports, standing
from tests.shop import Shop

YESPO_FIRST = """
destinations:
  yespo:
    environment: local
    url: {url}/api/v1/orders
    api_key: ${{YESPO_API_KEY}}
  northbeam:
    environment: local
    url: {url}/v2/orders
    api_key: ${{NORTHBEAM_API_KEY}}
    client_id: ${{NORTHBEAM_CLIENT_ID}}
"""
READING = (["plan"], ["validate"], ["show", "order-000001"])
REMEMBERING = {"errors": listed_errors, "status": standing, "runs": run_reports}


@pytest.fixture
def two(shop: Shop, monkeypatch) -> Shop:
    """A shop with two destinations; the view of the first one is missing."""
    monkeypatch.setenv("YESPO_API_KEY", "planted-api-key")
    shop.write("warehouse: {path: oms.duckdb}\n" + YESPO_FIRST.format(url=shop.sandbox.url))
    shop.orders(0, 3)
    shop.sql("update northbeam__orders set currency = 'XXX' where order_id = 'order-000002'")
    return shop


@pytest.mark.parametrize("arguments", READING, ids=" ".join)
def test_a_missing_view_of_one_destination_keeps_no_other_from_its_turn(two, arguments):
    text = two.run(*arguments)
    text.fails(2, "northbeam")
    assert text.err.count("Error: ") == 1
    assert "yespo__orders" in text.err
    assert "northbeam" in text.out
    result = two.run(*arguments, "--output", "json")
    broken, *others = result.json()
    assert (result.code, broken["destination"], broken["exit_code"]) == (2, "yespo", 2)
    assert "yespo__orders" in broken["error"]
    assert {each["destination"] for each in others} == {"northbeam"}
    assert not any(each.get("error") for each in others)


def test_violations_of_one_destination_are_a_whole_table_beside_the_error_of_another(two):
    result = two.run("validate", "--output", "csv")
    assert (result.code, result.out.count("destination,order_id")) == (2, 1)
    assert "northbeam,order-000002" in result.out
    assert "yespo" not in result.out


@pytest.mark.parametrize(("name", "module"), REMEMBERING.items(), ids=REMEMBERING)
def test_a_crash_over_the_history_of_one_destination_is_told_and_the_next_one_goes_on(
    two, monkeypatch, name, module
):
    two.run("sync").fails(2)
    report = getattr(module, name)

    def breaks(connection, scope, *others):
        if scope.destination == "yespo":
            raise RuntimeError("planted")
        return report(connection, scope, *others)

    monkeypatch.setattr(module, name, breaks)
    text = two.run(name)
    assert (text.code, "northbeam" in text.out) == (70, True)
    assert text.err.count("Error: unexpected builtins.RuntimeError") == 1
    result = two.run(name, "--output", "json")
    told = {each["destination"]: each for each in result.json()}
    assert (result.code, told["yespo"]["exit_code"], set(told)) == (70, 70, {"yespo", "northbeam"})
    assert told["northbeam"].get("exit_code") != 70
    assert "planted" not in text.out + text.err + result.out + result.err
