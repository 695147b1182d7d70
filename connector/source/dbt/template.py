"""Fills in the variables of values in dbt's own files, and nothing else of Jinja."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from connector.exceptions import ProjectError

if TYPE_CHECKING:
    from jinja2.nodes import Template

_LONGEST, _SHOWN = 2_000, 100  # characters of a template that are evaluated, and that are shown
_TYPES = ("as_text", "as_bool", "as_number", "as_native")  # filters that set the type of the text
_FILTERS = (*_TYPES, "int", "string", "trim", "lower", "upper", "replace", "default", "d")
_PLAIN = {
    *("Output", "TemplateData", "Name", "Const", "Concat", "Add", "Keyword", "If"),
    *("CondExpr", "Compare", "Operand", "And", "Or", "Not"),
}


def render(path: Path, value: str, instead: str = "") -> str:
    """Fill in `env_var(...)` of a value in profiles.yml or dbt_project.yml as dbt does.

    An error shows the value, or `instead` of one that is secret.
    """
    if "{{" not in value and "{%" not in value:
        return value
    from jinja2 import TemplateError  # noqa: PLC0415 - start-up time
    from jinja2.sandbox import SandboxedEnvironment  # noqa: PLC0415

    def env_var(name: str, default: str | None = None) -> str:
        found = os.environ.get(name, default)
        if found is None:
            raise ProjectError(
                f"{path}: the environment variable {name} is not set; export it and try again"
            )
        return found

    environment = SandboxedEnvironment()
    environment.filters |= dict.fromkeys(_TYPES, str)
    shown = instead or repr(value[:_SHOWN])
    try:
        if len(value) > _LONGEST or not _is_plain(environment.parse(value)):
            advice = "set `warehouse:` in connector.yml"
            raise ProjectError(f"{path}: {shown} does more than fill in variables; {advice}")
        return environment.from_string(value).render(env_var=env_var)
    except TemplateError as error:
        why = type(error).__name__ if instead else error
        raise ProjectError(f"{path}: {shown} cannot be rendered: {why}; correct it") from None
    except (RecursionError, TypeError, ValueError) as error:
        problem = f"{shown} cannot be rendered ({type(error).__name__}); correct it"
        raise ProjectError(f"{path}: {problem}") from None


def _is_plain(template: "Template") -> bool:
    """Return whether a template only fills in variables, joins and compares.

    Anything else could take unlimited time and memory.
    """
    from jinja2 import nodes  # noqa: PLC0415 - start-up time

    for node in template.find_all(nodes.Node):
        if isinstance(node, nodes.Call):
            is_plain = getattr(node.node, "name", "") == "env_var"
        elif isinstance(node, nodes.Filter):
            is_plain = node.name in _FILTERS
        else:
            is_plain = type(node).__name__ in _PLAIN
        if not is_plain:
            return False
    return True
