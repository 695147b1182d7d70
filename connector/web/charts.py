"""Bar charts over days, drawn as SVG on the server, without scripts; styles set the colours."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from markupsafe import Markup

_WIDTH, _HEIGHT, _FOOT = 720, 160, 20
_MOST = 400  # bars in a chart
_FIGURE = Markup(
    '<figure class="chart"><figcaption>{title}</figcaption><ul class="legend">{legend}</ul>'
    '<svg viewBox="0 0 {width} {height}" role="img" aria-label="{title}: {first} to {last}">'
    '{parts}<text x="0" y="{foot}">{first}</text>'
    '<text x="{width}" y="{foot}" text-anchor="end">{last}</text>'
    '<text x="{width}" y="11" text-anchor="end">{top}</text></svg></figure>'
)


def days(first: str, last: str) -> list[str]:
    """Return the days from the first to the last in ISO-8601."""
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    return [str(begin + timedelta(days=each)) for each in range((end - begin).days + 1)]


def bars(
    title: str, series: Mapping[str, Mapping[str, float]], places: Sequence[str] | None = None
) -> Markup:
    """Return a chart of stacked bars with one colour per series.

    `series` are values by place, such as a day; `places` lists all places in order. A place without
    any value is marked as a gap.
    """
    every = sorted(set[str]().union(*series.values()))
    found = list(every if places is None else places)[-_MOST:]
    if not found:
        return Markup("")
    top = max(sum(float(each.get(at, 0)) for each in series.values()) for at in found) or 1.0
    step = _WIDTH / len(found)
    parts = [
        part
        for number, at in enumerate(found)
        for part in _place(at, number * step, step, series, top)
    ]
    legend = Markup("").join(
        Markup('<li class="series-{}">{}</li>').format(number, name)
        for number, name in enumerate(series)
    )
    return _FIGURE.format(
        title=title,
        legend=legend,
        width=_WIDTH,
        height=_HEIGHT + _FOOT,
        parts=Markup("").join(parts),
        foot=_HEIGHT + _FOOT - 4,
        first=found[0],
        last=found[-1],
        top=f"{top:,.0f}",
    )


def _place(
    at: str, left: float, step: float, series: Mapping[str, Mapping[str, float]], top: float
) -> list[Markup]:
    """Return the bars of one place, with the first series at the bottom."""
    width, bottom = max(step * 0.8, 0.5), float(_HEIGHT)
    if not any(at in each for each in series.values()):
        return [_bar("hole", (left, _HEIGHT - 4, width, 4), f"{at}: nothing")]
    drawn = []
    for number, (name, each) in enumerate(series.items()):
        value = float(each.get(at, 0))
        height = value / top * (_HEIGHT - 16)
        bottom -= height
        if value:
            told = f"{at}: {value:,.0f} {name}"
            drawn.append(_bar(f"series-{number}", (left, bottom, width, max(height, 1)), told))
    return drawn


def _bar(kind: str, box: tuple[float, float, float, float], told: str) -> Markup:
    return Markup(
        '<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}">'
        "<title>{}</title></rect>"
    ).format(kind, *box, told)
