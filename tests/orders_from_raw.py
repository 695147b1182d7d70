"""What Northbeam must hold, computed from the raw tables order by order, without SQL.

Written from sample/README.md, docs/bring-your-own-oms.md, the descriptions of columns in the
models' YAML, and the vendor's rules on hashing. What countries are called is told once more.
"""

import datetime as dt
import functools
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from operator import itemgetter
from pathlib import Path
from typing import Any

import duckdb
import phonenumbers

from tests.refunds_from_raw import Returned, Sold, allocate, carrier

Row = dict[str, Any]
RAW = Path(__file__).parents[1] / "sample/raw"
MONEY = ("amount", "tax_amount", "overhead_cost")
CENT, MILLIONTH, NOTHING = Decimal("0.01"), Decimal("0.000001"), Decimal(0)
# The United Kingdom was an hour ahead of UTC from the last Sunday of March to that of October 2011;
# an hour that the clock left out, from 1 to 2, is taken for the time before.
SUMMER = dt.datetime(2011, 3, 27, 2), dt.datetime(2011, 10, 30, 2)  # noqa: DTZ001 - local times
COUNTRIES = {  # those of the sample: alpha-3 code and calling code; the others are none
    "United Kingdom": ("GBR", "44"),
    "Germany": ("DEU", "49"),
    "France": ("FRA", "33"),
    "EIRE": ("IRL", "353"),
    "Belgium": ("BEL", "32"),
    "Spain": ("ESP", "34"),
    "Switzerland": ("CHE", "41"),
    "Portugal": ("PRT", "351"),
    "Italy": ("ITA", "39"),
    "Austria": ("AUT", "43"),
    "Australia": ("AUS", "61"),
    "Netherlands": ("NLD", "31"),
    "Sweden": ("SWE", "46"),
    "Hong Kong": ("HKG", "852"),
    "Norway": ("NOR", "47"),
    "Poland": ("POL", "48"),
    "Finland": ("FIN", "358"),
    "Japan": ("JPN", "81"),
    "Denmark": ("DNK", "45"),
    "Israel": ("ISR", "972"),
    "Cyprus": ("CYP", "357"),
    "Canada": ("CAN", "1"),
    "Bahrain": ("BHR", "973"),
    "Greece": ("GRC", "30"),
    "Malta": ("MLT", "356"),
    "Singapore": ("SGP", "65"),
    "Saudi Arabia": ("SAU", "966"),
    "Lebanon": ("LBN", "961"),
    "USA": ("USA", "1"),
    "Lithuania": ("LTU", "370"),
    "Brazil": ("BRA", "55"),
    "Iceland": ("ISL", "354"),
    "Czech Republic": ("CZE", "420"),
    "United Arab Emirates": ("ARE", "971"),
}
NO_COUNTRIES = {"European Community", "Channel Islands", "Unspecified"}


def rows(table: str) -> list[Row]:
    """The rows of a raw table, in no particular order."""
    with duckdb.connect() as connection:
        cursor = connection.execute(
            "from read_parquet($path)", {"path": str(RAW / f"{table}.parquet")}
        )
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def by(rows: Iterable[Row], key: str) -> dict[Any, list[Row]]:
    groups: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[key]].append(row)
    return groups


def one(rows: Iterable[Row], key: str) -> dict[Any, Row]:
    return {row[key]: row for row in rows}


@dataclass(frozen=True)
class Raw:
    """The raw tables, by their lookup keys."""

    orders: Sequence[Row]  # the newest version of each
    customers: Mapping[str, Row]
    addresses: Mapping[int, Row]
    products: Mapping[str, Row]
    variants: Mapping[str, Row]
    lines: Mapping[str, Sequence[Row]]
    discounts: Mapping[str, Sequence[Row]]
    tags: Mapping[str, Sequence[Row]]
    refunds: Mapping[str, Sequence[Row]]
    refund_lines: Mapping[str, Sequence[Row]]
    pixel: Mapping[str, Sequence[Row]]
    renewals: frozenset[str]


def read() -> Raw:
    versions = by(rows("orders"), "order_id").values()
    newest = [max(each, key=lambda row: (row["version"], row["updated_at"])) for each in versions]
    lines = by(rows("order_lines"), "order_id")
    placed = [order for order in newest if is_order(order, lines[order["order_id"]])]
    return Raw(
        placed,
        one(rows("customers"), "customer_id"),
        one(rows("addresses"), "address_id"),
        one(rows("products"), "product_id"),
        one(rows("product_variants"), "variant_id"),
        lines,
        by(rows("order_discounts"), "order_id"),
        by(rows("order_tags"), "order_id"),
        by(rows("refunds"), "order_id"),
        by(rows("refund_lines"), "refund_id"),
        by(rows("pixel_purchase_events"), "order_id"),
        renewals(placed),
    )


def is_order(order: Row, lines: Sequence[Row]) -> bool:
    """Whether a customer placed it: not an adjustment or a stock write-off."""
    guest = ("guest_email", "guest_phone", "guest_first_name", "guest_last_name")
    is_anonymous = not any(order[name] for name in ("customer_id", *guest))
    is_free = order["total_amount"] == 0 and not any(line["unit_price"] for line in lines)
    is_negative = bool(lines) and all(line["quantity"] < 0 for line in lines)
    return order["status"] != "adjustment" and not (is_anonymous and is_free and is_negative)


def purchased(raw: Raw, order: Row) -> dt.datetime:
    """The order's time, or a second after the pixel first saw it, if that was within a day."""
    events = [event["occurred_at"] for event in raw.pixel[order["order_id"]]]
    if not events or abs(min(events) - order["created_at"]) > dt.timedelta(days=1):
        return order["created_at"]
    return max(order["created_at"], min(events) + dt.timedelta(seconds=1))


def is_subscribed(order: Row) -> bool:
    """Whether the order begins a subscription or renews one; a cancelled one does neither."""
    return bool(order["subscription_id"]) and order["status"] != "cancelled"


def renewals(orders: Iterable[Row]) -> frozenset[str]:
    """All orders of a subscription but the first that counts."""
    subscribed = by(filter(is_subscribed, orders), "subscription_id")
    later = set()
    for group in subscribed.values():
        group.sort(key=lambda order: (order["created_at"], order["order_id"]))
        later |= {order["order_id"] for order in group[1:]}
    return frozenset(later)


def payload(raw: Raw, order: Row) -> Row:
    """One order as Northbeam should hold it; empty values are left out."""
    key = order["order_id"]
    lines = sorted(raw.lines[key], key=lambda line: line["order_line_id"])
    kinds = kinds_of(raw, lines)
    nets = net_amounts(raw.discounts[key], lines, kinds)
    return filled(
        {
            "order_id": key,
            "time_of_purchase": moment(purchased(raw, order)),
            "currency": order["currency"],
            "purchase_total": order["total_amount"],
            "tax": order["tax_amount"],
            "shipping_cost": order["shipping_amount"] + total("carriage", nets, kinds),
            "discount_amount": order["discount_amount"] - total("discount", nets, kinds),
            "discount_codes": sorted({row["code"] for row in raw.discounts[key]} - {None}),
            "order_tags": tags(raw, order),
            "is_recurring_order": key in raw.renewals,
            "customer_ip_address": order["ip_address"],
            **person(raw, order),
            "products": products(raw, lines, kinds, nets),
            "refunds": refunds(raw, key),
            "alternate_order_ids": aliases(order),
        }
    )


def filled(values: Row) -> Row:
    """Without nulls, empty objects and empty lists of objects; a list of texts may be empty."""
    may_be_empty = {"discount_codes", "order_tags"}
    return {
        name: value
        for name, value in values.items()
        if value is not None and (name in may_be_empty or value not in ([], {}))
    }


def moment(local: dt.datetime) -> str:
    utc = local - dt.timedelta(hours=1) if SUMMER[0] <= local < SUMMER[1] else local
    return f"{utc:%Y-%m-%dT%H:%M:%SZ}"


def blank(text: str | None) -> str | None:
    return (text or "").strip() or None


def kind(raw: Raw, line: Row) -> str:
    product = raw.products.get(line["product_id"])
    return product["product_type"] if product else "goods"


def kinds_of(raw: Raw, lines: Sequence[Row]) -> list[str]:
    """What each line is; carriage and fees are goods where there is nothing else."""
    kinds = [kind(raw, line) for line in lines]
    return kinds if "goods" in kinds else ["goods" if k != "discount" else k for k in kinds]


def name_of(raw: Raw, line: Row) -> str:
    """As the catalogue has it, else as the line has it, else the identifier."""
    known = raw.products.get(line["product_id"], {}).get("name")
    return blank(known) or blank(line["description"]) or line["product_id"]


def rounded(amount: Decimal, to: Decimal = CENT) -> Decimal:
    return amount.quantize(to, ROUND_HALF_UP)


def net_amounts(
    order_discounts: Iterable[Row], lines: Sequence[Row], kinds: Sequence[str]
) -> list[Decimal]:
    """Amounts after discounts; those on the whole order, and discount lines, go off the goods.

    A line of goods and all before it together bear their share, rounded down to the cent.
    """
    nets = [
        rounded(line["quantity"] * line["unit_price"]) - line["discount_amount"] for line in lines
    ]
    spread = sum((row["amount"] for row in order_discounts), -total("discount", nets, kinds))
    whole, so_far, borne = total("goods", nets, kinds), NOTHING, NOTHING
    for number, net in enumerate(nets):
        if kinds[number] == "goods" and whole:
            so_far += net
            share = (spread * so_far / whole).quantize(CENT, ROUND_DOWN) - borne
            nets[number] -= share
            borne += share
    return nets


def total(kind: str, nets: Iterable[Decimal], kinds: Iterable[str]) -> Decimal:
    return sum((net for net, what in zip(nets, kinds, strict=True) if what == kind), NOTHING)


def products(
    raw: Raw, lines: Sequence[Row], kinds: Sequence[str], nets: Sequence[Decimal]
) -> list[Row]:
    """Goods; lines of one product, variant and price stand where the first of them does."""
    found: dict[tuple, Row] = {}
    for line, what, net in zip(lines, kinds, nets, strict=True):
        if what == "goods":
            price = unit_price(line, net)
            key = line["product_id"], line["variant_id"], price
            if key not in found:
                found[key] = {**product(raw, line), "price": price, "quantity": 0}
            found[key]["quantity"] += line["quantity"]
    return list(found.values())


def unit_price(line: Row, net: Decimal) -> Decimal:
    """Net of discounts; without one it is what the line says, which may be a fraction of a cent."""
    is_discounted = net != rounded(line["quantity"] * line["unit_price"])
    return rounded(net / line["quantity"], MILLIONTH) if is_discounted else line["unit_price"]


def product(raw: Raw, line: Row) -> Row:
    product_id, variant_id = line["product_id"], line["variant_id"]
    names = {
        "name": name_of(raw, line),
        "variant_name": blank(raw.variants.get(variant_id, {}).get("name")),
    }
    return filled({"id": product_id, "variant_id": variant_id, **names})


def returns(raw: Raw, order_id: str) -> tuple[list[Sold], list[Returned]]:
    """The goods of an order and what came back of them, each refund line with its lines."""
    lines = sorted(raw.lines[order_id], key=lambda line: line["order_line_id"])
    kinds = kinds_of(raw, lines)
    nets = net_amounts(raw.discounts[order_id], lines, kinds)
    goods = [
        Sold(line, net, unit_price(line, net), line["quantity"])
        for line, net, what in zip(lines, nets, kinds, strict=True)
        if what == "goods"
    ]
    bought = {each.line["product_id"] for each in goods}
    back = [
        Returned(refund, line, line["quantity"])
        for refund in oldest_first(raw, order_id)
        for line in sorted(raw.refund_lines[refund["refund_id"]], key=itemgetter("refund_line_id"))
        if line["product_id"] in bought or kind(raw, line) == "goods"
    ]
    allocate(goods, back)
    return goods, back


def oldest_first(raw: Raw, order_id: str) -> list[Row]:
    return sorted(raw.refunds[order_id], key=itemgetter("created_at", "refund_id"))


def refunds(raw: Raw, order_id: str) -> list[Row]:
    """All money of the refunds, oldest first, by product and variant.

    What is no goods, or more than was sold, is money without units: of the largest line, or of the
    product.
    """
    goods, back = returns(raw, order_id)
    found: dict[tuple, Row] = {}
    for refund in oldest_first(raw, order_id):
        lines = [each for each in back if each.refund is refund]
        parts = [(each.line, *share) for each in lines for share in each.shares()]
        known = [each.line for each in lines]
        others = [line for line in raw.refund_lines[refund["refund_id"]] if line not in known]
        parts += [({"product_id": None, "variant_id": None}, None, 0, line) for line in others]
        rows: dict[tuple, Row] = {}
        for line, sold, units, money in parts:
            bearer = sold or carrier(goods, line["product_id"], line["variant_id"])
            if bearer:
                key = bearer.line["product_id"], bearer.line["variant_id"] or ""
                entry = rows.setdefault(key, refunded(refund, bearer.line))
                entry["quantity"] += units if sold else 0
                entry["refund_amount"] += money["amount"] + money["tax_amount"]
                entry["refund_cost"] += sum(money[name] for name in MONEY)
        found |= {(refund["refund_id"], *key): rows[key] for key in sorted(rows)}
    return list(found.values())


def refunded(refund: Row, line: Row) -> Row:
    what = {"product_id": line["product_id"], "variant_id": line["variant_id"]}
    amounts = {"quantity": 0, "refund_amount": NOTHING, "refund_cost": NOTHING}
    return filled({**what, **amounts, "refund_made_at": moment(refund["created_at"])})


def aliases(order: Row) -> list[Row]:
    name = order["marketplace_order_id"]
    return [{"type": "custom:marketplace", "id": name}] if name else []


def tags(raw: Raw, order: Row) -> list[str]:
    key = order["order_id"]
    found = {row["tag"] for row in raw.tags[key]} | {f"channel:{order['channel']}"}
    if is_subscribed(order):
        found |= {f"Subscription {'Renewal' if key in raw.renewals else 'First'}"}
    return sorted(found if order["channel"] == "web" else found | {"offline"})


def person(raw: Raw, order: Row) -> Row:
    """Who ordered, and where it went."""
    address = raw.addresses.get(order["shipping_address_id"], {})
    code, calling = COUNTRIES.get(address.get("country"), (None, None))
    customer = raw.customers.get(order["customer_id"]) or {
        name: order[f"guest_{name}"] for name in ("email", "phone", "first_name", "last_name")
    }
    email = hashed(normalised_email(customer["email"]))
    guest = f"guest-{email[:32]}" if email else f"guest-order-{order['order_id']}"
    names = [blank(customer["first_name"]), blank(customer["last_name"])]
    return {
        "customer_id": order["customer_id"] or guest,
        "hashed_customer_email": email,
        "hashed_customer_phone_number": hashed(e164(customer["phone"], calling)),
        "customer_name": " ".join(filter(None, names)) or None,
        "customer_shipping_address": shipping(address, code) if blank(address.get("zip")) else None,
    }


def shipping(address: Row, country_code: str | None) -> Row | None:
    """The address, if its country is known."""
    names = ("address1", "address2", "city", "state", "zip")
    parts = {name: blank(address.get(name)) for name in names}
    return filled({**parts, "country_code": country_code}) if country_code else None


def hashed(text: str | None) -> str | None:
    return hashlib.sha256(text.encode()).hexdigest() if text else None


def normalised_email(text: str | None) -> str | None:
    """By the vendor's rules; none if it is not a valid address."""
    name, at, domain = (text or "").strip().lower().partition("@")
    if not (name and at and domain):
        return None
    if domain == "gmail.com":
        name = name.partition("+")[0].replace(".", "")
    elif domain in {"yahoo.com", "ymail.com"}:
        name = name.partition("-")[0].replace(".", "")
    elif domain == "outlook.com":
        name = name.partition("+")[0]
    return f"{name}@{domain}"


@functools.cache  # most people order several times
def e164(text: str | None, calling: str | None) -> str | None:
    """As the library reads it in the country that the order went to, if the number is valid."""
    region = phonenumbers.region_code_for_country_code(int(calling)) if calling else None
    try:
        number = phonenumbers.parse(text or "", region)
    except phonenumbers.NumberParseException:
        return None
    if number.extension or not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


# Rules that a schema cannot express.

CONTACTS = {"hashed_customer_email", "hashed_customer_phone_number"}


def broken_across_fields(raw: Raw, row: Row, order: Row) -> set[str]:
    """The rules across fields, but for the one about the future."""
    rules = {
        "purchase_total.adds_up": not adds_up(raw, order),
        "refunds.product_is_in_the_order": bool(set(units(order, "refunds")) - set(units(order))),
        "refunds.quantity_is_at_most_the_quantity_bought": more_refunded_than_bought(order),
        "refunds.total_is_at_most_the_purchase_total": more_given_back_than_paid(order),
        "customer_shipping_address.is_complete": not {"address1", "city", "state"}.issubset(
            order.get("customer_shipping_address", {"address1", "city", "state"})
        ),
        "customer_shipping_address.zip.required": has_no_postal_code(raw, row),
        "time_of_purchase.is_not_before_the_pixel_event": any(
            order["time_of_purchase"] <= moment(event["occurred_at"])
            for event in sorted(raw.pixel[order["order_id"]], key=lambda e: e["occurred_at"])[:1]
        ),
        "order_id.differs_from_customer_id": order["order_id"] == order["customer_id"],
        "customer_id.is_no_email": "@" in order["customer_id"],
        "customer_email.is_known": "hashed_customer_email" not in order,
        "customer_email.or_phone_is_known": CONTACTS.isdisjoint(order),
        "refunds.variant_is_that_of_the_line": any(
            refund["product_id"] == product["id"]
            and "variant_id" in product
            and "variant_id" not in refund
            for refund in order.get("refunds", ())
            for product in order.get("products", ())
        ),
    }
    return {rule for rule, is_broken in rules.items() if is_broken}


def has_no_postal_code(raw: Raw, row: Row) -> bool:
    """Whether the address is left out for that alone."""
    address = raw.addresses.get(row["shipping_address_id"], {})
    return address.get("country") in COUNTRIES and not blank(address.get("zip"))


def adds_up(raw: Raw, order: Row) -> bool:
    """Whether the amounts add up within five cents, with fees; not checked without products."""
    lines = raw.lines[order["order_id"]]
    amounts = [rounded(line["quantity"] * line["unit_price"]) for line in lines]
    parts = [entry["price"] * entry["quantity"] for entry in order.get("products", [])]
    whole = order["purchase_total"] - order["tax"] - order["shipping_cost"]
    whole -= total("fee", amounts, kinds_of(raw, lines))
    return not parts or abs(whole - sum(parts)) <= 5 * CENT


def more_given_back_than_paid(order: Row) -> bool:
    """To five cents."""
    amounts = [entry["refund_amount"] for entry in order.get("refunds", [])]
    return sum(amounts, NOTHING) > order["purchase_total"] + 5 * CENT


def units(order: Row, entries: str = "products") -> dict[str, int]:
    """How many of each product were bought or refunded."""
    key = "id" if entries == "products" else "product_id"
    found: dict[str, int] = defaultdict(int)
    for entry in order.get(entries, []):
        found[entry[key]] += entry["quantity"]
    return found


def more_refunded_than_bought(order: Row) -> bool:
    bought = units(order)
    return any(
        number > bought.get(name, number) for name, number in units(order, "refunds").items()
    )
