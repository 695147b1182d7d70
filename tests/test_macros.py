"""The macros, each with its cases; those of hashing are Northbeam's rules."""

import hashlib
import sys
import unicodedata

import duckdb
import pytest

from tests.macros import evaluate, render

# Unicode's property White_Space; what else is invisible are its format characters.
WHITE_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)


@pytest.mark.parametrize(
    ("email", "normalised"),
    [
        ("OlenaHarbor+news@gmail.com", "olenaharbor@gmail.com"),
        ("olena.harbor@GMAIL.com", "olenaharbor@gmail.com"),
        ("rowan.hale-promo@yahoo.com", "rowanhale@yahoo.com"),
        ("rowan.hale+promo@yahoo.com", "rowanhale+promo@yahoo.com"),
        ("a.b-c-d@ymail.com", "ab@ymail.com"),
        ("Mia.Stone+x@Outlook.com", "mia.stone@outlook.com"),
        ("Mia.Stone@fjordmail.example", "mia.stone@fjordmail.example"),
        ("  Mia+x@googlemail.com ", "mia+x@googlemail.com"),
        (" No Address ", "no address"),
        ("A.B@C@gmail.com", "a.b@c@gmail.com"),
        (None, None),
    ],
)
def test_an_email_address_is_normalised_as_northbeam_does(email, normalised):
    assert evaluate("normalise_email", email) == normalised


def test_addresses_that_are_all_null_stay_null():
    """A brand may have no e-mail addresses; DuckDB 2.0.0 fails on such a column."""
    connection = duckdb.connect()
    connection.execute("create table people as select cast(null as varchar) as email from range(9)")
    normalised = render("normalise_email('email')")
    found = connection.execute(f"select {normalised} from people")
    assert found.fetchall() == [(None,)] * 9


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        (
            "olenaharbor@gmail.com",
            "52907987331cded82cb6e84f6873a00b13bae23c4076f3c40eb3097787d6ff42",
        ),
        (
            "rowanhale@yahoo.com",
            "8ad5dd03a3c22ad0e09db5e6541ae591de29375c5bc90bd76521ff6091734f7b",
        ),
        (
            "mia.stone@fjordmail.example",
            "a7afecd69760133fa02ff5a4f9e7d46d5013d74778707a59ef0ab8ddd8a25eeb",
        ),
        ("+14155550142", "abbf04d6f629b136344993dfb197f1fd9296f712eaf103ebc22b1cc29fb0f135"),
    ],
)
def test_a_hash_is_sha256_in_lower_case(text, digits):
    assert evaluate("sha256_hex", text) == digits == hashlib.sha256(text.encode()).hexdigest()


def test_nothing_has_no_hash():
    assert evaluate("sha256_hex", None) is None


@pytest.mark.parametrize(
    ("number", "digits"),
    [("+14155550142", "14155550142"), ("+390612345678", "390612345678"), (None, None)],
)
def test_a_phone_number_is_written_as_digits(number, digits):
    assert evaluate("phone_digits", number) == digits


def cleaned(texts):
    """Return what `clean_text` makes of each text, in one query."""
    connection = duckdb.connect()
    connection.execute("create table texts as select unnest($texts) as text", {"texts": texts})
    clean = render("clean_text('text')")
    return connection.execute(f"select text, {clean} from texts").fetchall()


def test_white_space_and_format_characters_are_cut_off_at_both_ends():
    characters = map(chr, range(sys.maxunicode + 1))
    formats = [c for c in characters if unicodedata.category(c) == "Cf"]
    invisible = [*formats, *WHITE_SPACE]
    texts = {text: "a b" for c in invisible for text in (c + "a b", "a b" + c, c * 2 + "a b" + c)}
    texts |= dict.fromkeys(invisible)
    texts |= {text: text for c in invisible for text in [f"a{c}b"]}
    texts |= {"": None, "".join(invisible): None, "".join(invisible) + "é": "é", " İ ": "İ"}
    assert dict(cleaned(list(texts))) == texts


def test_a_character_that_is_seen_is_kept():
    seen = "LMNPS"
    texts = [c for c in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(c)[0] in seen]
    texts = [text for text in texts if text not in WHITE_SPACE]
    assert [(text, kept) for text, kept in cleaned(texts) if text != kept] == []


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("203.0.113.9, 10.0.0.1", "203.0.113.9"),
        ("10.0.0.1,192.168.7.7, 172.31.0.1, 203.0.113.9, 8.8.8.8", "203.0.113.9"),
        ("unknown, 8.8.8.8", "8.8.8.8"),
        ("1.2.3.4:51234", "1.2.3.4"),
        ("[2001:DB8::1]", "2001:db8::1"),
        ('for="[2001:db8:cafe::17]:4711"', "2001:db8:cafe::17"),
        ("2001:db8::1%eth0", "2001:db8::1"),
        ("::ffff:1.2.3.4", "::ffff:1.2.3.4"),
        ("fd00::1, ::1, fe80::1%eth0, 1.1.1.1", "1.1.1.1"),
        *(
            (text, None)
            for text in ("unknown", "10.0.0.1", "::1", "::", "fe80::1", "fec0::1", "100.64.0.1")
        ),
        *((text, None) for text in ("999.999.999.999", "1.2.3.04", "::::", "1.2.3.4.5", "", None)),
        *((text, None) for text in ("::ffff:10.0.0.1", "127.0.0.1:80", "169.254.1.1", "224.0.0.1")),
    ],
)
def test_the_first_public_address_of_a_list_is_taken(text, address):
    assert evaluate("public_ip", text) == address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("mailto:ann@x.com", "ann@x.com"),
        ("MailTo:ann@x.com?subject=Hello", "ann@x.com"),
        ("Ann <mailto:ann@x.com>", "ann@x.com"),
        ("mailto:nobody", "mailto:nobody"),
        ("Ann <ann@shop.example>", "ann@shop.example"),
        ("<ann@shop.example>", "ann@shop.example"),
        ("ann@shop.example", "ann@shop.example"),
        ("Ann", "Ann"),
        (None, None),
    ],
)
def test_an_address_is_taken_out_of_what_stands_around_it(text, address):
    assert evaluate("email_address", text) == address
