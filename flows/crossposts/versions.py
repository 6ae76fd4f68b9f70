"""The versions of one page as a line in time: what happened to it, and between which two captures.

A pure function of what each capture showed. A full answer shows a version; a 304 shows the one
before it (RFC 9110 §15.4.5); 404 and 410 show that the page is gone. Walls, errors and redirects
show nothing, and take no part. Nothing is dated more closely than between two captures.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal

from msgspec import Struct

from flows.crossposts.differences import diff
from flows.crossposts.edits import Edit, classify
from flows.crossposts.moments import Interval
from flows.text.unicode import norms
from storage.findings import Compared
from storage.histories import Sight
from storage.records import Article

EventKind = Literal[
    "edit",  # the text or the headline changed
    "silent-edit",  # so it did, and neither the page's date of update nor a note says so
    "revert",  # the text is again what it was before
    "date-changed",  # the printed date of publication
    "other",  # authors, links, media, statements; not the text
    "gone",  # 404 or 410
    "returned",
]
OF_THE_TEXT: tuple[EventKind, ...] = ("edit", "silent-edit", "revert")


class Point(Struct, frozen=True):
    """A capture, and when it was made."""

    capture: str
    at: str


class Event(Struct, frozen=True, kw_only=True):
    """Something that happened to a page after one capture and before, or at, another."""

    kind: EventKind
    after: Point
    """The last capture that shows the page as it was."""
    before: Point
    """The first capture that shows it changed."""
    says: str
    from_article: str
    """Id of the version before."""
    to_article: str | None
    """Id of the version after; None where the page is gone."""
    edits: tuple[Edit, ...] = ()


class Stretch(Struct, frozen=True, kw_only=True):
    """Captures in a row that show one version."""

    article: str
    first: Point
    last: Point
    captures: int
    before: str | None = None
    """When the version before was seen last: this one is later than that."""
    after: str | None = None
    """When the next version was seen first: this one had ended by then."""


class Up(Struct, frozen=True):
    """Which versions of a page could have been up at a time."""

    articles: frozenset[str]
    how: Compared


def events(sights: Sequence[Sight], articles: Mapping[str, Article]) -> list[Event]:
    """What happened to a page, in the order of time. `articles`: its versions by their ids."""
    found: list[Event] = []
    seen: list[Article] = []
    last: Point | None = None
    gone: Point | None = None
    for sight in sights:
        point = Point(sight.capture, sight.at)
        if sight.article is None:
            if last and not gone:
                found.append(_gone(seen[-1], last, point))
            gone = point if last else None
            continue
        now = articles.get(sight.article)
        if now is None:
            continue
        if last and gone:
            found.append(_returned(seen[-1], now, gone, point))
        if last and seen[-1].id != now.id:
            found += _changed(seen, now, last, point)
        if not seen or seen[-1].id != now.id:
            seen.append(now)
        last, gone = point, None
    return found


def stretches(sights: Sequence[Sight]) -> list[Stretch]:
    """The versions in the order in which they were seen; one that came back comes again."""
    shown: list[list[Sight]] = []
    for sight in sights:
        if sight.article is None:
            continue
        if shown and shown[-1][0].article == sight.article:
            shown[-1].append(sight)
        else:
            shown.append([sight])
    return [
        Stretch(
            article=some[0].article or "",
            first=Point(some[0].capture, some[0].at),
            last=Point(some[-1].capture, some[-1].at),
            captures=len(some),
            before=shown[index - 1][-1].at if index else None,
            after=shown[index + 1][0].at if index + 1 < len(shown) else None,
        )
        for index, some in enumerate(shown)
    ]


def up_at(sights: Sequence[Sight], when: Interval) -> Up:
    """The versions that could have been up in an interval. Where nobody saw the page before it, or
    after it, the version that was seen nearest."""
    line = stretches(sights)
    known = frozenset(one.article for one in line)
    if len(known) < 2:
        return Up(known, "only")
    begin, end = when.earliest, when.latest
    if end <= _time(line[0].first.at):
        return Up(frozenset({line[0].article}), "unseen")
    if begin is not None and begin >= _time(line[-1].last.at):
        return Up(frozenset({line[-1].article}), "unseen")
    possible = [
        one
        for one in line
        if (one.before is None or _time(one.before) < end)
        and (one.after is None or begin is None or _time(one.after) > begin)
    ]
    (first, *more) = possible
    sure = not more and begin is not None and _time(first.first.at) <= begin
    within = end <= _time(first.last.at)
    return Up(frozenset(one.article for one in possible), "up" if sure and within else "possible")


def _gone(was: Article, last: Point, now: Point) -> Event:
    return Event(
        kind="gone",
        after=last,
        before=now,
        says=f"The page was taken down {_between(last, now)}.",
        from_article=was.id,
        to_article=None,
    )


def _returned(was: Article, now: Article, gone: Point, point: Point) -> Event:
    as_it_was = "as it was" if was.id == now.id else "changed"
    return Event(
        kind="returned",
        after=gone,
        before=point,
        says=f"The page came back, {as_it_was}, {_between(gone, point)}.",
        from_article=was.id,
        to_article=now.id,
    )


def _changed(seen: Sequence[Article], now: Article, last: Point, point: Point) -> list[Event]:
    """The events that make a version out of the one before it."""
    was = seen[-1]
    language = was.language if was.language == now.language else None
    edits = tuple(edit for some in classify(diff(was, now), language) for edit in some)
    when = _between(last, point)
    found: list[tuple[EventKind, str]] = []
    if _text(was) != _text(now):
        found.append(_of_the_text(seen, now, edits, when))
    if was.published_at != now.published_at:
        old, new = was.published_at or "none", now.published_at or "none"
        says = f"The printed date of publication was changed from {old} to {new} {when}."
        found.append(("date-changed", says))
    if not found:
        found.append(("other", f"Something else than the text was changed {when}."))
    return [
        Event(
            kind=kind,
            after=last,
            before=point,
            says=says,
            from_article=was.id,
            to_article=now.id,
            edits=tuple(one for one in edits if (one.kind == "date") == (kind == "date-changed")),
        )
        for kind, says in found
    ]


def _of_the_text(
    seen: Sequence[Article], now: Article, edits: Sequence[Edit], when: str
) -> tuple[EventKind, str]:
    announced = _updated(seen[-1]) != _updated(now)
    noted = any(edit.kind == "note-added" for edit in edits)
    quietly = "" if announced or noted else "; the page does not say so"
    if any(_text(one) == _text(now) for one in seen[:-1]):
        return "revert", f"The text was changed back to an earlier version {when}{quietly}."
    if announced:
        return "edit", f"The text was changed {when}, and the page's date of update with it."
    if noted:
        return "edit", f"The text was changed {when}, and a note was added."
    dated = "its date of update is the same" if _updated(now) else "it prints no date of update"
    return "silent-edit", f"The text was changed {when}, and the page does not say so: {dated}."


def _text(article: Article) -> tuple[tuple[str, ...], ...]:
    """Headline and text in the form in which words are compared: other quotes are no edit."""
    return (tuple(norms(article.title)), tuple(norms(article.text)))


def _updated(article: Article) -> frozenset[str]:
    return frozenset(date.value or date.raw for date in article.published if date.says == "updated")


def _between(one: Point, other: Point) -> str:
    return f"between {_shown(one.at)} and {_shown(other.at)}"


def _shown(at: str) -> str:
    """A time as people read it: `2026-11-22 21:24 UTC`."""
    return f"{at[:10]} {at[11:16]} UTC"


def _time(at: str) -> datetime:
    value = datetime.fromisoformat(at)
    return value if value.tzinfo else value.replace(tzinfo=UTC)
