"""Prints many errors by rule, with counts and three examples each."""

from itertools import chain

from connector.api.questions.errors import RuleOfErrors
from connector.api.results import Results
from connector.cli.output.terminal import say
from connector.text.plural import counted

MANY = 20  # rows; more of them are summed up by rule


def print_rules(results: Results[tuple[RuleOfErrors, ...]]) -> None:
    """Print rules, the most frequent first, and how to see each order."""
    names: dict[str, None] = {}
    for each in chain(*results.found):
        names[each.destination] = None
        what = each.rule or "the API says"
        say(f"{each.destination} · {each.type} · {what}: {counted(each.orders, 'order')}")
        say(f"  {each.message}")
        say(f"  for example {', '.join(each.examples)}")
    for name in names:
        say(f"`connector errors {name} --all` lists each order")
