"""Who a customer is at every destination, after the raw tables change between two runs."""

import duckdb
import pytest

from tests.dbt_project import UNWRITTEN, failed_nodes, run_dbt

ADDRESS = "rowan.hale@fjordmail.example"
RELAYED = "q1w2e3@marketplace.amazon.de"
VIEWS = {
    "northbeam__orders": "order_id, customer_id",
    "triple_whale__orders": "order_id, customer__id",
    "yespo__orders": '"externalOrderId", "externalCustomerId"',
}


class Shop:
    """Seven orders of the sample, not built yet, whose customers a test changes."""

    def __init__(self, project):
        self.project = project
        self.sql("drop table main_intermediate.int_guests")
        ids = self.sql(
            "select order_id from raw.orders where status = 'completed' and customer_id is null "
            "group by order_id having count(*) = 1 order by order_id limit 7"
        )
        self.orders = [order_id for (order_id,) in ids]
        self.sql("delete from raw.orders where order_id not in (select unnest($o))", o=self.orders)

    def sql(self, statement, **bound):
        with duckdb.connect(self.project / "oms.duckdb") as connection:
            return connection.execute(statement, bound).fetchall()

    def change(self, what, *orders):
        """Set columns of raw orders, by their places among the seven."""
        ids = [self.orders[place] for place in orders]
        self.sql(f"update raw.orders set {what} where order_id in (select unnest($ids))", ids=ids)

    def build(self, **variables):
        """Run the models of people, with variables; the views of the destinations read them."""
        select = ["int_placed_orders", "int_people", "int_guests", "int_order_contacts", "orders"]
        options = ["--vars", str(variables), UNWRITTEN]
        outcome = run_dbt(self.project, ["run", "--select", *select, *options])
        assert outcome.success, outcome.exception or failed_nodes(outcome)

    def customers(self):
        """Return the customer of each of the seven, which is the same at every destination."""
        told = [dict(self.sql(f"select {columns} from {view}")) for view, columns in VIEWS.items()]
        of_seven = [[each.get(order) for order in self.orders] for each in told]
        assert of_seven[0] == of_seven[1] == of_seven[2]
        return of_seven[0]


@pytest.fixture
def shop(project):
    return Shop(project)


def of_order(shop, *places):
    return [f"guest-order-{shop.orders[place]}" for place in places]


def test_a_guest_stays_one_customer_over_erasure_and_correction(shop):
    shop.change(f"guest_email = '{ADDRESS}'", 0, 1, 2)
    shop.change(f"guest_email = '{RELAYED}'", 3, 4)
    shop.change("guest_email = null", 5)
    shop.change(f"guest_email = '\ufeff{ADDRESS.upper()}\t'", 6)
    shop.build()
    sent = shop.customers()
    assert sent == [*[sent[0]] * 3, *of_order(shop, 3, 4, 5), sent[0]]
    assert sent[0].startswith("guest-")
    assert sent[0] != of_order(shop, 0)[0]

    shop.change("guest_email = null, guest_phone = null, guest_first_name = null", 0, 6)
    shop.change("guest_email = concat('erased-', order_id, '@anonymous.example')", 1)
    shop.change("guest_email = 'rowan@fjordmail.example'", 2)
    shop.change(f"guest_email = '{ADDRESS}'", 5)
    shop.build()
    assert shop.customers() == sent

    shop.change("customer_id = (select min(customer_id) from raw.customers)", 0)
    shop.build()
    assert shop.customers()[0] == shop.sql("select min(customer_id) from raw.customers")[0][0]
    assert shop.customers()[1:] == sent[1:]


def test_customers_with_one_address_are_told_and_joined_on_request(shop):
    first, second, third = accounts = without_orders(shop, 3)
    for account, address in zip(accounts, (ADDRESS, ADDRESS, RELAYED), strict=True):
        shop.sql(
            "update raw.customers set email = $address where customer_id = $account",
            address=address,
            account=account,
        )
    shop.change(f"guest_email = '{ADDRESS}', created_at = '2010-12-01 00:00:00'", 0)
    shop.change("guest_email = null", 4)
    for place, account in ((1, second), (2, first), (3, third)):
        shop.change(f"customer_id = '{account}', guest_email = null, created_at = "
                    f"'2011-01-0{place} 00:00:00'", place)  # fmt: skip
    shop.change(f"guest_email = '{RELAYED}'", 5, 6)
    shop.build()
    apart = shop.customers()
    assert apart[1:4] == [second, first, third]
    assert len(set(apart)) == 7
    assert persons(shop)[-1][1:] == (3, 3)

    shop.build(join_customers_by_email=True)
    together = [second, second, second, third, *of_order(shop, 4, 5, 6)]
    assert shop.customers() == together
    shop.change("guest_email = null", 0)
    shop.build(join_customers_by_email=True)
    assert shop.customers() == together


def without_orders(shop, number):
    """Return accounts, whose orders are deleted."""
    rows = shop.sql(f"select customer_id from raw.customers order by 1 limit {number}")
    accounts = [account for (account,) in rows]
    ids = {"ids": accounts}
    shop.sql("delete from raw.orders where customer_id in (select unnest($ids))", **ids)
    return accounts


def persons(shop):
    """Return the customers with several ids that dbt's test reports, the one with most ids last."""
    (path,) = (shop.project / "target/compiled").rglob("person_has_one_id.sql")
    return shop.sql(f"from ({path.read_text()}) order by row_count")
