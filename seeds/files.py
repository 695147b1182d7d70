"""The files that follow from the numbering plans: a seed, and macros with its patterns."""

import csv
import dataclasses
import io
from itertools import groupby
from pathlib import Path

from seeds.plans import Plan, plans

TEMPLATES = Path(__file__).parent / "templates"
# Trunk prefixes that are cut off wherever a number begins with one,
LITERAL = {"0", "06", "1"}
# but for these calling codes, where a few valid numbers begin with it themselves.
DOUBTFUL = {"62", "66", "81", "82", "91", "250", "359", "598"}


def files() -> dict[str, str]:
    """Return the path in the repository and the text of each file."""
    known = plans()
    cases = {
        "after_international_prefix": [
            case(plan, abroad(plan)) for plan in known if plan.international_prefix
        ],
        "calling_code_of": [],
        "is_national_number": by_first_digit(known),
        "without_trunk_prefix": [
            case(plan, trunk(plan)) for plan in known if plan.trunk_prefix and not literal(plan)
        ],
    }
    macros = {f"macros/{name}.sql": macro(name, lines, known) for name, lines in cases.items()}
    return {"seeds/phone_plans.csv": seed(known), **macros}


def seed(known: list[Plan]) -> str:
    """Return the plans as CSV; what a plan lacks is blank, which dbt reads as null."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(field.name for field in dataclasses.fields(Plan))
    rows.writerows(dataclasses.astuple(plan) for plan in known)
    return text.getvalue()


def macro(name: str, cases: list[str], known: list[Plan]) -> str:
    """Return a macro: its template, with a case for each plan, and lists of calling codes."""
    codes = {
        f"codes of {prefix}": [p for p in known if literal(p) and p.trunk_prefix == prefix]
        for prefix in LITERAL
    }
    codes["codes of 1 digit"] = [plan for plan in known if len(plan.calling_code) == 1]
    codes["codes of 2 digits"] = [plan for plan in known if len(plan.calling_code) == 2]  # noqa: PLR2004
    text = (TEMPLATES / f"{name}.sql").read_text(encoding="utf-8")
    text = text.replace("        -- cases\n", "".join(cases))
    for place, listed in codes.items():
        text = text.replace(f"'{place}'", ", ".join(f"'{plan.calling_code}'" for plan in listed))
    return text


def by_first_digit(known: list[Plan]) -> list[str]:
    """Return a case for each first digit, and in it one for each plan: 30 comparisons, not 215."""
    lines = []
    for digit, group in groupby(known, key=lambda plan: plan.calling_code[0]):
        cases = "".join("    " + case(plan, valid(plan)) for plan in group)
        lines += [
            f"        when left({{{{ calling_code }}}}, 1) = '{digit}' then\n",
            f"            case {{{{ calling_code }}}}\n{cases}            end\n",
        ]
    return lines


def case(plan: Plan, expression: str) -> str:
    """Return a line of a case expression over calling codes."""
    return f"        when '{plan.calling_code}' then {expression}\n"


def literal(plan: Plan) -> bool:
    """Return whether the trunk prefix can be cut off without a look at what follows."""
    return plan.trunk_prefix in LITERAL and plan.calling_code not in DOUBTFUL


def valid(plan: Plan) -> str:
    """Return whether the digits are a valid number of the plan, with or without trunk prefix."""
    before = f"(?:{plan.trunk_prefix})?" if plan.trunk_prefix else ""
    patterns = [plan.national_pattern, plan.possible_pattern]
    return " and ".join(
        f'{{{{ matches_pattern(digits, "^{before}(?:{pattern})$") }}}}'
        for pattern in patterns
        if pattern
    )


def trunk(plan: Plan) -> str:
    """Return the digits without a trunk prefix that a valid number could begin with as well."""
    pattern = f"^(?:{plan.trunk_prefix})((?:{plan.national_pattern}))$"
    return f'coalesce({{{{ extract_pattern(digits, "{pattern}") }}}}, {{{{ digits }}}})'


def abroad(plan: Plan) -> str:
    """Return what follows the international prefix."""
    pattern = f"^(?:{plan.international_prefix})([1-9][0-9]*)$"
    return f'{{{{ extract_pattern(digits, "{pattern}") }}}}'
