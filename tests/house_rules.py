"""The house rules that no linter knows: each maps a text to its offences by line."""

import ast
import re
from collections.abc import Iterator

LONGEST_FILE = 200
LONGEST_FUNCTION = 30

Function = ast.FunctionDef | ast.AsyncFunctionDef
Offences = list[tuple[int, str]]


def calls(source: str) -> Iterator[ast.Call]:
    return (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))


# A function does one thing.


def functions(source: str) -> Iterator[Function]:
    return (node for node in ast.walk(ast.parse(source)) if isinstance(node, Function))


def length(function: Function) -> int:
    """Lines from `def` to the end, without the docstring."""
    lines = function.end_lineno - function.lineno + 1
    if ast.get_docstring(function) is None:
        return lines
    docstring = function.body[0]
    return lines - (docstring.end_lineno - docstring.lineno + 1)


def long_functions(source: str) -> Offences:
    return [
        (f.lineno, f"{f.name} has {length(f)} lines, at most {LONGEST_FUNCTION} are allowed")
        for f in functions(source)
        if length(f) > LONGEST_FUNCTION
    ]


# A file has one reason to be there.


def too_long(source: str) -> Offences:
    lines = len(source.splitlines())
    told = f"{lines} lines, at most {LONGEST_FILE} are allowed: one reason too many"
    return [(lines, told)] if lines > LONGEST_FILE else []


# SQL is constant and its values are bound; only what passes a quoting function is put in.

QUOTING = {"quote", "quoted", "literal"}


def is_quoted(value: ast.expr) -> bool:
    called = getattr(value, "func", None)
    return bool(QUOTING & {getattr(called, "id", ""), getattr(called, "attr", "")})


def is_built(text: ast.expr) -> bool:
    """Whether an unquoted value is put into the text."""
    if isinstance(text, ast.JoinedStr):
        holes = [part.value for part in text.values if isinstance(part, ast.FormattedValue)]
        return not all(is_quoted(hole) for hole in holes)
    if isinstance(text, ast.BinOp):
        return not isinstance(text.op, ast.Add) or is_built(text.left) or is_built(text.right)
    if isinstance(text, ast.IfExp):
        return is_built(text.body) or is_built(text.orelse)
    return not isinstance(text, ast.Constant)


def is_composed(text: ast.expr) -> bool:
    if isinstance(text, ast.Call):
        return getattr(text.func, "attr", "") == "format"
    return isinstance(text, ast.JoinedStr | ast.BinOp)


def built_statements(source: str) -> Offences:
    return [
        (call.lineno, "SQL is put together here; bind the value, or quote the name")
        for call in calls(source)
        if getattr(call.func, "attr", "") in {"execute", "executemany", "query", "sql"}
        and call.args
        and is_composed(call.args[0])
        and is_built(call.args[0])
    ]


# Every nested list is ordered down to a key, else fingerprints flap.

AGGREGATE = re.compile(r"\b(list|array_agg|string_agg|group_concat|listagg)\s*\(", re.IGNORECASE)
ORDER_BY = re.compile(r"\border\s+by\b", re.IGNORECASE)
COMMENT = re.compile(r"--[^\n]*|\{#.*?#\}", re.DOTALL)


def before_the_closing_bracket(text: str) -> str:
    depth = 1
    for end, letter in enumerate(text):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth == 0:
            return text[:end]
    return text


def unordered_lists(sql: str) -> Offences:
    text = COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), sql)
    return [
        (text[: found.start()].count("\n") + 1, f"{found[1]}(...) has no `order by`")
        for found in AGGREGATE.finditer(text)
        if not ORDER_BY.search(before_the_closing_bracket(text[found.end() :]))
    ]


# SQL that only one engine understands belongs in a macro dispatched by engine.

ENGINE_MACRO = re.compile(
    r"\{%-? macro (default|duckdb|postgres|spark)__.*?endmacro", re.DOTALL | re.IGNORECASE
)
JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|'[^']*'", re.DOTALL)
ENGINE_ONLY = re.compile(
    r"\bhugeint\b|\bqualify\b|\bgroup by all\b|\bunion all by name\b|\blambda\b|\bexclude *\("
    r"|\b(list|list_(?!of\b)\w+|string_split\w*|unnest|regexp_\w+|sha256|url_encode|arg_min|arg_max|epoch"
    r"|try_cast|strlen|starts_with|strftime|struct_pack|divide|array_agg|bit_count)\("
)


def engine_only(sql: str) -> Offences:
    def blank(found: re.Match[str]) -> str:
        return "\n" * found[0].count("\n")

    text = ENGINE_MACRO.sub(blank, COMMENT.sub(blank, sql))
    found = [(text, each) for each in ENGINE_ONLY.finditer(text)]
    plain = JINJA.sub(blank, text)
    found += [(plain, each) for each in re.finditer(r"::|\[", plain)]
    return [
        (where[: each.start()].count("\n") + 1, f"{each[0]} is for a dispatched macro")
        for where, each in found
    ]


# The connector names no field of a payload: those are in the contracts.

KNOWN_EVERYWHERE = {"order_id"}


def field_names(schema: object) -> set[str]:
    """Field names of a contract, at every depth, that are not just an English word."""
    if isinstance(schema, list):
        return set().union(*map(field_names, schema))
    if not isinstance(schema, dict):
        return set()
    own = {name for name in schema.get("properties", {}) if "_" in name}
    return own.union(*map(field_names, schema.values())) - KNOWN_EVERYWHERE


def named_fields(text: str, fields: set[str]) -> Offences:
    return [
        (number, f"{name} is a field of a destination; it belongs in its contract")
        for number, line in enumerate(text.splitlines(), start=1)
        for name in sorted(fields.intersection(re.findall(r"\w+", line)))
    ]


# No error is swallowed, and only the command line prints and ends the process.

ENDINGS = {"print", "exit", "quit", "sys.exit", "os._exit", "click.echo", "click.secho"}


def swallowed_errors(source: str) -> Offences:
    return [
        (node.lineno, "every exception is caught and none is raised again")
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or getattr(node.type, "id", "") in {"Exception", "BaseException"})
        and not any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
        and "noqa: BLE001 - " not in source.splitlines()[node.lineno - 1]  # it says why
    ]


def endings(source: str) -> Offences:
    return [
        (call.lineno, f"{ast.unparse(call.func)}: only connector/cli prints and exits")
        for call in calls(source)
        if ast.unparse(call.func) in ENDINGS
    ]


# Nothing refers to the place where it was written; split, so that the test does not find itself.

MACHINE = re.compile(
    b"|".join(
        [
            rb"(?<![\w.$}])/" + rb"(root|work)/",
            rb"(?<![\w.$}])/" + rb"(home|Users)/\w",
            rb"\.\./" + rb"shared\b",
            rb"pypi\." + rb"org",
            rb"python" + rb"hosted\.org",
            rb"npmjs\." + rb"(org|com)",
            rb"deb\." + rb"debian\.org",
        ]
    )
)


def machine_traces(content: bytes) -> Offences:
    return [
        (number, f"{found[0].decode()} is of one machine only")
        for number, line in enumerate(content.splitlines(), start=1)
        if (found := MACHINE.search(line))
    ]
