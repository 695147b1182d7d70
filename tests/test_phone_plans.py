"""The seed of numbering plans and its macros are derived from the library, and agree with it."""

import re

import pytest

from seeds.__main__ import ROOT
from seeds.files import DOUBTFUL, LITERAL, files
from seeds.plans import KINDS, metadata, plans
from tests.digit_automaton import expression, texts_where, then
from tests.macros import PACKAGE

PLANS = plans()
PORTABLE = re.compile(r"(\(\?:|[0-9()|?]|\[[0-9-]+\]|\{[0-9]+(,[0-9]+)?\})*")


@pytest.mark.parametrize("path", files())
def test_what_follows_from_the_library_is_up_to_date(path):
    assert (ROOT / path).read_text() == files()[path], f"{path} is old; run `make seeds`"


def test_every_pattern_is_one_that_all_engines_run():
    for plan in PLANS:
        patterns = [plan.trunk_prefix, plan.international_prefix]
        for pattern in [*patterns, plan.national_pattern, plan.possible_pattern]:
            assert PORTABLE.fullmatch(pattern), plan.calling_code


def test_the_macros_hold_nothing_that_only_some_engines_run():
    for path in PACKAGE.glob("*.sql"):
        code = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)
        assert not re.search(r"\(\?[=!<]|\\[dswpbDSWPB]", code), path.name


def test_the_plans_hold_the_valid_numbers_and_no_other():
    """For every text of digits: a number is of a kind, and of its region's form."""
    assert [(plan.calling_code, text) for plan in PLANS for text in differences(plan)] == []


def differences(plan):
    """Yield texts on which the plan and the library disagree."""
    ours = expression(plan.national_pattern), expression(plan.possible_pattern or "[0-9]{0,20}")
    regions = list(metadata(int(plan.calling_code)))
    kinds = [expression("|".join(dict.fromkeys(of_kinds(region)))) for region in regions]
    forms = [expression(region.general_desc.national_number_pattern) for region in regions]

    def differ(national, possible, *theirs):
        of_a_region = zip(theirs[: len(regions)], theirs[len(regions) :], strict=True)
        return (national and possible) != any(kind and form for kind, form in of_a_region)

    return texts_where(differ, *ours, *kinds, *forms)


def of_kinds(region):
    kinds = (getattr(region, kind) for kind in KINDS)
    return [kind.national_number_pattern for kind in kinds if kind and kind.national_number_pattern]


def test_a_trunk_prefix_is_cut_off_blindly_only_where_no_valid_number_begins_with_it():
    def begins_with_it(national, with_prefix):
        return national and with_prefix

    doubtful = set()
    for plan in PLANS:
        if plan.trunk_prefix in LITERAL:
            anything = expression("[0-9]{0,20}")
            prefixed = then(expression(plan.trunk_prefix), anything)
            both = texts_where(begins_with_it, expression(plan.national_pattern), prefixed)
            doubtful |= {plan.calling_code for _ in both}
    assert doubtful == DOUBTFUL
