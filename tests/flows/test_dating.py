"""First published as an interval: from the page, feeds, sitemaps, APIs, archives and our sight."""

from typing import Any, Literal

from flows.crossposts.dating import interval
from storage.findings import FirstPublished
from storage.records import Notice, NoticeKind, Precision
from tests.flows.crossposts_made import original

SEEN = "2026-03-01T08:00:00Z"


def notice(
    kind: NoticeKind,
    value: str,
    says: Literal["published", "updated", "captured"] = "published",
) -> Notice:
    """What a document says of the page."""
    precision: Precision = "day" if len(value) == 10 else "second"
    return Notice(
        url="http://northquay.example/ice", kind=kind, says=says, raw=value, value=value,
        precision=precision, place="entry 1", capture="feed-capture", seen_at=SEEN,
    )  # fmt: skip


def dated(date: str | None, *notices: Notice, seen: str = SEEN, **more: Any) -> FirstPublished:
    return interval(original(date), seen, notices=notices, **more).record()


def test_a_feed_makes_a_printed_day_exact() -> None:
    found = dated("2026-02-17", notice("feed", "2026-02-17T10:02:00Z"))
    assert (found.earliest, found.latest) == ("2026-02-17T10:02:00Z", "2026-02-17T10:02:01Z")
    assert (found.decided, found.precision, found.contradictions) == (True, "second", ())
    assert found.basis == "printed date 2026-02-17; feed's date 2026-02-17T10:02:00Z"
    assert [(one.kind, one.capture) for one in found.evidence] == [
        ("printed", None), ("feed", "feed-capture"), ("first-sight", None)
    ]  # fmt: skip


def test_a_feed_alone_dates_a_page() -> None:
    found = dated(None, notice("feed", "2026-02-17T10:02:00Z"))
    assert (found.earliest, found.decided) == ("2026-02-17T10:02:00Z", True)


def test_a_feed_and_a_page_that_disagree_leave_it_undecided() -> None:
    found = dated("2026-02-16", notice("feed", "2026-02-17T11:02:00Z"))
    assert not found.decided
    assert (found.earliest, found.latest) == ("2026-02-15T11:00:00Z", "2026-02-17T11:02:01Z")
    assert found.contradictions == (
        "the feed says 17 February 2026, 11:02 UTC, the page prints 16 February 2026",
    )


def test_a_time_that_falls_on_the_printed_day_somewhere_is_no_contradiction() -> None:
    found = dated("2026-02-16", notice("api", "2026-02-17T10:02:00Z"))  # late evening in Samoa
    assert (found.decided, found.contradictions) == (True, ())


def test_a_change_bounds_the_publication() -> None:
    found = dated("2026-02-17", notice("sitemap", "2026-02-17T09:00:00Z", "updated"))
    assert (found.earliest, found.latest) == ("2026-02-16T11:00:00Z", "2026-02-17T09:00:01Z")
    assert found.decided


def test_a_change_before_the_publication_is_a_contradiction() -> None:
    found = dated("2026-02-19", notice("sitemap", "2026-02-17", "updated"))
    assert (found.earliest, found.decided) == (None, False)
    assert found.contradictions == (
        "the sitemap says that it was changed on 17 February 2026, before the date of publication "
        "(printed date 2026-02-19)",
    )


def test_an_archive_had_it_before_the_date_that_the_page_prints() -> None:
    memento = notice("web-archive", "2026-02-10T00:00:00Z", "captured")
    found = dated("2026-02-17", memento)
    assert (found.earliest, found.decided) == (None, False)
    assert "a web archive captured the page on 10 February 2026" in found.contradictions[0]


def test_an_archive_bounds_a_page_without_date() -> None:
    memento = notice("web-archive", "2026-02-10T00:00:00Z", "captured")
    found = dated(None, memento)
    assert (found.earliest, found.latest) == (None, "2026-02-10T00:00:01Z")


def test_an_import_is_a_bound_and_no_sight_of_ours() -> None:
    found = dated("2026-02-17", others="2026-02-17T06:00:00Z")
    assert found.latest == "2026-02-17T06:00:00Z"
    assert [one.kind for one in found.evidence] == ["printed", "import", "first-sight"]
    alone = dated(None, seen="2026-02-17T06:00:00Z", others="2026-02-17T06:00:00Z")
    assert [one.kind for one in alone.evidence] == ["import"]
    assert alone.basis == "the first capture by others; the page prints no date"


def test_an_archives_first_capture_is_a_bound_with_the_archives_time() -> None:
    first = "2026-02-17T06:00:00.000000Z"
    found = dated("2026-02-17", others=first, whose="web-archive")
    assert found.latest == "2026-02-17T06:00:00Z"
    assert [one.kind for one in found.evidence] == ["printed", "web-archive", "first-sight"]
    alone = dated(None, seen=first, others=first, whose="web-archive")
    assert (alone.earliest, alone.latest, alone.decided) == (None, "2026-02-17T06:00:00Z", False)
    assert [one.kind for one in alone.evidence] == ["web-archive"]
    header = notice("web-archive", "2026-02-17T06:00:00Z", "captured")
    both = dated(None, header, seen=first, others=first, whose="web-archive")
    assert [one.capture for one in both.evidence] == ["feed-capture"]  # told once


def test_an_import_from_before_the_printed_date_contradicts_it_and_does_not_decide() -> None:
    found = dated("2026-02-17", others="2026-02-01T06:00:00Z")
    assert (found.earliest, found.latest) == (None, "2026-02-18T11:00:00Z")
    assert "an imported capture is of 1 February 2026, 06:00 UTC" in found.contradictions[0]


def test_a_feed_date_after_we_saw_the_page_is_not_used() -> None:
    found = dated("2026-02-17", notice("feed", "2026-03-17T10:02:00Z"))
    assert (found.earliest, found.decided) == ("2026-02-16T11:00:00Z", True)
    assert found.contradictions == (
        "the feed says 17 March 2026, 10:02 UTC, but we saw the page on 1 March 2026",
    )


def test_dates_that_lie_minutes_apart_are_one() -> None:
    found = dated(
        "2026-02-17", notice("feed", "2026-02-17T10:02:30Z"), notice("api", "2026-02-17T10:02:00Z")
    )
    assert (found.earliest, found.latest) == ("2026-02-17T10:02:00Z", "2026-02-17T10:02:31Z")
    assert (found.decided, found.contradictions) == (True, ())


def test_the_order_of_the_notices_does_not_matter() -> None:
    said = [
        notice("api", "2026-02-17T10:02:00Z"),
        notice("feed", "2026-02-19T10:02:30Z"),
        notice("sitemap", "2026-02-18T00:00:00Z", "updated"),
        notice("news-sitemap", "2026-02-17T10:02:00Z"),
    ]
    assert dated("2026-02-17", *said) == dated("2026-02-17", *said[::-1])
    assert not dated("2026-02-17", *said).decided
