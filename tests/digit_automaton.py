"""Regular expressions over digits as automata, so that two of them can be compared for every text.

An expression is a tuple: ("nothing",), ("end",), ("digits", set), ("either", set), ("then", a, b).
Its derivative by a digit is what the rest of a text must match after that digit.
"""

import functools
from re import _constants as constants
from re import _parser as parser

NOTHING, END = ("nothing",), ("end",)


@functools.cache
def expression(pattern):
    return sequence(parser.parse(pattern))


def sequence(parts):
    whole = END
    for kind, value in reversed(list(parts)):
        whole = then(part(kind, value), whole)
    return whole


def part(kind, value):
    if kind is constants.LITERAL:
        return ("digits", frozenset({int(chr(value))}))
    if kind is constants.IN:
        return ("digits", frozenset().union(*(members(*member) for member in value)))
    if kind is constants.BRANCH:
        return either(sequence(branch) for branch in value[1])
    if kind is constants.SUBPATTERN:
        return sequence(value[3])
    assert kind is constants.MAX_REPEAT, kind
    return repeated(*value)


def members(kind, value):
    if kind is constants.LITERAL:
        return {int(chr(value))}
    if kind is constants.RANGE:
        return set(range(int(chr(value[0])), int(chr(value[1])) + 1))
    assert kind is constants.CATEGORY, kind
    return set(range(10))


def repeated(least, most, parts):
    once, whole = sequence(parts), END
    for _ in range(most - least):
        whole = either([END, then(once, whole)])
    for _ in range(least):
        whole = then(once, whole)
    return whole


def then(first, second):
    if NOTHING in (first, second):
        return NOTHING
    if first == END:
        return second
    if second == END:
        return first
    return (
        ("then", first[1], then(first[2], second))
        if first[0] == "then"
        else ("then", first, second)
    )


def either(choices):
    found = set()
    for choice in choices:
        found |= choice[1] if choice[0] == "either" else {choice} - {NOTHING}
    return next(iter(found), NOTHING) if len(found) < 2 else ("either", frozenset(found))


@functools.cache
def may_end(whole):
    if whole[0] == "either":
        return any(map(may_end, whole[1]))
    return whole == END or (whole[0] == "then" and may_end(whole[1]) and may_end(whole[2]))


@functools.cache
def after(whole, digit):
    """The derivative."""
    if whole[0] == "digits":
        return END if digit in whole[1] else NOTHING
    if whole[0] == "either":
        return either(after(choice, digit) for choice in whole[1])
    if whole[0] != "then":
        return NOTHING
    rest = then(after(whole[1], digit), whole[2])
    return either([rest, after(whole[2], digit)]) if may_end(whole[1]) else rest


def texts_where(holds, *expressions):
    """Yield a text of each kind that the expressions distinguish, where `holds` of the matches."""
    reached, waiting = {expressions}, [(expressions, "")]
    while waiting:
        state, text = waiting.pop()
        if holds(*map(may_end, state)):
            yield text
        for digit in range(10):
            following = tuple(after(whole, digit) for whole in state)
            if following not in reached:
                reached.add(following)
                waiting.append((following, f"{text}{digit}"))
