"""Every order of the sample is what Yespo is to hold, computed from the raw tables without SQL."""

import json
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from urllib.parse import quote

import pycountry
import pytest

from connector.destinations import contracts
from connector.engine.engine import engine
from connector.plan.plan import Planner
from connector.source.project import Warehouse
from tests import orders_from_raw
from tests.generated_orders import attach_new_ledger, destination
from tests.orders_from_raw import COUNTRIES, Raw, Row, blank, e164, normalised_email
from tests.vendor_schemas import refused

pytestmark = pytest.mark.untraced

YESPO = contracts()["yespo"]
SHOP = "https://shop.example"
STATUSES = {"pending": "INITIALIZED", "completed": "DELIVERED", "cancelled": "CANCELLED"}
ORDERS = 12_977


def payload(raw: Raw, order: Row) -> Row:
    """One order as Yespo should hold it; facts that both APIs share are the same."""
    told = orders_from_raw.payload(raw, order)
    paid_back = money_back(raw, order["order_id"])
    is_paid_back = order["total_amount"] <= paid_back and paid_back > 0
    info = {"subscription_id": order["subscription_id"], "channel": order["channel"]}
    return orders_from_raw.filled(
        {
            "externalOrderId": order["order_id"],
            "externalCustomerId": told["customer_id"],
            "totalCost": max(order["total_amount"] - paid_back, Decimal(0)),
            "status": "CANCELLED" if is_paid_back else STATUSES[order["status"]],
            "date": orders_from_raw.moment(order["created_at"]).replace("Z", "+00:00"),
            "currency": order["currency"],
            **person(raw, order),
            "shipping": told["shipping_cost"],
            "discount": told["discount_amount"],
            "taxes": told["tax"],
            "source": "online" if order["channel"] in {"web", "marketplace"} else "offline",
            "deliveryAddress": address(placed(raw, order)),
            "additionalInfo": orders_from_raw.filled(info),
            "items": [item(raw, p) for p in told.get("products", ()) if "name" in p] or None,
        }
    )


def money_back(raw: Raw, order_id: str) -> Decimal:
    lines = (
        line for refund in raw.refunds[order_id] for line in raw.refund_lines[refund["refund_id"]]
    )
    return sum((line["amount"] + line["tax_amount"] for line in lines), Decimal(0))


def person(raw: Raw, order: Row) -> Row:
    country = raw.addresses.get(order["shipping_address_id"], {}).get("country")
    customer = raw.customers.get(order["customer_id"]) or {
        name: order[f"guest_{name}"] for name in ("email", "phone", "first_name", "last_name")
    }
    is_address = normalised_email(customer["email"]) is not None
    phone = e164(customer["phone"], COUNTRIES.get(country, (None, None))[1])
    return {
        "email": customer["email"].strip().lower() if is_address else None,
        "phone": phone.removeprefix("+") if phone else None,
        "firstName": (blank(customer["first_name"]) or "")[:40] or None,
        "lastName": (blank(customer["last_name"]) or "")[:40] or None,
    }


def placed(raw: Raw, order: Row) -> Row | None:
    """The parts of the address, a postal code or not."""
    found = raw.addresses.get(order["shipping_address_id"], {})
    code, _ = COUNTRIES.get(found.get("country"), (None, None))
    return orders_from_raw.shipping(found, code)


def address(parts: Mapping[str, str] | None) -> str | None:
    if parts is None:
        return None
    country = pycountry.countries.get(alpha_3=parts["country_code"]).alpha_2
    names = ("address1", "address2", "city", "state", "zip")
    return ", ".join([*(parts[name] for name in names if name in parts), country])


@cache
def quoted(product_id: str) -> str:
    return quote(product_id, safe="")


def item(raw: Raw, product: Row) -> Row:
    product_id = product["id"]
    variant = raw.variants.get(product.get("variant_id"), {})
    return orders_from_raw.filled(
        {
            "externalItemId": blank(variant.get("sku")) or product_id,
            "name": product.get("name"),
            "category": blank(raw.products.get(product_id, {}).get("category")),
            "quantity": product["quantity"],
            "cost": product["price"],
            "url": f"{SHOP}/products/{quoted(product_id)}",
            "imageUrl": f"{SHOP}/images/{quoted(product_id)}.jpg",
        }
    )


@pytest.fixture(scope="module")
def expected() -> dict[str, Row]:
    raw = orders_from_raw.read()
    return {order["order_id"]: payload(raw, order) for order in raw.orders}


@pytest.fixture(scope="module")
def rendered(built: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Row]:
    """The payloads of the valid orders, by their keys."""
    directory = tmp_path_factory.mktemp("yespo")
    with engine(directory / "engine") as connection:
        attach_new_ledger(connection, directory)
        planner = Planner(connection, YESPO, destination(YESPO, directory))
        planner.stage(Warehouse(built, "main", None))
        planner.judge()
        planner.render()
        rows = connection.execute(
            "select order_id, payload from work.payloads "
            "where order_id not in (select order_id from work.invalid)"
        ).fetchall()
    return {order_id: json.loads(text, parse_float=Decimal) for order_id, text in rows}


def test_every_valid_order_is_rendered_field_for_field(rendered, expected):
    different = {
        key: (order, expected[key]) for key, order in rendered.items() if order != expected[key]
    }
    assert not different, next(iter(different.values()))


def test_no_order_is_invalid(rendered, expected):
    assert (len(rendered), len(expected)) == (ORDERS, ORDERS)


def test_the_published_schema_refuses_none_of_them(rendered):
    assert list(refused(YESPO, list(rendered.values()))) == []
