"""How a run is told to people."""

import click

from connector.summary import Summary


def print_summary(summary: Summary) -> None:
    """Print the numbers of a run, so that each line that is not zero says what to do about it."""
    name = summary.destination
    run = f" · run {summary.run_id}" if summary.run_id else " · plan, nothing sent"
    click.echo(f"{name} · {summary.environment}{run}")
    lines = [
        ("orders in the view", summary.orders, ""),
        ("unchanged", summary.unchanged, ""),
        ("to send", summary.added + summary.changed + summary.in_doubt, _kinds(summary)),
        ("delivered", summary.delivered, _wire(summary)),
        ("refused now", summary.refused, f"see `connector errors {name}`"),
        (
            "refused before",
            summary.refused_before,
            f"see `connector errors {name}`, then `connector retry {name}`",
        ),
        (
            "invalid",
            summary.invalid,
            f"see `connector errors {name}`" if summary.run_id else "see `connector validate`",
        ),
        ("pending", summary.pending, _pending(summary)),
        ("with warnings", summary.warned, "sent all the same; see `connector validate`"),
        ("gone from the view", summary.removed, "left as they are at the destination"),
    ]
    for label, count, note in lines:
        if count or label in {"orders in the view", "delivered", "to send"}:
            click.echo(f"  {label:<20}{count:>12,}" + (f"   {note}" if note and count else ""))
    for kind, ids in summary.examples.items():
        if ids and not summary.run_id:
            click.echo(f"  first {kind}: {', '.join(ids)}")
    for reason, orders in sorted(summary.reasons.items(), key=lambda item: -item[1])[:5]:
        click.echo(f"  refused, {orders:,} orders: {reason}")
    if summary.error:
        click.echo(f"Error: {summary.error}", err=True)


def _kinds(summary: Summary) -> str:
    kinds = {"new": summary.added, "changed": summary.changed, "in doubt": summary.in_doubt}
    text = ", ".join(f"{count:,} {kind}" for kind, count in kinds.items() if count)
    return (
        text if summary.run_id else f"{text}: {summary.requests:,} requests, {_size(summary.bytes)}"
    )


def _wire(summary: Summary) -> str:
    rate = summary.delivered / summary.seconds if summary.seconds else 0
    return (
        f"{summary.requests:,} requests, {summary.retries:,} retries, {_size(summary.bytes)}, "
        f"{summary.seconds:.1f} s, {rate:,.0f} orders/s"
    )


def _pending(summary: Summary) -> str:
    return "would go now" if not summary.run_id else "go with the next run"


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.1f} kB"  # noqa: PLR2004
