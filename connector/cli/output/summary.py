"""Prints the numbers of a run."""

from collections.abc import Iterator

from connector import Summary
from connector.cli.output.terminal import say
from connector.exceptions import GuardError
from connector.text.plural import counted
from connector.text.words import size, took

CHANGED = "changed while read"
_NOT_SENT = "count for nothing, or are too early; see `on_cancelled`"
ALWAYS = {"orders in the view", "delivered", "to send"}  # told even when they are zero


def print_summary(summary: Summary) -> None:
    """Print the numbers of a run, so that each line that is not zero says what to do about it."""
    run = f"run {summary.run_id}" if summary.run_id else "plan, nothing sent"
    say(f"{summary.destination} · {summary.environment} · {run}")
    for label, count, note in _lines(summary):
        if count or (label in ALWAYS and (summary.run_id or label != "delivered")):
            say(f"  {label:<20}{count:>12,}   {note}".rstrip())
    if summary.acknowledges and summary.delivered:
        say(f"  delivered means acknowledged: {summary.acknowledges}")
    for kind, ids in summary.examples.items():
        if ids and (not summary.run_id or kind == "changed_while_read"):
            say(f"  first {kind.replace('_', ' ')}: {', '.join(ids)}")
    for why in summary.again:
        say(f"  sent again: {why.message}")
    for each in summary.left_behind:
        what = f"{each.rule}: {each.message}" if each.rule else each.message
        say(f"  {each.type}, {counted(each.orders, 'order')}: {what}")
    for kind, told in _alerts(summary):
        say(f"  {kind.replace('_', ' ')}: {told}")
    if summary.error:
        say(f"Error: {summary.error}", err=True)


def _alerts(summary: Summary) -> Iterator[tuple[str, str]]:
    """Yield the kinds and words of what is to be told, but not what the error says."""
    kinds = {alert.kind for alert in summary.alerts}
    if summary.stale and "stale" not in kinds:  # a run before has told how
        yield "stale", "the views still get nothing new; see `connector status`"
    for alert in summary.alerts:
        if alert.message not in (summary.error or ""):
            yield alert.kind, alert.message


def _lines(summary: Summary) -> list[tuple[str, int, str]]:
    """Return what is counted, the count, and what to know or do about it."""
    command = f"see `connector errors {summary.destination}"
    errors = f"{command}`"
    again = f"{errors}, then `connector retry {summary.destination}`"
    validate = "see `connector validate`"
    to_send = summary.added + summary.changed + summary.in_doubt
    return [
        ("orders in the view", summary.orders, _read(summary)),
        ("unchanged", summary.unchanged, ""),
        ("to send", to_send, _kinds(summary) if to_send else ""),
        ("taken back", summary.taken_back, _taken_back(summary)),
        ("delivered", summary.delivered, _wire(summary) if summary.requests else ""),
        ("refused now", summary.refused, errors),
        ("refused before", summary.refused_before, again),
        ("invalid", summary.invalid, errors if summary.run_id else validate),
        ("outdated", summary.outdated, "stand at the destination in an older version"),
        ("pending", summary.pending, _pending(summary)),
        (CHANGED, summary.changed_while_read, "since the run began to read; they wait"),
        ("with warnings", summary.warned, f"{_warned(summary)}; {command} --warnings`"),
        ("not sent", summary.not_sent, _NOT_SENT),
        ("gone from the view", summary.removed, _gone(summary)),
        ("given up", summary.removals_delivered, "the destination gave them up"),
        ("not given up", summary.removals_refused, again),
    ]


def _read(summary: Summary) -> str:
    if summary.scan == "watermark":
        return "what changed was found by watermark"
    return f"all were read: {summary.scan_reason}" if summary.scan_reason else ""


def _kinds(summary: Summary) -> str:
    kinds = {"new": summary.added, "changed": summary.changed, "in doubt": summary.in_doubt}
    text = ", ".join(f"{count:,} {kind}" for kind, count in kinds.items() if count)
    return (
        text
        if summary.run_id
        else f"{text}: {counted(summary.requests, 'request')}, {size(summary.bytes)}"
    )


def _wire(summary: Summary) -> str:
    rate = summary.delivered / summary.seconds if summary.seconds else 0
    return (
        f"{counted(summary.requests, 'request')}, {counted(summary.retries, 'retry')}, "
        f"{size(summary.bytes)}, {took(summary.seconds)}, {rate:,.0f} orders/s"
    )


def _pending(summary: Summary) -> str:
    if summary.exit_code == GuardError.exit_code:
        return "held back by a guard"
    return "would go now" if not summary.run_id else "go with the next run"


def _taken_back(summary: Summary) -> str:
    return "sent before, and no order any more" + ("" if summary.run_id else "; would go now")


def _warned(summary: Summary) -> str:
    return "sent all the same" if summary.run_id and summary.delivered else "no reason to hold back"


def _gone(summary: Summary) -> str:
    if summary.unremembered:
        return f"{summary.unremembered:,} cannot be taken back: what was sent of them is not known"
    if summary.removals:
        return "" if summary.run_id else f"{counted(summary.removals, 'order')} would be taken back"
    return "left as they are at the destination; see `on_removed`"
