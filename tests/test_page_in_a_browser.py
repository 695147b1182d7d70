"""The pages in a real browser: opened, filtered, sorted, drilled down, and accessible."""

import os
from pathlib import Path

import pytest
from starlette.responses import HTMLResponse

from tests.page_server import listening, served
from tests.shop import make_shop

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / ".demo"  # as `make demo` leaves it
EVIL = "<script>document.title = 'taken over'</script>"
SERIOUS = ("serious", "critical")
PATHS = (
    "/",
    "/runs?days=90",
    "/runs/northbeam/1",
    "/errors",
    "/order?id=order-000001",
    "/plan?now=1",
    "/data?now=1",
)
SANDBOX = (
    "/sandbox/page/",
    "/sandbox/page/calls",
    "/sandbox/page/calls/1",
    "/sandbox/page/orders",
    "/sandbox/page/order?destination=northbeam&key=order-000130",
)
KEYS = (
    *("NORTHBEAM_API_KEY", "NORTHBEAM_CLIENT_ID", "TRIPLE_WHALE_API_KEY"),
    *("YESPO_API_KEY", "OMETRIA_API_KEY"),
)


@pytest.fixture(scope="module")
def chromium(request: pytest.FixtureRequest):
    path = request.config.option.browser
    if not path:
        pytest.skip("needs --browser, see `make test-page`")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only there if asked for

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def directory(sandbox_process, chromium, tmp_path_factory):  # noqa: ARG001 - who has no browser needs no shop
    sandbox = sandbox_process
    (shop,) = make_shop(tmp_path_factory.mktemp("site"), sandbox)
    shop.configure(attempts=1, on_removed="cancel", cadence="3h")
    shop.orders(0, 200)
    shop.sql("update northbeam__orders set currency = 'dollar' where order_id < 'order-000120'")
    shop.sql("update northbeam__orders set order_id = $id where order_id = 'order-000150'", id=EVIL)
    shop.sql("delete from northbeam__products where order_id = 'order-000150'")
    shop.sandbox.poison(named="order-000160")
    assert shop.sync()["refused"] == 1
    shop.sql("update northbeam__orders set tax = 9 where order_id = 'order-000170'")
    yield shop.directory
    sandbox.poison()


@pytest.fixture(scope="module")
def site(directory):
    with served(directory) as address:
        yield address


@pytest.fixture
def tab(chromium, site):
    """A page of the browser that fails the test for any error in its console."""
    yield from opened(chromium, site)


@pytest.fixture
def arrived(chromium, site, sandbox_process):  # noqa: ARG001 - the site's sync is what arrived
    """The same over the sandbox's page."""
    yield from opened(chromium, sandbox_process.url)


def opened(chromium, address):
    context = chromium.new_context(base_url=address, viewport={"width": 1100, "height": 900})
    page = context.new_page()
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    context.close()
    assert said == []


def test_every_page_is_accessible_in_light_dark_and_on_a_phone(tab):
    tab.goto("/plan?now=1")
    tab.goto("/data?now=1")
    assert_accessible(tab, PATHS)


def test_every_page_of_the_sandbox_is_accessible_in_light_dark_and_on_a_phone(arrived):
    assert_accessible(arrived, SANDBOX)


def assert_accessible(tab, paths):
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415

    for scheme, width in (("light", 1100), ("dark", 360)):
        tab.emulate_media(color_scheme=scheme)
        tab.set_viewport_size({"width": width, "height": 800})
        for path in paths:
            tab.goto(path)
            found = Axe().run(tab).response["violations"]
            serious = [
                (each["id"], [node["html"] for node in each["nodes"]][:3])
                for each in found
                if each["impact"] in SERIOUS
            ]
            assert serious == [], (path, scheme, width)
            wide = tab.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, (path, scheme, width)


def test_now_leads_to_everything(tab):
    tab.goto("/")
    assert "well" in tab.inner_text(".state")
    tab.click("nav >> text=Runs")
    tab.select_option("select[name=days]", "90")
    tab.wait_for_url("**days=90**")
    tab.click("table a >> text=1")
    assert "currency" not in tab.inner_text("h1")
    assert tab.locator("table").count() == 2


def test_errors_are_filtered_searched_sorted_paged_and_drilled_down(tab):
    tab.goto("/errors")
    rows = tab.locator("#errors tbody tr")
    assert rows.count() == 100
    tab.click("text=next")
    assert rows.count() == 22
    tab.select_option("select[name=type]", "refused")
    tab.wait_for_url("**type=refused**")
    assert [rows.count(), "order-000160" in rows.first.inner_text()] == [1, True]
    tab.select_option("select[name=type]", "invalid")
    tab.wait_for_url("**type=invalid**")
    tab.click("#errors th >> text=order")
    tab.click("#errors th >> text=order")
    assert "order-000119" in rows.first.inner_text()
    assert tab.get_attribute("#errors th[aria-sort]", "aria-sort") == "descending"
    tab.fill("input[name=search]", "000042")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**search=000042**")
    assert rows.count() == 1
    rows.first.locator("a").click()
    assert "order-000042" in tab.inner_text("h2")
    assert "currency.enum" in tab.inner_text("main")


def test_an_order_is_found_compared_and_unmasked(tab):
    tab.goto("/order")
    tab.fill("input[name=id]", "order-000170")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**id=order-000170**")
    changed = tab.locator("tr.changed")
    assert [changed.count(), changed.first.inner_text().split()] == [1, ["tax", "2", "9"]]
    assert "mail.example" not in tab.content()
    tab.click("text=show it")
    assert "someone170@mail.example" in tab.content()


def test_an_order_that_is_called_like_a_script_is_a_text(tab):
    tab.goto("/order?id=" + EVIL)
    assert "One order" in tab.title()
    assert EVIL in tab.inner_text("h2")
    assert tab.locator("main script").count() == 0


def test_the_sandbox_shows_a_refusal_beside_the_order_and_switches_faults(arrived):
    arrived.goto("/")
    arrived.click("article[aria-label=northbeam] >> text=answered 400")
    arrived.wait_for_url("**answer=400**")
    arrived.locator("#calls tbody a").last.click()
    rows = arrived.locator("#orders tbody tr")
    assert "refused" in rows.first.inner_text()
    rows.first.locator("summary").click()
    rows.first.locator("a").click()
    assert "Not held" in arrived.inner_text("main")
    arrived.get_by_role("link", name="Sandbox").click()
    arrived.select_option("select[name=kind]", "503")
    arrived.click("text=switch on")
    button = arrived.get_by_role("button", name="switch 503 at northbeam off")
    assert "faults on" in arrived.inner_text("article[aria-label=northbeam] h2")
    button.click()
    arrived.wait_for_url("**/sandbox/page/")
    assert button.count() == 0


def test_the_keyboard_reaches_everything_in_the_order_of_reading(tab, arrived):
    tab.goto("/errors?type=invalid")
    assert_focus_follows_reading(tab)
    arrived.goto("/sandbox/page/calls/1")
    assert_focus_follows_reading(arrived)


def assert_focus_follows_reading(tab):
    """Press the tab key until the page ends: each control once, in the order of the document."""
    selector = "a[href], button, input:not([type=hidden]), select, summary, [tabindex='0']"
    found = tab.evaluate(
        "selector => [...document.querySelectorAll(selector)].filter(e => e.checkVisibility())"
        ".map((e, i) => e.dataset.at = i).length",
        selector,
    )
    number = min(found, 40)
    assert number > 5
    seen = []
    while len(seen) < number:
        tab.keyboard.press("Tab")
        at, outline = tab.evaluate(
            "() => { const e = document.activeElement, s = getComputedStyle(e);"
            "return [Number(e.dataset.at), e.type === 'date' || s.outlineStyle + s.boxShadow] }"
        )
        if seen[-1:] != [at]:  # a date field has several stops
            seen.append(at)
        assert outline != "nonenone", at  # the focus is seen; within a date field, by its parts
    assert seen == list(range(number))


def test_a_link_on_another_site_works_nothing_out(tab, directory):
    with served(directory) as address:
        text = f'<link rel="icon" href="data:,"><a href="{address}/plan?now=1">plan</a>'
        with listening(HTMLResponse(text)) as elsewhere:
            tab.goto(elsewhere.replace("127.0.0.1", "localhost"))
            tab.click("a")
        assert tab.url == f"{address}/plan?now=1"
        assert "Not worked out yet" in tab.inner_text("main")
        tab.click("text=work it out now")
        assert "No guard stops it" in tab.inner_text("main")


def test_now_is_renewed_while_somebody_looks(tab):
    tab.goto("/")
    tab.evaluate("document.querySelector('[data-live]').replaceChildren()")
    tab.wait_for_selector("article")


@pytest.mark.skipif(not (SAMPLE / "connector.yml").exists(), reason="needs `make demo` first")
def test_the_sample_is_shown_and_photographed(chromium, arrived, monkeypatch):
    for name in KEYS:
        monkeypatch.setenv(name, "any")
    monkeypatch.setenv("OMS_WAREHOUSE", str(SAMPLE / "oms.duckdb"))
    monkeypatch.setenv("DBT_TARGET_PATH", str(SAMPLE / "target"))
    images = ROOT / "docs/images"
    images.mkdir(exist_ok=True)
    with served(ROOT, SAMPLE / "connector.yml") as address:
        page = chromium.new_page(viewport={"width": 1000, "height": 640})
        paths = {"now": "/", "errors": "/errors?account=triple_whale", "order": "/order?id=536365"}
        paths |= {"data": "/data?account=northbeam&now=1", "runs": "/runs?days=90"}
        paths["plan"] = "/plan?account=northbeam&now=1"
        for name, path in paths.items():
            page.goto(address + path)
            assert page.locator(".notice.bad").count() == 0
            page.screenshot(path=os.fspath(images / f"{name}.png"))
        page.close()
    arrived.set_viewport_size({"width": 1000, "height": 640})
    arrived.goto("/sandbox/page/calls?answer=400")
    arrived.locator("#calls tbody a").last.click()
    arrived.screenshot(path=os.fspath(images / "sandbox.png"))
