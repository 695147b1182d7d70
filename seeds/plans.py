"""The numbering plans of the world, as the library phonenumbers knows them."""

from collections.abc import Iterator
from dataclasses import dataclass

import phonenumbers
from phonenumbers import PhoneMetadata

KINDS = ["fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "voip"]
KINDS += ["personal_number", "pager", "uan", "voicemail"]

# Only in Austria and Germany a pattern of a kind of number allows more than the plan as a whole,
# as tests/test_phone_plans.py proves for every calling code.
NARROWER_AS_A_WHOLE = {43, 49}

# What is dialled before a national number has a digit or two; longer ones belong to services.
LONGEST_TRUNK_PREFIX = 4


@dataclass(frozen=True)
class Plan:
    """What follows a calling code. Patterns are regular expressions of whole national numbers.

    Attributes:
        calling_code: digits, such as 380.
        trunk_prefix: pattern of what is dialled before a national number at home, or "".
        international_prefix: pattern of what is dialled there to call abroad; "" for 00.
        national_pattern: a valid number matches it,
        possible_pattern: and this one, where it is not "".
    """

    calling_code: str
    trunk_prefix: str
    international_prefix: str
    national_pattern: str
    possible_pattern: str


def plans() -> list[Plan]:
    """Return the plan of every calling code, in their order as texts."""
    found = [plan(code) for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE]
    return sorted(found, key=lambda plan: plan.calling_code)


def plan(code: int) -> Plan:
    """Return the plan of a calling code; prefixes are those of its main region."""
    regions = list(metadata(code))
    main = regions[0]
    patterns = [pattern for region in regions for pattern in kinds(region)]
    return Plan(
        calling_code=str(code),
        trunk_prefix=trunk_prefix(main),
        international_prefix="" if main.international_prefix == "00" else foreign(main),
        national_pattern=portable("|".join(dict.fromkeys(patterns))),
        possible_pattern=possible(main) if code in NARROWER_AS_A_WHOLE else "",
    )


def metadata(code: int) -> Iterator[PhoneMetadata]:
    """Return what the library knows of each region of a calling code, the main one first."""
    for region in phonenumbers.COUNTRY_CODE_TO_REGION_CODE[code]:
        found = PhoneMetadata.metadata_for_region_or_calling_code(code, region)
        if found is not None:
            yield found


def possible(region: PhoneMetadata) -> str:
    """Return the pattern of all numbers of a region."""
    form = region.general_desc
    return portable((form and form.national_number_pattern) or "")


def kinds(region: PhoneMetadata) -> Iterator[str]:
    """Return the patterns of fixed lines, mobiles and so on."""
    for kind in KINDS:
        found = getattr(region, kind)
        if found is not None and found.national_number_pattern:
            yield found.national_number_pattern


def trunk_prefix(region: PhoneMetadata) -> str:
    """Return the pattern of the trunk prefix, without those that name a carrier or a service."""
    pattern = region.national_prefix_for_parsing or ""
    if "(" in pattern:
        return region.national_prefix or ""
    alternatives = pattern.split("|")
    return portable("|".join(a for a in alternatives if len(a) <= LONGEST_TRUNK_PREFIX))


def foreign(region: PhoneMetadata) -> str:
    """Return the pattern of the international prefix; worldwide numbers have none."""
    return portable(region.international_prefix or "")


def portable(pattern: str) -> str:
    """Write a pattern in what RE2, PostgreSQL and Java have in common."""
    return pattern.replace("\\d", "[0-9]")
