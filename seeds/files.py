"""The files that follow from the numbering plans: a seed, and macros with its patterns."""

import csv
import dataclasses
import io
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from seeds.plans import Plan, plans

TEMPLATES = Path(__file__).parent / "templates"
MACROS = "dbt_package/macros"
# Trunk prefixes that are cut off wherever a number begins with one,
LITERAL = {"0", "06", "1"}
# but for these calling codes, where a few valid numbers begin with it themselves.
DOUBTFUL = {"62", "66", "81", "82", "91", "250", "359", "598"}
# What the trunk prefixes match that are cut off only before a valid number, the longest first.
TEXTS = {"0": ["0"], "8": ["8"], "[08]": ["0", "8"], "0|80?": ["80", "0", "8"]}


def files() -> dict[str, str]:
    """Return the path in the repository and the text of each file."""
    known = plans()
    abroad = [case(plan, foreign(plan)) for plan in known if plan.international_prefix]
    cases = {
        "after_international_prefix": "".join(abroad),
        "calling_code_of": "",
        "is_phone_number": by_first_digit(known),
        "trunk_prefix_length": by_length(known),
    }
    macros = {f"{MACROS}/{name}.sql": macro(name, lines, known) for name, lines in cases.items()}
    return {"dbt_package/seeds/phone_plans.csv": seed(known), **macros}


def seed(known: list[Plan]) -> str:
    """Return the plans as CSV; what a plan lacks is blank, which dbt reads as null."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(field.name for field in dataclasses.fields(Plan))
    rows.writerows(dataclasses.astuple(plan) for plan in known)
    return text.getvalue()


def macro(name: str, cases: str, known: list[Plan]) -> str:
    """Return a macro: its template, with a case for each plan, or the calling codes."""
    codes = [plan.calling_code for plan in known if len(plan.calling_code) == 2]  # noqa: PLR2004
    text = (TEMPLATES / f"{name}.sql").read_text(encoding="utf-8")
    return text.replace("        -- cases\n", cases).replace("codes of 2 digits", "|".join(codes))


def by_first_digit(known: list[Plan]) -> str:
    """Return a case for each first digit: whether digits are a valid number of any of its plans."""
    return "".join(
        f"        when '{digit}' then {valid(list(group))}\n"
        for digit, group in groupby(known, key=lambda plan: plan.calling_code[0])
    )


def valid(group: list[Plan]) -> str:
    """Return whether the digits are a valid number of one of the plans."""
    condition = matches(either(dialled(plan, plan.national_pattern) for plan in group))
    narrower = [plan for plan in group if plan.possible_pattern]
    if not narrower:
        return condition
    codes = either(plan.calling_code for plan in narrower)
    others = f'not {{{{ order_connector.matches_pattern(digits, "^(?:{codes})") }}}}'
    possible = matches(either(dialled(plan, plan.possible_pattern) for plan in narrower))
    return f"{condition} and ({others} or {possible})"


def dialled(plan: Plan, pattern: str) -> str:
    """Return the pattern of a number with its calling code, with or without trunk prefix."""
    before = f"(?:{plan.trunk_prefix})?" if plan.trunk_prefix else ""
    return f"{plan.calling_code}{before}(?:{pattern})"


def by_length(known: list[Plan]) -> str:
    """Return a case for each length of trunk prefixes, the longest first."""
    prefixes = [(text, plan) for plan in known for text in texts(plan)]
    cases = ""
    for length in sorted({len(text) for text, _ in prefixes}, reverse=True):
        those = [(text, plan) for text, plan in prefixes if len(text) == length]
        pattern = either(f"{plan.calling_code}{text}(?:{after(plan)})" for text, plan in those)
        cases += f"        when {matches(pattern)} then {length}\n"
    return cases


def texts(plan: Plan) -> list[str]:
    """Return the trunk prefixes of a plan."""
    if not plan.trunk_prefix or literal(plan):
        return [plan.trunk_prefix] if plan.trunk_prefix else []
    return TEXTS[plan.trunk_prefix]


def after(plan: Plan) -> str:
    """Return the pattern of what may follow a trunk prefix."""
    return "[0-9]*" if literal(plan) else plan.national_pattern


def literal(plan: Plan) -> bool:
    """Return whether the trunk prefix can be cut off without a look at what follows."""
    return plan.trunk_prefix in LITERAL and plan.calling_code not in DOUBTFUL


def case(plan: Plan, expression: str) -> str:
    """Return a line of a case expression over calling codes."""
    return f"        when '{plan.calling_code}' then {expression}\n"


def foreign(plan: Plan) -> str:
    """Return what follows the international prefix."""
    pattern = f"^(?:{plan.international_prefix})([1-9][0-9]*)$"
    return f'{{{{ order_connector.extract_pattern(digits, "{pattern}") }}}}'


def either(patterns: Iterable[str]) -> str:
    """Return a pattern that matches what any of the patterns matches."""
    return "|".join(patterns)


def matches(pattern: str) -> str:
    """Return whether all digits match a pattern."""
    return f'{{{{ order_connector.matches_pattern(digits, "^(?:{pattern})$") }}}}'
