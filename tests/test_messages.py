"""Every message that ends a run says what happened and what to do next."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector import exceptions
from connector.exceptions import ConnectorError

ROOT = Path(__file__).parents[1]
KINDS = {name for name, kind in vars(exceptions).items() if isinstance(kind, type)}
VERBS = (
    "add|cast|check|choose|compare|correct|delete|drop|export|free|give|go|install|join|keep|load|look|make"
    "|name|put|raise|remove|rename|restore|run|say|see|send|set|shorten|start|use|wait|write"
)
NEXT_STEP = re.compile(
    rf"[;,.:}}] (or |what |they )?\b({VERBS})\b|\bmust be\b|\bgoes with the next run",
    re.IGNORECASE,
)
CHATTER = re.compile(r"[!]|\b(oops|sorry|please|fatal|illegal)\b")
# "is no date" and "a row an order": a native reader stumbles; "is not a valid date", "per order".
RIDDLES = re.compile(r"(?<!there )\b(is|are) no [a-z]|none of our|\b(an?|one) [a-z]+ an? [a-z]+\b")


def shown(value: ast.AST, known: dict[str, ast.expr]) -> str:
    """A message as it stands in the source, with names of texts replaced by the texts."""
    if isinstance(value, ast.Constant):
        return str(value.value)
    if isinstance(value, ast.JoinedStr):
        return "".join(shown(part, known) for part in value.values)
    if isinstance(value, ast.FormattedValue):
        return shown(value.value, known)
    if isinstance(value, ast.Name) and value.id in known:
        return shown(
            known[value.id], {name: each for name, each in known.items() if name != value.id}
        )
    if isinstance(value, ast.IfExp):
        return shown(value.body, known)
    return f"{{{ast.unparse(value)}}}"


def texts(scope: ast.AST) -> dict[str, ast.expr]:
    """What names mean in a function or module, as far as they are assigned there."""
    return {
        target.id: each.value
        for each in ast.walk(scope)
        if isinstance(each, ast.Assign)
        for target in each.targets
        if isinstance(target, ast.Name)
    }


def is_message(call: ast.Call) -> bool:
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    return bool(call.args) and (name in KINDS or name == "wrong")


def messages(path: Path) -> Iterator[tuple[str, str]]:
    """Where each message stands, and its text."""
    module = ast.parse(path.read_text(encoding="utf-8"))
    constants = texts(
        ast.Module([each for each in module.body if isinstance(each, ast.Assign)], [])
    )
    for function in ast.walk(module):
        if isinstance(function, ast.FunctionDef) and function.name != "wrong":
            known = constants | texts(function)
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and is_message(call):
                    where = f"{path.relative_to(ROOT)}:{call.lineno}"
                    yield where, " ".join(shown(each, known) for each in call.args)


# What the message of a contract lacks is added where it is put together: see `HELP`.
SCHEMA = "connector/contract/schema.py"
# The next step may be in a text from elsewhere: its name says so.
ELSEWHERE = re.compile(r"\{(next_step|advice|message|HELP|self\._interruption)\}")


@pytest.fixture(scope="module")
def every() -> dict[str, str]:
    """Each message by its place."""
    return dict(pair for path in sorted(ROOT.glob("connector/**/*.py")) for pair in messages(path))


def test_the_messages_are_found(every):
    assert len(every) > 60


def test_a_message_says_what_to_do(every):
    told = {where: text for where, text in every.items() if not where.startswith(SCHEMA)}
    assert told
    silent = {
        where: text
        for where, text in told.items()
        if not NEXT_STEP.search(ELSEWHERE.sub("; check", text))
    }
    assert silent == {}


def test_a_message_is_plain(every):
    chatter = {where: text for where, text in every.items() if CHATTER.search(text)}
    assert chatter == {}
    riddles = {where: text for where, text in every.items() if RIDDLES.search(text)}
    assert riddles == {}
    assert {where: text for where, text in every.items() if text.rstrip().endswith(".")} == {}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_error_says_what_it_is(kind):
    error = getattr(exceptions, kind)
    assert issubclass(error, ConnectorError)
    assert error.__doc__
    assert f"{kind} " in exceptions.__doc__
