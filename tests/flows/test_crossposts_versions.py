"""The versions of one page: what happened to it, between which captures; what was up when."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from flows.crossposts.graph import Seen
from flows.crossposts.moments import Interval
from flows.crossposts.trails import gather
from flows.crossposts.versions import Event, events, stretches, up_at
from storage.findings import Copy
from storage.histories import Sight
from storage.records import Article
from tests.flows.crossposts_made import (
    HARBOUR,
    NORTH,
    OUTLETS,
    TRAMS,
    credit,
    made,
    matches_of,
    printed,
)


def at(day: int, hour: int = 12) -> str:
    return f"2026-03-{day:02}T{hour:02}:00:00.000000Z"


def sights(line: str) -> tuple[Sight, ...]:
    """`AAB-` : A twice, then B, then gone, a day each; `.` says nothing."""
    return tuple(
        Sight(at(day), f"c{day}", None if name == "-" else name)
        for day, name in enumerate(line, 1)
        if name != "."
    )


def version(name: str, text: tuple[str, ...], **more: str) -> Article:
    article = made("north", "ice", text, title="Ice", date=more.get("date", "2026-02-17"))
    updated = (printed(more["updated"], "updated"),) if "updated" in more else ()
    return replace(article, id=name, language="en", published=(*article.published, *updated))


EDITED = (HARBOUR[0].replace("1987", "1978"), *HARBOUR[1:])
A = version("A", HARBOUR)
B = version("B", EDITED)
VERSIONS = {"A": A, "B": B, "C": version("C", HARBOUR[:3])}


def told(line: str, versions: dict[str, Article] = VERSIONS) -> list[tuple[str, int, int]]:
    """Kind, and the days of the captures before and after."""
    return [
        (one.kind, int(one.after.at[8:10]), int(one.before.at[8:10]))
        for one in events(sights(line), versions)
    ]


def the_event(one: Article, other: Article) -> Event:
    (event,) = events(sights("AB"), {"A": one, "B": other})
    return event


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("AAA", []),
        ("", []),
        ("AAB", [("silent-edit", 2, 3)]),
        ("A.B", [("silent-edit", 1, 3)]),
        ("AAB.BA", [("silent-edit", 2, 3), ("revert", 5, 6)]),
        ("A--A", [("gone", 1, 2), ("returned", 3, 4)]),
        ("A-B", [("gone", 1, 2), ("returned", 2, 3), ("silent-edit", 1, 3)]),
        ("--A-", [("gone", 3, 4)]),
        ("ABCA", [("silent-edit", 1, 2), ("silent-edit", 2, 3), ("revert", 3, 4)]),
    ],
)
def test_events_and_the_captures_between_which_they_happened(
    line: str, found: list[tuple[str, int, int]]
) -> None:
    assert told(line) == found


def test_an_edit_that_the_page_tells_is_not_silent() -> None:
    one = version("A", HARBOUR, updated="2026-03-01")
    event = the_event(one, version("B", EDITED, updated="2026-03-02"))
    assert (event.kind, [edit.kind for edit in event.edits]) == ("edit", ["number"])
    assert event.says == (
        "The text was changed between 2026-03-01 12:00 UTC and 2026-03-02 12:00 UTC, and the "
        "page's date of update with it."
    )
    assert the_event(one, version("B", EDITED, updated="2026-03-01")).kind == "silent-edit"
    noted = the_event(A, version("B", (*EDITED, "Correction: the winter was that of 1978.")))
    assert (noted.kind, "a note was added" in noted.says) == ("edit", True)


def test_a_changed_date_is_an_event_of_its_own() -> None:
    later = version("B", HARBOUR, date="2026-02-27")
    event = the_event(A, later)
    assert event.kind == "date-changed"
    assert "from 2026-02-17 to 2026-02-27" in event.says
    both = events(sights("AB"), {"A": A, "B": version("B", EDITED, date="2026-02-27")})
    assert [one.kind for one in both] == ["silent-edit", "date-changed"]
    assert [[edit.kind for edit in one.edits] for one in both] == [["number"], ["date"]]


def test_other_typography_is_no_edit_of_the_text() -> None:
    quotes = tuple(text.replace("-", "‑") for text in HARBOUR)
    assert the_event(A, version("B", quotes)).kind == "other"
    assert the_event(A, replace(B, paragraphs=HARBOUR, authors=("A. Berg",))).kind == "other"


def test_a_text_that_comes_back_under_a_new_date_is_a_revert() -> None:
    versions = VERSIONS | {"C": version("C", HARBOUR, updated="2026-03-03")}
    assert told("ABC", versions) == [("silent-edit", 1, 2), ("revert", 2, 3)]


@given(st.text(alphabet="ABC-.", max_size=12))
def test_events_alternate_and_lie_between_neighbouring_captures(line: str) -> None:
    shown = sights(line)
    found = events(shown, VERSIONS)
    times = [one.at for one in shown]
    assert all(times.index(one.after.at) < times.index(one.before.at) for one in found)
    ends = [one.kind for one in found if one.kind in ("gone", "returned")]
    assert ends == (["gone", "returned"] * len(ends))[: len(ends)]
    assert sum(one.captures for one in stretches(shown)) == sum(c in "ABC" for c in line)


# --- which version was up ------------------------------------------------------------------------


def when(begin: str | None, end: str) -> Interval:
    return Interval(
        earliest=datetime.fromisoformat(begin) if begin else None,
        latest=datetime.fromisoformat(end),
        basis="",
        kind="printed",
    )


@pytest.mark.parametrize(
    ("line", "begin", "end", "up", "how"),
    [
        ("AAA", at(1), at(2), "A", "only"),
        ("AAB", at(1, 13), at(1, 14), "A", "up"),
        ("AABB", at(3, 13), at(3, 14), "B", "up"),
        ("AAB", at(2, 13), at(2, 14), "AB", "possible"),
        ("AABA", at(2, 13), at(3, 14), "AB", "possible"),
        ("AAB", None, at(2), "A", "possible"),
        (".AAB", at(1), at(1, 13), "A", "unseen"),
        ("AAB", at(9), at(9, 13), "B", "unseen"),
    ],
)
def test_the_versions_that_could_have_been_up(
    line: str, begin: str | None, end: str, up: str, how: str
) -> None:
    found = up_at(sights(line), when(begin, end))
    assert (found.articles, found.how) == (frozenset(up), how)


def trail(original: list[Article], copy: list[Article]) -> Copy:
    """The copy that is found between two pages, each of whose versions was seen when captured."""
    seen = [
        Seen(
            article=one,
            first_seen=some[0].captured_at,
            last_seen=one.captured_at,
            versions=len(some),
            state="edited" if len(some) > 1 else "live",
            sights=tuple(Sight(each.captured_at, each.capture, each.id) for each in some),
        )
        for some in (original, copy)
        for one in some
    ]
    (found,) = gather(seen, matches_of([*original, *copy]), OUTLETS)
    (row,) = found.copies
    return row


def north(*texts: tuple[str, ...]) -> list[Article]:
    """The original's versions, each captured on two days: 2 and 4, 6 and 8 …"""
    return [
        replace(made("north", "ice", text, date="2026-03-01", captured=at(2 * day)), language="en")
        for day, text in enumerate((text for text in texts for _ in range(2)), 1)
    ]


def once(articles: list[Article]) -> list[Article]:
    """A version that is seen twice is one."""
    first: dict[tuple[str, ...], str] = {}
    return [replace(a, id=first.setdefault(a.paragraphs, a.id), capture=a.id) for a in articles]


def relay(text: tuple[str, ...], date: str, day: int) -> Article:
    claims = [credit("North Quay", NORTH)]
    return made("relay", "ice", text, date=date, claims=claims, captured=at(day))


CORRECTED = (HARBOUR[0].replace("1987", "1978"), *HARBOUR[1:], TRAMS[0])


def test_a_copy_is_compared_with_the_version_that_was_up() -> None:
    """The later version of the original took a paragraph from elsewhere that the copy has, too."""
    original = once(north(HARBOUR, CORRECTED))
    row = trail(original, [relay((*HARBOUR, TRAMS[0]), f"{at(3)[:16]}+00:00", 9)])
    assert row.compared == "up"
    assert row.original_article == original[0].id
    assert row.edits["paragraph-added"] == 1


def test_of_several_that_could_have_been_up_the_best_matching() -> None:
    original = once(north(HARBOUR, CORRECTED))
    row = trail(original, [relay(CORRECTED, f"{at(5)[:16]}+00:00", 9)])
    assert (row.compared, row.original_article) == ("possible", original[2].id)


def test_an_original_that_was_corrected_and_its_copy_not() -> None:
    original = once(north(HARBOUR, CORRECTED))
    row = trail(original, [relay(HARBOUR, f"{at(3)[:16]}+00:00", 9)])
    (drift,) = row.drift
    assert (drift.side, drift.kind, drift.followed) == ("original", "silent-edit", False)
    assert (drift.after, drift.before) == (at(4), at(6))
    assert (drift.after_capture, drift.before_capture) == (original[1].capture, original[2].capture)
    assert drift.edits == {"paragraph-added": 1, "number": 1}


def test_a_copy_that_followed_and_one_that_was_edited_alone() -> None:
    original = once(north(HARBOUR, CORRECTED))
    copies = [relay(HARBOUR, f"{at(3)[:16]}+00:00", 3), relay(CORRECTED, f"{at(3)[:16]}+00:00", 9)]
    row = trail(original, copies)
    assert [(one.side, one.followed) for one in row.drift] == [("original", True), ("copy", True)]
    assert row.copy_article == copies[0].id
    alone = relay(CORRECTED, f"{at(3)[:16]}+00:00", 9)
    (drift,) = trail(original[:1], [copies[0], alone]).drift
    assert (drift.side, drift.followed) == ("copy", False)


def test_two_pages_of_one_version_have_no_drift() -> None:
    row = trail(once(north(HARBOUR))[:1], [relay(CORRECTED, "2026-03-03", 9)])
    assert (row.compared, row.drift) == ("only", ())
    assert row.edits == {"date": 1, "paragraph-added": 1, "number": 1}
