"""Reads the YAML files that a user writes, and says where one is wrong: file and full key."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any

import yaml

from connector.exceptions import ConnectorError
from connector.text.duration import seconds
from connector.text.names import nearest

MAX_BYTES = 2_000_000  # of a file that people write
MAX_VALUES = 30_000
MAX_DEPTH = 50


class _TwiceError(yaml.MarkedYAMLError):
    """A key stands twice in one mapping."""


class _TooLargeError(yaml.MarkedYAMLError):
    """What the file says is far more than what a person writes."""


class _Loader(yaml.CSafeLoader):
    """Refuses a key that stands twice: of two values the reader of a file sees the wrong one."""

    def get_single_node(self) -> yaml.Node | None:
        node: yaml.Node | None = super().get_single_node()
        if node is not None:
            _weigh(node)
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        known = set()
        for key in (key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key in known:
                raise _TwiceError(problem=f"{key} stands twice", problem_mark=node.start_mark)
            known.add(key)
        return super().construct_mapping(node, deep)


def _weigh(root: yaml.Node) -> None:
    """Raise for more values than a person writes, each counted as often as aliases repeat it."""
    count, waiting = 0, [(root, 0)]
    while waiting:
        node, depth = waiting.pop()
        count += 1
        if count > MAX_VALUES or depth > MAX_DEPTH:
            problem = f"the file holds more than {MAX_VALUES:,} values, or more than {MAX_DEPTH} "
            raise _TooLargeError(
                problem=f"{problem}within each other", problem_mark=node.start_mark
            )
        if isinstance(node, yaml.SequenceNode):
            waiting += [(each, depth + 1) for each in node.value]
        elif isinstance(node, yaml.MappingNode):
            waiting += [(each, depth + 1) for pair in node.value for each in pair]


def read(path: Path, error: type[ConnectorError], next_step: str) -> dict[str, Any]:
    """Return the mapping that a YAML file holds.

    Raises `error` when it holds none; `next_step` is what to do when the file is missing or empty.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise error(f"{path} has more than {MAX_BYTES:,} bytes; make it smaller")
        values = yaml.load(content, Loader=_Loader)  # noqa: S506 - a safe one
    except FileNotFoundError as missing:
        raise error(f"{path} does not exist; {next_step}") from missing
    except OSError as problem:
        raise error(f"{path} cannot be read; {next_step}") from problem
    except yaml.YAMLError as problem:
        # The problem's own text may quote a value of the file.
        mark = getattr(problem, "problem_mark", None)
        line = f", look at line {mark.line + 1}" if mark else ""
        is_own = isinstance(problem, _TwiceError | _TooLargeError)
        what = str(getattr(problem, "problem", "")) if is_own else "the file is not valid YAML"
        raise error(f"{path}: {what}{line}") from None
    except (ValueError, RecursionError):  # such as the 99th of a month, or 5,000 digits
        raise error(f"{path}: a date or number of the file cannot be read; correct it") from None
    if values is None:
        raise error(f"{path} is empty and no mapping of keys to values; {next_step}")
    if not isinstance(values, dict):
        raise error(f"{path}: the file must be a mapping of keys to values")
    return values


@dataclass(frozen=True, slots=True)
class Section:
    """The keys and values at one place of a file; `where` is the place, such as `destinations.`."""

    path: Path
    where: str
    values: Mapping[str, Any]
    error: type[ConnectorError]

    def wrong(self, key: str, problem: str) -> ConnectorError:
        """Return the error that says what is wrong with a key."""
        return self.error(f"{self.path}: {self.where}{key} {problem}")

    def known(self, names: Iterable[str]) -> None:
        """Raise for the first key that is not in `names`, with the nearest name."""
        known = list(names)
        for key in self.values:
            if key not in known:
                raise self.wrong(
                    key, f"is not known{nearest(str(key), known)}; correct or remove it"
                )

    def required(self, key: str) -> None:
        """Raise when a key is missing."""
        if key not in self.values:
            raise self.wrong(key, "is missing; add it")

    def text(self, key: str, default: str) -> str:
        """Return the text of a key; raises when it is something else."""
        value = self.values.get(key, default)
        if not isinstance(value, str):
            raise self.wrong(key, "must be a text; put it in quotes")
        return value

    def one_of(self, key: str, choices: Sequence[str]) -> str:
        """Return the text of a key, which must be one of the choices; the first is the default."""
        value = self.text(key, choices[0])
        if value not in choices:
            choice = f"{nearest(value, choices)}; use one of {', '.join(choices)}"
            raise self.wrong(key, f"is {value!r}{choice}")
        return value

    def switch(self, key: str, *, default: bool) -> bool:
        """Return true or false; raises when it is something else."""
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            raise self.wrong(key, "must be true or false")
        return value

    def duration(self, key: str) -> float | None:
        """Return the seconds of a text such as `90m`, `3h` or `1d`, None when the key is missing.

        Raises when it is something else, or nothing.
        """
        if key not in self.values:
            return None
        value = str(self.values[key])
        length = seconds(value)
        if length is None:
            raise self.wrong(key, f"is {value!r}; write a length of time such as 90m, 3h or 1d")
        return length

    def section(self, key: str) -> "Section":
        """Return the mapping below a key, empty when it is missing; raises for anything else."""
        value = {} if self.values.get(key) is None else self.values[key]
        if not isinstance(value, dict):
            raise self.wrong(key, "must be a mapping of keys to values")
        return Section(self.path, f"{self.where}{key}.", value, self.error)

    def numbers(self, defaults: Mapping[str, float]) -> dict[str, Any]:
        """Return the numbers that are given for keys of `defaults`, whole where the default is.

        Raises for one that is not above 0, and for a share that is above a default of less than 1
        and above 1.
        """
        found = {name: self.values[name] for name in defaults if name in self.values}
        for name, value in found.items():
            whole = isinstance(defaults[name], int)
            kinds = int if whole else (int, float)
            if isinstance(value, bool) or not isinstance(value, kinds) or not 0 < value < inf:
                raise self.wrong(name, f"must be a {'whole ' if whole else ''}number above 0")
            if name.endswith("_share") and value > 1 > defaults[name]:
                raise self.wrong(name, "must be a share of at most 1, such as 0.3 for 30 %")
        return found
