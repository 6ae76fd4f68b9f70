"""Trails of more than two pages: chains, circles, versions; and what dates tell."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from flows.crossposts.dating import interval
from flows.crossposts.directions import direct, side
from flows.crossposts.moments import span
from flows.crossposts.trails import gather
from storage.records import Article, Origin
from tests.flows.crossposts_made import (
    HARBOUR,
    MEADOW,
    NORTH,
    OUTLETS,
    TRAMS,
    credit,
    made,
    matches_of,
    original,
    printed,
    rows,
    seen,
    trails_of,
)

# --- several -------------------------------------------------------------------------------------


def chain() -> list[Article]:
    second = made(
        "relay", "second", HARBOUR, date="2026-02-19", claims=[credit("North Quay", NORTH)]
    )
    third = made(
        "echo", "third", HARBOUR, date="2026-02-21", claims=[credit("Relay Digest", second.url)]
    )
    return [original(), second, third]


def test_a_chain_keeps_its_steps() -> None:
    assert rows(trails_of(*chain())) == {("second", "ice"), ("third", "second")}


def test_a_chain_whose_last_page_has_more_of_the_first() -> None:
    first, second, third = chain()
    second = replace(second, paragraphs=HARBOUR[:3])
    found = rows(trails_of(first, second, third))
    assert found == {("second", "ice"), ("third", "second"), ("third", "ice")}
    (trail,) = trails_of(first, second, third)
    assert [row.verdict for row in trail.copies] == ["confirmed", "unclaimed", "confirmed"]


def test_the_two_pages_of_one_article_are_no_digest() -> None:
    half = [
        made("north", slug, text, title="The ice comes back", date="2026-02-17")
        for slug, text in (("ice", HARBOUR), ("ice/2", TRAMS))
    ]
    copy = made("relay", "taken", [*HARBOUR, *TRAMS], date="2026-02-19")
    (trail,) = trails_of(*half, copy)
    assert [row.kind for row in trail.copies] == ["copy", "embedded"]
    others = (half[0], replace(half[1], title="Eleven trams"))
    (trail,) = trails_of(*others, copy)
    assert [row.kind for row in trail.copies] == ["digest", "digest"]


def test_without_credits_all_copies_are_of_the_first() -> None:
    pages = [replace(page, claims=()) for page in chain()]
    assert rows(trails_of(*pages)) == {("second", "ice"), ("third", "ice")}


def test_a_circle_of_credits_begins_at_the_first_page() -> None:
    first, second, third = chain()
    first = replace(first, claims=(credit("The Echo Review", third.url),))
    assert rows(trails_of(first, second, third)) == {("second", "ice"), ("third", "second")}


def test_versions_of_one_page_are_one_article_and_the_best_pair_counts() -> None:
    first = original()
    edited = made(
        "north", "ice", [*HARBOUR[:3], *TRAMS[2:]], title="The ice comes back", date="2026-02-17",
        captured="2026-03-25T08:00:00.000000Z",
    )  # fmt: skip
    copy = made("relay", "taken", HARBOUR, date="2026-02-24")
    matches = matches_of([first, edited, copy])
    versions = [replace(one, versions=2, state="edited") for one in seen([first, edited])]
    (trail,) = gather([*versions, *seen([copy])], matches, OUTLETS)
    (row,) = trail.copies
    assert row.original_article == first.id
    assert row.contains_of_original == 1.0
    page = trail.articles[0]
    assert (page.article, page.versions, page.state) == (edited.id, 2, "edited")
    assert page.captured == first.captured_at


def test_a_trail_is_named_by_its_first_page() -> None:
    first, second, third = chain()
    (small,), (large,) = trails_of(first, second), trails_of(first, second, third)
    assert small.id == large.id
    assert [page.url for page in large.articles] == [first.url, second.url, third.url]


@settings(max_examples=40)
@given(st.randoms(use_true_random=False))
def test_trails_do_not_depend_on_the_order_of_arrival(chance: random.Random) -> None:
    extra = [
        made("meadow", "a", MEADOW, date="2026-02-20"),
        made("relay", "b", [*MEADOW[:2], *HARBOUR[1:3]], date="2026-02-27"),
        made("echo", "c", TRAMS, taken_from=Origin("The Lantern", None)),
    ]
    pages = [*chain(), *extra]
    matches = matches_of(pages)
    expected = gather(seen(pages), matches, OUTLETS)
    assert len(expected) == 2
    shuffled_pages, shuffled_matches = pages.copy(), matches.copy()
    chance.shuffle(shuffled_pages)
    chance.shuffle(shuffled_matches)
    assert gather(seen(shuffled_pages), shuffled_matches, OUTLETS) == expected


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["north", "relay", "echo", "meadow"]),
            st.sampled_from([None, "2026-02-17", "2026-02-18", "2026-02-21T10:00:00Z"]),
            st.sampled_from([None, "North Quay", "Relay Digest", "The Echo Review", "The Lantern"]),
        ),
        max_size=6,
    )
)
def test_any_tangle_of_credits_ends_and_has_no_circle(
    tangle: list[tuple[str, str | None, str | None]],
) -> None:
    pages = [
        made(
            source,
            f"p{k}",
            HARBOUR,
            date=date,
            claims=[credit(name)] if name else [],
            taken_from=Origin(name, None) if name else None,
        )
        for k, (source, date, name) in enumerate(tangle)
    ]
    for trail in trails_of(*pages):
        above = {(row.copy_url, row.original_url) for row in trail.copies if row.original_article}
        while above:
            originals = {one for _, one in above}
            leaves = {pair for pair in above if pair[0] not in originals}
            assert leaves, "a circle"
            above -= leaves


# --- dates ---------------------------------------------------------------------------------------


def test_a_day_without_a_zone_is_two_days_wide() -> None:
    found = span(printed("2026-02-17"))
    assert found is not None
    assert found.earliest is not None
    assert found.earliest.isoformat() == "2026-02-16T11:00:00+00:00"
    assert found.latest.isoformat() == "2026-02-18T11:00:00+00:00"


def test_days_two_apart_are_decided_and_days_one_apart_likely() -> None:
    first, next_day, third = (span(printed(f"2026-02-{day}")) for day in (17, 18, 19))
    assert first is not None
    assert next_day is not None
    assert third is not None
    assert first.before(third)
    assert not first.before(next_day)
    assert first.likely_before(next_day)
    assert not next_day.likely_before(first)


def test_a_time_with_a_zone_is_exact_and_shown_in_local_time() -> None:
    found = interval(original("2026-02-17T23:30:00-05:00"), "2026-03-01T00:00:00Z")
    assert found.earliest is not None
    assert found.earliest.isoformat() == "2026-02-18T04:30:00+00:00"
    assert found.printed is not None
    assert found.printed.day == 17


def test_our_first_sight_is_the_latest_that_it_can_be() -> None:
    found = interval(original("2026-02-17"), "2026-02-17T06:00:00Z")
    assert found.latest.isoformat() == "2026-02-17T06:00:00+00:00"
    undated = interval(original(None), "2026-02-17T06:00:00Z")
    assert undated.earliest is None
    assert "prints no date" in undated.basis


def test_a_date_after_we_saw_the_page_is_reported_and_not_used() -> None:
    found = interval(original("2026-05-17"), "2026-02-17T06:00:00Z")
    assert found.earliest is None
    assert found.contradictions == (
        "the page prints 17 May 2026, but we saw the page on 17 February 2026",
    )


def test_a_date_that_cannot_be_read_is_left_out() -> None:
    assert span(replace(printed("2026-02-17"), value=None)) is None
    assert span(replace(printed("2026-02-17"), value="sometime")) is None
    assert span(replace(printed("2026-02-17"), value="9999-12-31")) is None


@given(st.text(max_size=12) | st.from_regex(r"[0-9]{4}(-[0-9]{2}){0,2}", fullmatch=True))
def test_no_printed_date_breaks_anything(value: str) -> None:
    found = span(replace(printed("2026-02-17"), value=value, precision=None))
    assert found is None or (found.earliest is not None and found.earliest < found.latest)


@given(st.sampled_from(["2026-02-17", "2026-02-18", None]), st.sampled_from(["2026-02-17", None]))
def test_direction_is_the_same_whichever_comes_first(one: str | None, other: str | None) -> None:
    a = side(original(one), "2026-03-01T00:00:00Z", OUTLETS)
    b = side(made("relay", "b", HARBOUR, date=other), "2026-03-02T00:00:00Z", OUTLETS)
    assert direct(a, b, OUTLETS) == direct(b, a, OUTLETS)
