"""How people see versions of a page and what differs between two texts."""

from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from flows.crossposts.differences import Change
from flows.crossposts.edits import Edit, counted
from flows.crossposts.lifelines import Lifeline, Version
from flows.crossposts.versions import Event
from flows.output import cell, clean, console, table
from storage.findings import Copy, Drift
from storage.records import Article

EVENT_STYLE = {"silent-edit": "bold yellow", "revert": "yellow", "gone": "bold red"}
SHOWN = 200  # characters of a paragraph in a list of edits; `show-diff` has all of it
NOT_KNOWN = {
    "possible": "several versions of the original could have been copied; this is the most alike",
    "unseen": "no capture shows the original at the time of the copy; this is the nearest version",
    "no-fit": "no version of the original that could have been up then has the text",
}
FOLLOWED = {
    True: "the other side has it, too",
    False: "the other side has not",
    None: "whether the other side has it cannot be told",
}


def versions(found: Lifeline) -> None:
    """The versions of a page, and the events between them."""
    out = console()
    out.print(Text.assemble((clean(found.outlet), "bold"), f"  {clean(found.url)}"), soft_wrap=True)
    rows = table("version", "seen", "published", "updated", "words", "title")
    for one in found.versions:
        rows.add_row(
            str(one.number),
            cell(_seen(one)),
            cell(one.published_at or "undated"),
            cell("; ".join(one.updated)),
            str(one.words),
            cell(one.title, "bold"),
        )
    out.print(rows)
    if not found.events:
        out.print(cell(f"{found.captures} captures show no change."), soft_wrap=True)
    for event in found.events:
        _event(out, event)


def _seen(version: Version) -> str:
    return "\n".join(
        f"{_time(one.first.at)} – {_time(one.last.at)} ({one.captures} captures)"
        for one in version.seen
    )


def _event(out: Console, event: Event) -> None:
    said = Text.assemble("\n", (event.kind, EVENT_STYLE.get(event.kind, "bold")), f": {event.says}")
    out.print(said, soft_wrap=True)
    for edit in event.edits:
        out.print(Padding(_edit(edit), (0, 0, 0, 2)))
    captures = f"captures {event.after.capture} and {event.before.capture}"
    out.print(cell(f"  {captures}", "dim"), soft_wrap=True)


def events(found: Iterable[Event]) -> list[tuple[str, str]]:
    """Name and sentence of each event, for a list of facts about a page."""
    return [(f"event: {one.kind}", one.says) for one in found]


def _edit(edit: Edit) -> Text:
    line = Text(f"{edit.kind}: ")
    if edit.before:
        line.append("[-" + _cut(edit.before) + "-]", "red")
    if edit.after:
        line.append("{+" + _cut(edit.after) + "+}", "green")
    return line


def _cut(text: str) -> str:
    return clean(text if len(text) <= SHOWN else text[:SHOWN] + " …")


def _time(at: str) -> str:
    return at[:16].replace("T", " ") + "Z"


def since(copy: Copy) -> list[tuple[str, str]]:
    """What was changed when the text was copied, and what on either side since."""
    rows = [("changed in the copy", tally(copy.edits) or "nothing")] if copy.kind else []
    if copy.compared in NOT_KNOWN:
        rows.append(("compared", NOT_KNOWN[copy.compared]))
    return rows + [(f"later, in the {one.side}", _drift(one)) for one in copy.drift]


def _drift(one: Drift) -> str:
    when = f"between {_time(one.after)} and {_time(one.before)}"
    return f"{one.kind} {when}: {tally(one.edits) or 'text'}; {FOLLOWED[one.followed]}"


def tally(edits: Mapping[str, int]) -> str:
    """Counts as a list: `number, word (3)`."""
    return ", ".join(kind if count == 1 else f"{kind} ({count})" for kind, count in edits.items())


def differences(
    original: Article, copy: Article, changes: Sequence[Change], edits: Sequence[Sequence[Edit]]
) -> None:
    """The changes, readable without colour: {+added+} and [-removed-], as wdiff writes them."""
    out = console()
    out.print(cell(f"original  {original.url}"), soft_wrap=True)
    out.print(cell(f"copy      {copy.url}"), soft_wrap=True)
    same = 0
    for change, some in zip(changes, edits, strict=True):
        if change.kind == "same":
            same += 1
            continue
        out.print()
        kinds = ", ".join(dict.fromkeys(edit.kind for edit in some))
        told = f" – {kinds}" if kinds else ""
        out.print(cell(f"{change.what}: {change.kind}{told}", "bold"), soft_wrap=True)
        out.print(Padding(_pieces(change), (0, 0, 0, 2)))
    out.print(cell(f"\n{same} parts are the same in both."))
    if counts := counted(edits):
        out.print(cell(f"What was changed: {tally(counts)}."), soft_wrap=True)


def _pieces(change: Change) -> Text:
    line = Text()
    for piece in change.pieces:
        text = clean(piece.text)
        if piece.op == "added":
            line.append("{+" + text + "+}", "green")
        elif piece.op == "removed":
            line.append("[-" + text + "-]", "red")
        else:
            line.append(text)
    return line
