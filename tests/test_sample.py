"""The sample: real data stays real, made-up people do not exist, and building it repeats."""

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from sample import warehouse
from sample.__main__ import main

INVOICES = """\
InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
536365,85123A,WHITE HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
536365,85123A,WHITE HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
536365,POST,POSTAGE,1,2010-12-01 08:27:00,18.0,17850.0,United Kingdom
536370,85123A,WHITE HEART,2,2010-12-02 08:26:00,2.75,17850.0,United Kingdom
536380,85123A,WHITE HEART,9,2010-12-09 08:26:00,2.55,17850.0,United Kingdom
C536375,85123A,WHITE HEART,-1,2010-12-05 10:00:00,2.75,17850.0,United Kingdom
C536376,85123A,WHITE HEART,-1,2010-11-05 10:00:00,2.75,17850.0,United Kingdom
536390,22423,,-3,2010-12-09 09:00:00,0.0,,United Kingdom
536391,22424,CAKE STAND,3,2010-12-09 09:00:00,10.95,,Hong Kong
A536392,B,Adjust bad debt,1,2010-12-09 10:00:00,-11062.06,,United Kingdom
"""


@pytest.fixture
def invoices(tmp_path):
    path = tmp_path / "invoices.csv"
    path.write_text(INVOICES)
    return path


@pytest.fixture
def rows(invoices, tmp_path):
    """Ask the tables that are built from the few invoices above."""
    warehouse.build(invoices, tmp_path / "raw")
    warehouse.load(tmp_path / "oms.duckdb", tmp_path / "raw")
    with duckdb.connect(tmp_path / "oms.duckdb") as connection:
        yield lambda query: connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def raw(tmp_path_factory):
    """Ask the tables of the repository."""
    path = tmp_path_factory.mktemp("sample") / "oms.duckdb"
    warehouse.load(path)
    with duckdb.connect(path, read_only=True) as connection:
        yield lambda query: connection.execute(query).fetchall()


def content(folder: Path):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_building_twice_gives_the_same_bytes(invoices, tmp_path):
    warehouse.build(invoices, tmp_path / "first")
    warehouse.build(invoices, tmp_path / "second")
    assert content(tmp_path / "first") == content(tmp_path / "second")


def test_a_cancellation_refunds_the_last_earlier_purchase_of_the_same_product(rows):
    assert rows("select credit_note_id, order_id from raw.refunds order by 1") == [
        ("C536375", "536370"),
        ("C536376", None),
    ]


def test_lines_that_are_exactly_alike_all_stay(rows):
    found = rows("select order_line_id, quantity from raw.order_lines where order_id = '536365'")
    assert found == [(1, 6), (2, 6), (3, 1)]


def test_an_invoice_with_two_times_is_placed_at_the_first(rows):
    placed = rows("select distinct created_at::varchar from raw.orders where order_id = '536365'")
    assert placed == [("2010-12-01 08:26:00",)]


def test_a_write_off_stays_an_order_with_negative_units_and_has_no_guest(rows):
    query = """
        select orders.channel, orders.guest_email, lines.quantity, lines.description
        from raw.orders inner join raw.order_lines as lines using (order_id)
        where order_id = '536390'
    """
    assert set(rows(query)) == {("warehouse", None, -3, None)}


def test_a_bad_debt_is_an_adjustment(rows):
    query = "select arg_max(status, version) from raw.orders where order_id = 'A536392'"
    assert rows(query) == [("adjustment",)]


def test_the_files_fit_into_the_repository():
    assert sum(path.stat().st_size for path in warehouse.RAW.iterdir()) < 6_000_000


def test_every_line_of_the_source_is_there_with_its_money(raw):
    lines = raw("select count(*), sum(quantity * unit_price) from raw.order_lines")
    refunds = raw("select count(*), sum(amount) from raw.refund_lines")
    assert lines == [(314_858, Decimal("6282701.942"))]
    assert refunds == [(5_847, Decimal("520770.56"))]


def test_the_total_of_every_order_is_the_sum_of_its_parts(raw):
    query = """
        select order_id from raw.orders
        where total_amount <> subtotal_amount - discount_amount + shipping_amount + tax_amount
    """
    assert raw(query) == []


def test_the_header_of_every_order_agrees_with_its_lines_and_discounts(raw):
    query = """
        with lines as (
            select
                order_id,
                sum(round(quantity * unit_price, 2)) as subtotal_amount,
                sum(discount_amount) as discount_amount,
                sum(tax_amount) as tax_amount
            from raw.order_lines group by order_id
        ), discounts as (
            select order_id, sum(amount) as amount from raw.order_discounts group by order_id
        )
        select orders.order_id
        from raw.orders as orders
        left join lines using (order_id)
        left join discounts using (order_id)
        where orders.subtotal_amount <> lines.subtotal_amount
            or orders.tax_amount <> lines.tax_amount
            or orders.discount_amount <> lines.discount_amount + coalesce(discounts.amount, 0)
    """
    assert raw(query) == []


def test_nobody_real_can_own_an_address_of_the_sample(raw):
    """Reserved domains, or a form of the local part that the provider does not give out."""
    emails = "(select email from raw.customers union select guest_email from raw.orders)"
    query = f"""
        select lower(trim(email)) as address from {emails}
        where email like '%@%' and not regexp_matches(address, '@example[.](com|net|org)$')
            and not regexp_matches(address, '^[^@]*-[^@]*@gmail[.]com$')
            and not regexp_matches(address, '^0[^@]*@(yahoo|ymail|outlook)[.]com$')
    """
    assert raw(query) == []


def test_nobody_real_can_own_a_phone_number_of_the_sample(raw):
    """Numbers that regulators reserve for films, or invalid numbers."""
    phones = "(select phone from raw.customers union select guest_phone from raw.orders)"
    query = f"""
        select regexp_replace(phone, '[^0-9]', '', 'g') as digits from {phones}
        where digits <> '' and not regexp_matches(
            digits, '^((0|44|0044)7700900[0-9]{{3}}|063998[0-9]{{4}}|21255501[0-9]{{2}})$')
    """
    assert raw(query) == []


def test_ip_addresses_are_those_kept_for_documents(raw):
    assert raw("select 1 from raw.orders where ip_address not like '203.0.113.%'") == []


@pytest.mark.parametrize("orders", [1, 13_905, 30_000])
def test_scaling_gives_as_many_orders_as_asked_for(orders, tmp_path):
    path = tmp_path / "big.duckdb"
    warehouse.scale(orders, path)
    with duckdb.connect(path, read_only=True) as connection:
        found = connection.execute(
            """
            select
                (select count(distinct order_id) from raw.orders),
                (select count(*) - count(distinct (order_id, version)) from raw.orders),
                (select count(*) - count(distinct order_line_id) from raw.order_lines),
                (select count(*) from raw.refund_lines anti join raw.refunds using (refund_id)),
                (select count(*) from raw.order_lines anti join raw.orders using (order_id)),
                (select count(*) from raw.refunds anti join raw.orders using (order_id)
                    where order_id is not null)
            """
        ).fetchone()
    assert found == (orders, 0, 0, 0, 0, 0)


def test_the_first_copy_is_the_sample_itself(raw, tmp_path):
    path = tmp_path / "big.duckdb"
    warehouse.scale(13_905, path)
    query = "select * exclude (_loaded_at) from raw.{} order by all"
    with duckdb.connect(path, read_only=True) as connection:
        for table in warehouse.KEYS:
            text = query.format(table)
            assert connection.execute(text).fetchall() == raw(text), table


def test_each_command_says_what_it_did(invoices, tmp_path):
    raw_folder, path = str(tmp_path / "raw"), str(tmp_path / "oms.duckdb")
    scaled = ["scale", "--orders", "20", "--warehouse", path, "--raw", raw_folder]
    for arguments, words in [
        (["build", "--source", str(invoices), "--out", raw_folder], "written"),
        (["load", "--warehouse", path, "--raw", raw_folder], "loaded"),
        ([*scaled, "--out", str(tmp_path / "big")], "20 orders in"),
    ]:
        outcome = CliRunner().invoke(main, arguments)
        assert outcome.exit_code == 0, outcome.output
        assert words in outcome.output
    assert len(content(tmp_path / "big")) == len(warehouse.KEYS)
