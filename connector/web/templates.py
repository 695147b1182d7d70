"""Renders pages: all values are escaped, and an undefined name is an error."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from connector.text import exact, words
from connector.text.duration import lasting
from connector.text.visible import visible
from connector.web.charts import bars

HERE = Path(__file__).parent
STATIC = HERE / "static"


def templates(folder: Path, **shared: Any) -> Callable[..., str]:
    """Return a function that renders templates of a folder, or the common ones.

    `shared` are variables for all templates; `static` is the address of styles and scripts.
    """
    environment = Environment(
        loader=FileSystemLoader([folder, HERE / "templates"]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters = ("number", "money", "size", "ago", "short", "moment")
    environment.filters |= {name: getattr(words, name) for name in filters}
    environment.filters |= {"lasting": lasting, "json": exact.dumps, "visible": visible}
    environment.filters["visible_lines"] = _visible_lines
    environment.globals |= {"bars": bars, "share": words.share, "static": "/static", **shared}

    def rendered(template: str, **values: Any) -> str:
        return environment.get_template(template).render(**values)

    return rendered


def _visible_lines(text: str) -> str:
    return "\n".join(map(visible, text.split("\n")))
