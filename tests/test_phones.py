"""Phone numbers as people write them, compared with the library that validates them."""

import random

import duckdb
import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumberFormat, PhoneNumberType

from tests.macros import PACKAGE, render

# Sixty countries: the largest ones, and those with a trunk prefix or a form of their own.
NAMES = (
    "AE AR AT AU BE BG BR BY CA CH CL CN CO CZ DE DK EE EG ES FI FR GB GR HK HR HU ID IE IL "
    "IN IT JP KE KR KZ LT LV MX MY NG NL NO NZ PE PH PL PT RO RS RU SA SE SG SK TH TR TW UA US ZA"
)
COUNTRIES = NAMES.split()
PLANS = PACKAGE.parent / "seeds" / "phone_plans.csv"
GARBAGE = " +-./()0123456789e#x,;\u00a0"


def e164(number):
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def valid_numbers(country, chance):
    """Return valid numbers of a country: the library's examples, with other digits at the end."""
    found = set()
    for kind in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE):
        example = e164(phonenumbers.example_number_for_type(country, kind))
        ends = [str(chance.randrange(10**digits)).zfill(digits) for digits in (2, 3, 4, 5, 6) * 3]
        candidates = [example, *(example[: -len(end)] + end for end in ends)]
        found |= {n for n in candidates if phonenumbers.is_valid_number(phonenumbers.parse(n))}
    return sorted(found)


def writings(country, number):
    """Yield how people, forms and spreadsheets write a number."""
    parsed = phonenumbers.parse(number)
    code, national = str(parsed.country_code), phonenumbers.national_significant_number(parsed)
    trunk = PhoneMetadata.metadata_for_region(country).national_prefix or ""
    groups = [national[:2], national[2:5], national[5:]]
    yield f"{trunk}{national}"
    yield number
    yield f"00{code}{national}"
    yield f"{code}{national}"
    yield f"+{code} (0){national}"
    yield f"+{code} (0) {' '.join(groups)}"
    yield from (f"{trunk}{mark.join(groups)}" for mark in " ./-\u00a0\u2011")
    yield from (f"+{code}{mark}{mark.join(groups)}" for mark in " ./-\u00a0")
    yield from (f"'{number}", f"\u2019{trunk}{national}", f"({trunk}{groups[0]}) {national[2:]}")
    yield from (f"{code}{national}.0", f"{number}.0", f"{trunk}{national}.0")
    yield from (f"\u202a{number}\u202c", f"\u200e{trunk}{national}", f"\ufeff{number}\t")


def given(phones):
    """Return (country, phone, what it becomes) for each country and phone, by one query."""
    connection = duckdb.connect()
    connection.execute(
        f"create table phone_plans as from read_csv('{PLANS}', header = true, all_varchar = true)"
    )
    codes = {country: str(phonenumbers.country_code_for_region(country)) for country, _ in phones}
    columns = {
        "countries": [country for country, _ in phones],
        "codes": [codes[country] for country, _ in phones],
        "phones": [phone for _, phone in phones],
    }
    connection.execute(
        "create table contacts as select unnest($countries) as country,"
        " unnest(range(len($phones))) as position,"
        " unnest($codes) as calling_code, unnest($phones) as phone",
        columns,
    )
    query = render("with_e164('contacts', 'phone_plans')")
    results = f"select country, phone, phone_e164 from ({query}) order by position"
    return connection.execute(results).fetchall()


def test_a_number_of_sixty_countries_is_given_right_or_left_out():
    chance = random.Random(14)
    expected = {
        (country, phone): number
        for country in COUNTRIES
        for number in valid_numbers(country, chance)
        for phone in writings(country, number)
    }
    results = given(list(expected))
    wrong = [row for row in results if row[2] not in {None, expected[row[:2]]}]
    assert len(results) > 20_000
    assert wrong == []
    left_out = [row for row in results if row[2] is None]
    assert len(left_out) < 0.02 * len(results), left_out[:20]


def test_nothing_that_the_library_calls_invalid_is_made_of_garbage():
    chance = random.Random(14)
    phones = []
    for _ in range(60_000):
        country = chance.choice(COUNTRIES)
        alphabet = chance.choice([GARBAGE, "0123456789"])
        phone = "".join(chance.choices(alphabet, k=chance.randrange(1, 18)))
        code = phonenumbers.country_code_for_region(country)
        phones.append((country, chance.choice(["", "+", "00", "0", f"+{code}", str(code)]) + phone))
    numbers = {number for _, _, number in given(phones) if number}
    invalid = [n for n in numbers if not phonenumbers.is_valid_number(phonenumbers.parse(n))]
    assert len(numbers) > 1_000
    assert invalid == []


READINGS = [
    ("380671234567", "UA", "+380671234567"),
    ("+447911123456.0", "GB", "+447911123456"),
    ("447911123456.0", "GB", "+447911123456"),
    ("'+44 7911 123456", "UA", "+447911123456"),
    ("\u202a+44 7911 123456\u202c", "FR", "+447911123456"),
    ("06 1 234 5678", "HU", "+3612345678"),
    ("8 (701) 234-56-78", "KZ", "+77012345678"),
    ("+7 843 292-33-33", "RU", "+78432923333"),
    ("8 029 491-19-11", "BY", "+375294911911"),
    ("06 1234 5678", "IT", "+390612345678"),
    ("011 44 7911 123456", "US", "+447911123456"),
    ("810 44 7911 123456", "KZ", "+447911123456"),
    ("(415) 555-0142", "US", "+14155550142"),
    ("07700 900123", "GB", None),  # reserved for fiction
    ("4915123456789", "DE", None),  # with calling code, or in the place with area code 04915?
    ("001 65 8234 5678", "TH", None),  # Singapore from Thailand, or Jamaica?
    ("07911 123456 ext. 5", "GB", None),
    ("07911 123456 x5", "GB", None),
    ("07911 123456#5", "GB", None),
    ("07911 123456,,5", "GB", None),
    ("07911 123456;ext=5", "GB", None),
    ("4.47911E+11", "GB", None),
    ("07911 123456 / 07911 123457", "GB", None),
    ("ask reception", "GB", None),
    ("-", "GB", None),
    ("", "GB", None),
    (None, "GB", None),
]


def test_a_phone_number_becomes_what_it_is_or_nothing():
    assert given([(country, phone) for phone, country, _ in READINGS]) == [
        (country, phone, number) for phone, country, number in READINGS
    ]


def test_a_number_needs_no_country_when_it_has_its_calling_code():
    query = render("with_e164('contacts', 'phone_plans')")
    connection = duckdb.connect()
    connection.execute("create table phone_plans as select unnest(['44', '380']) as calling_code")
    connection.execute(
        "create table contacts as select cast(null as varchar) as calling_code, unnest("
        "['+44 7911 123456', '00380671234567', '380671234567', '07911 123456']) as phone"
    )
    given = dict(connection.execute(f"select phone, phone_e164 from ({query})").fetchall())
    assert given == {
        "+44 7911 123456": "+447911123456",
        "00380671234567": "+380671234567",
        "380671234567": None,
        "07911 123456": None,
    }
