"""Draws time against size as SVG, both scales logarithmic."""

import math
from collections.abc import Sequence

from bench.stage import Stage

WIDTH, HEIGHT = 720, 420
LEFT, RIGHT, TOP, BOTTOM = 64, 210, 24, 48
LINES = {  # case → label, colour
    "rows": ("rows by hand", "#b4464b"),
    "to_json x1": ("to_json", "#c98a2b"),
    "first": ("connector, first load", "#1f6fb4"),
    "changed": ("connector, 1,000 changed", "#3a9a5b"),
    "unchanged": ("connector, nothing changed", "#77b58a"),
    "ready x1": ("ready bodies (bound)", "#888888"),
}

Point = tuple[float, float]


def plot(stages: Sequence[Stage]) -> str:
    """Return the picture; a case that was not measured has no line."""
    lines = {
        case: [(float(stage.orders), wall) for stage in stages if (wall := stage.median(case))]
        for case in LINES
    }
    points = [point for line in lines.values() for point in line]
    if not points:
        return '<svg xmlns="http://www.w3.org/2000/svg"/>\n'
    across = _decades([x for x, _ in points], LEFT, WIDTH - RIGHT)
    up = _decades([y for _, y in points], HEIGHT - BOTTOM, TOP)
    parts = [*_grid(across, up)]
    for place, (case, line) in enumerate(lines.items()):
        parts += _line(case, [(across.of(x), up.of(y)) for x, y in line], place)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="12">'
    )
    ground = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>'
    return "\n".join([head, ground, *parts, "</svg>", ""])


class _Scale:
    """A logarithmic scale from whole decade to whole decade."""

    def __init__(self, first: int, last: int, start: float, end: float) -> None:
        self.decades = range(first, last + 1)
        self._first, self._start = first, start
        self._step = (end - start) / max(last - first, 1)

    def of(self, value: float) -> float:
        return self._start + (math.log10(value) - self._first) * self._step


def _decades(values: Sequence[float], start: float, end: float) -> _Scale:
    first, last = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return _Scale(first, max(last, first + 1), start, end)


def _grid(across: _Scale, up: _Scale) -> list[str]:
    parts = []
    for decade in across.decades:
        x = across.of(10**decade)
        parts.append(_path([(x, TOP), (x, HEIGHT - BOTTOM)], "#dddddd"))
        parts.append(_text(x, HEIGHT - BOTTOM + 18, f"{10**decade:,}", "middle"))
    for decade in up.decades:
        y = up.of(10.0**decade)
        parts.append(_path([(LEFT, y), (WIDTH - RIGHT, y)], "#dddddd"))
        parts.append(_text(LEFT - 8, y + 4, f"{10.0**decade:g} s", "end"))
    middle = (LEFT + WIDTH - RIGHT) / 2
    return [*parts, _text(middle, HEIGHT - 10, "orders", "middle")]


def _line(case: str, points: list[Point], place: int) -> list[str]:
    if not points:
        return []
    label, colour = LINES[case]
    dots = [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points]
    x, y = WIDTH - RIGHT + 16, TOP + 12 + 20 * place
    key = _path([(x, y - 4), (x + 18, y - 4)], colour, 2)
    return [_path(points, colour, 2), *dots, key, _text(x + 24, y, label, "start")]


def _path(points: list[Point], colour: str, width: int = 1) -> str:
    places = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="{width}"/>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="#333333">{text}</text>'
