"""What Triple Whale must hold, computed from the raw tables order by order, without SQL."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

import pycountry

from tests.orders_from_raw import (
    COUNTRIES,
    MILLIONTH,
    NOTHING,
    Raw,
    Row,
    blank,
    e164,
    filled,
    kind,
    kinds_of,
    moment,
    name_of,
    net_amounts,
    normalised_email,
    oldest_first,
    person,
    returns,
    rounded,
    shipping,
    tags,
    total,
)
from tests.refunds_from_raw import Returned


def payload(raw: Raw, order: Row) -> Row:
    """One order; empty values are left out, and so are lists without entries."""
    key = order["order_id"]
    lines = sorted(raw.lines[key], key=lambda line: line["order_line_id"])
    kinds = kinds_of(raw, lines)
    nets = net_amounts(raw.discounts[key], lines, kinds)
    carriage = total("carriage", [line["tax_amount"] for line in lines], kinds)
    freight = order["shipping_amount"] + total("carriage", nets, kinds)
    return filled(
        {
            **header(raw, order),
            "order_revenue": order["total_amount"],
            "total_discounts": order["discount_amount"] - total("discount", nets, kinds),
            "taxes": order["tax_amount"],
            "taxes_included": False,
            "shipping_price": freight + carriage,
            **contact(raw, order),
            "discount_codes": codes(raw.discounts[key]) or None,
            "shipping_lines": shipping_lines(raw, order, lines, nets),
            "line_items": [
                item(raw, each) for each, k in zip(lines, kinds, strict=True) if k == "goods"
            ],
            "refunds": refunds(raw, order),
        }
    )


def header(raw: Raw, order: Row) -> Row:
    """The order's own fields; a changed refund counts as a change, too."""
    key = order["order_id"]
    changes = [order["updated_at"], *(refund["updated_at"] for refund in raw.refunds[key])]
    return {
        "order_id": key,
        "platform": "custom-msp",
        "platform_account_id": "custom-msp",
        "created_at": moment(order["created_at"]),
        "updated_at": moment(max(changes)),
        "status": order["status"],
        "source_name": order["channel"],
        "subscription_id": order["subscription_id"],
        "currency": order["currency"],
        "tags": tags(raw, order),
    }


def contact(raw: Raw, order: Row) -> Row:
    """The customer in plain text, and the address."""
    raw_address = raw.addresses.get(order["shipping_address_id"], {})
    alpha_3, calling = COUNTRIES.get(raw_address.get("country"), (None, None))
    address = shipping(raw_address, alpha_3)
    customer = raw.customers.get(order["customer_id"]) or {
        name: order[f"guest_{name}"] for name in ("email", "phone", "first_name", "last_name")
    }
    text = blank(customer["email"])
    person_of_order = {
        "id": person(raw, order)["customer_id"],
        "email": text if normalised_email(text) else None,
        "phone": e164(customer["phone"], calling),
        "first_name": blank(customer["first_name"]),
        "last_name": blank(customer["last_name"]),
    }
    return {
        "customer": filled(person_of_order),
        "shipping_address": address and placed(address),
    }


def placed(address: Row) -> Row:
    """The parts of an address as Triple Whale calls them; a region that has a name has no code."""
    state = address.get("state", "")
    is_code = state.isascii() and state.isalnum() and state.isupper() and len(state) <= 3
    found = {
        "address_1": address.get("address1"),
        "address_2": address.get("address2"),
        "city": address.get("city"),
        "province_code": state if is_code else None,
        "zip": address.get("zip"),
        "country": address["country_code"],
        "country_code": pycountry.countries.get(alpha_3=address["country_code"]).alpha_2,
    }
    return filled(found)


def codes(discounts: Sequence[Row]) -> list[Row]:
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    for row in discounts:
        amounts[row["code"]] += row["amount"]
    return [
        {"code": code, "amount": amounts[code], "type": "fixed_amount"} for code in sorted(amounts)
    ]


def shipping_lines(
    raw: Raw, order: Row, lines: Sequence[Row], nets: Sequence[Decimal]
) -> list[Row]:
    """The shipping of the header, then the carriage among the lines."""
    found = [("Shipping", order["shipping_amount"], order["shipping_amount"])]
    found = found if order["shipping_amount"] else []
    for line, net, what in zip(lines, nets, kinds_of(raw, lines), strict=True):
        if what == "carriage":
            found.append((name_of(raw, line), rounded(line["quantity"] * line["unit_price"]), net))
    names = ("title", "shipping_price", "shipping_discounted_price")
    return [dict(zip(names, each, strict=True)) for each in found]


def item(raw: Raw, line: Row) -> Row:
    product_id, variant_id = line["product_id"], line["variant_id"]
    variant = raw.variants.get(variant_id, {})
    name = name_of(raw, line)
    found = {
        "id": str(line["order_line_id"]),
        "product_id": product_id,
        "variant_id": variant_id or product_id,
        "name": name,
        "product_name": name,
        "variant_name": blank(variant.get("name")),
        "sku": blank(variant.get("sku")) or product_id,
        "quantity": line["quantity"],
        "price": line["unit_price"],
    }
    return filled(found)


def refunds(raw: Raw, order: Row) -> list[Row]:
    """Refunds, oldest first, with carriage and fees."""
    _, back = returns(raw, order["order_id"])
    return [refund(raw, order, row, back) for row in oldest_first(raw, order["order_id"])]


def refund(raw: Raw, order: Row, row: Row, back: Sequence[Returned]) -> Row:
    lines = raw.refund_lines[row["refund_id"]]
    mine = [each for each in back if each.refund is row]
    goods = [each.line for each in mine]
    carriage = [
        line["amount"] for line in lines if kind(raw, line) == "carriage" and line not in goods
    ]
    taxes = sum((line["tax_amount"] for line in lines), NOTHING)
    found = {
        "refund_id": row["refund_id"],
        "refunded_at": moment(row["created_at"]),
        "total_refund": sum((line["amount"] for line in lines), taxes),
        "total_tax_refund": taxes,
        "total_shipping_refund": sum(carriage, NOTHING),
        "tags": [row["reason"]],
        "line_items": [entry for each in mine for entry in returned(order, each)],
    }
    return filled(found)


def returned(order: Row, back: Returned) -> list[Row]:
    """What came back of each line of the order; more than was sold is in the total only."""
    found = []
    for number, (sold, units, money) in enumerate(back.shares(), start=1):
        if sold:
            suffix = f"-{number}" if number > 1 else ""
            line = sold.line
            entry = {
                "id": f"{back.line['refund_line_id']}{suffix}",
                "line_item_id": str(line["order_line_id"]),
                "product_id": line["product_id"],
                "variant_id": line["variant_id"] or line["product_id"],
                "quantity": units,
                "price": rounded(money["amount"] / units, MILLIONTH),
                "currency": order["currency"],
            }
            found.append(filled(entry))
    return found
