"""Direction, verdicts with their reasons, attribution, chains, circles, digests."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from flows.crossposts.dating import interval, span
from flows.crossposts.directions import direct, side
from flows.crossposts.trails import gather
from storage.identity import canonical_url
from storage.outlets import Outlets
from storage.records import Article, Claim, Copy, Origin, Trail
from tests.flows.crossposts_made import (
    BRIDGE,
    HARBOUR,
    LIGHTHOUSE,
    MEADOW,
    OUTLETS,
    SOURCES,
    SPEECH,
    TRAMS,
    credit,
    made,
    matches_of,
    printed,
    seen,
    trails_of,
)

NORTH = "http://northquay.example/ice"
OWN_INTRO = (
    "Our correspondent on the coast sends us the following, to which we add only that the ice "
    "has since gone out again and that nobody in our office had known where the harbour was.",
)


def original(date: str | None = "2026-02-17", **more: Any) -> Article:
    return made("north", "ice", HARBOUR, title="The ice comes back", date=date, **more)


def only_copy(trails: list[Trail]) -> Copy:
    (trail,) = trails
    (copy,) = trail.copies
    return copy


def rows(trails: list[Trail]) -> set[tuple[str, str | None]]:
    """(copy, original) by the last part of their addresses."""
    return {
        (
            copy.copy_url.rsplit("/", 1)[1],
            copy.original_url and copy.original_url.rsplit("/", 1)[1],
        )
        for trail in trails
        for copy in trail.copies
    }


# --- one pair ------------------------------------------------------------------------------------


def test_a_credited_copy_is_confirmed() -> None:
    copy = made("relay", "taken", HARBOUR, date="2026-02-19", claims=[credit("North Quay", NORTH)])
    row = only_copy(trails_of(original(), copy))
    assert (row.copy_url, row.original_url) == (copy.url, NORTH)
    assert (row.kind, row.verdict) == ("copy", "confirmed")
    assert row.reason == (
        "Relay Digest carries 100 % of the words of North Quay's “The ice comes back”; it names "
        "North Quay as its original source, and North Quay's page printed the text two days "
        "earlier (17 February 2026 against 19 February 2026)."
    )
    assert row.title_changed
    assert [signal.name for signal in row.signals] == ["credit", "published"]
    assert row.attribution.hyperlink_leads_to == "article"


def test_a_credit_by_name_alone_is_enough() -> None:
    copy = made("relay", "taken", HARBOUR, claims=[credit("the north quay")])
    row = only_copy(trails_of(original(None), copy))
    assert (row.original_url, row.verdict) == (NORTH, "confirmed")
    assert row.attribution.source_named
    assert row.attribution.hyperlink is None


def test_a_link_in_the_text_is_enough() -> None:
    copy = made("relay", "taken", HARBOUR, date="2026-02-19", links=(NORTH,))
    row = only_copy(trails_of(original(), copy))
    assert row.verdict == "confirmed"
    assert "its text links to North Quay's page" in row.reason
    assert not row.attribution.source_named
    assert row.attribution.hyperlink == NORTH


def test_an_excerpt_whose_own_words_name_the_outlet_is_credited() -> None:
    lines = ("One piece stayed with me all week. As North Quay reported:", *HARBOUR)
    copy = made("relay", "week", (*OWN_INTRO, *lines), date="2026-02-20")
    row = only_copy(trails_of(original(), copy))
    assert (row.original_url, row.verdict) == (NORTH, "confirmed")
    assert "its own words name North Quay" in row.reason
    assert row.attribution.source_named


def test_a_link_that_redirects_to_the_original_leads_to_it() -> None:
    short = "http://northquay.example/?p=5"
    copy = made("relay", "week", HARBOUR, claims=(credit("North Quay", short),), date="2026-02-20")
    both = (original(), copy)
    moved = Outlets(SOURCES, {canonical_url(short): both[0].canonical_url})
    row = only_copy(gather(seen(both), matches_of(both), moved))
    assert (row.attribution.hyperlink, row.attribution.hyperlink_leads_to) == (short, "article")
    assert only_copy(trails_of(*both)).attribution.hyperlink_leads_to == "elsewhere"


def test_a_name_that_came_with_the_text_credits_nobody() -> None:
    told = ("Nobody had asked North Quay about it before the winter was over.", *HARBOUR)
    first = made("north", "ice", told, title="The ice comes back", date="2026-02-17")
    row = only_copy(trails_of(first, made("relay", "ice", told, date="2026-02-20")))
    assert row.verdict == "unclaimed"
    assert not row.attribution.source_named


def test_where_no_date_tells_the_outlet_that_is_named_is_the_original() -> None:
    lines = ("As North Quay reported:", *HARBOUR)
    copy = made("relay", "week", lines, captured="2026-03-01T08:00:00.000000Z")
    row = only_copy(trails_of(original(date=None), copy))
    assert (row.original_url, row.verdict) == (NORTH, "confirmed")


def test_a_copy_without_credit_is_unclaimed() -> None:
    copy = made("relay", "another-headline", HARBOUR[1:], date="2026-02-23T09:00:00+01:00")
    row = only_copy(trails_of(original("2026-02-17T10:00:00+01:00"), copy))
    assert (row.original_url, row.verdict, row.kind) == (NORTH, "unclaimed", "copy")
    assert "nothing on its page credits it" in row.reason
    assert row.reason.endswith("six days earlier (17 February 2026 against 23 February 2026).")
    assert row.attribution.author_kept is None


def test_an_earlier_printed_date_does_not_turn_a_credit_round() -> None:
    copy = made("relay", "taken", HARBOUR, date="2026-02-15", claims=[credit("North Quay", NORTH)])
    row = only_copy(trails_of(original(), copy))
    assert (row.original_url, row.verdict) == (NORTH, "confirmed")
    assert "although the copy is dated two days earlier" in row.reason


def test_who_claims_to_be_the_source_of_what_another_printed_before_is_contradicted() -> None:
    copy = made(
        "relay",
        "taken",
        HARBOUR,
        date="2026-02-24",
        claims=[credit("Relay Digest", about="self")],
    )
    row = only_copy(trails_of(original(), copy))
    assert (row.original_url, row.verdict) == (NORTH, "contradicted")
    assert "claims to be the source itself" in row.reason
    assert "seven days earlier" in row.reason


def test_without_dates_nobody_is_accused() -> None:
    copy = made("relay", "taken", HARBOUR, claims=[credit("Relay Digest", about="self")])
    first = original(None)
    earlier = {first.id: "2026-03-19T08:00:00.000000Z"}
    matches = matches_of([first, copy])
    row = only_copy(gather(seen([first, copy], earlier), matches, OUTLETS))
    assert (row.original_url, row.verdict) == (NORTH, "unverifiable")
    assert "cannot be told from the printed dates: we saw North Quay's page first" in row.reason


def test_a_credit_to_a_page_that_lacks_the_text_is_contradicted() -> None:
    empty = made("echo", "other-story", TRAMS, date="2026-02-10")
    copy = made(
        "relay",
        "taken",
        HARBOUR,
        date="2026-02-24",
        claims=[credit("The Echo Review", empty.url)],
        taken_from=Origin("The Echo Review", empty.url),
    )
    row = only_copy(trails_of(original(), copy, empty))
    assert (row.original_url, row.verdict) == (NORTH, "contradicted")
    assert f"the archived page {empty.url} does not have the text" in row.reason


def test_a_credit_to_who_had_it_later_is_contradicted() -> None:
    late = made("echo", "late", HARBOUR, date="2026-03-10")
    copy = made(
        "relay", "taken", HARBOUR, date="2026-02-24", claims=[credit("The Echo Review", late.url)]
    )
    trail = trails_of(original(), copy, late)
    found = {row.copy_url: row for one in trail for row in one.copies}
    assert found[copy.url].original_url == NORTH
    assert found[copy.url].verdict == "contradicted"
    assert "only after both" in found[copy.url].reason


def test_a_credit_to_who_is_not_archived_is_unverifiable() -> None:
    origin = Origin("The Lantern", "http://lantern.example/x")
    copy = made("relay", "taken", HARBOUR, claims=[credit(*origin_of(origin))], taken_from=origin)
    row = only_copy(trails_of(copy))
    assert (row.original_url, row.verdict, row.kind) == (origin.url, "unverifiable", None)
    assert row.attribution.hyperlink_leads_to == "unknown"
    assert "it names The Lantern as its original source" in row.reason
    # With another page that has the text and names nobody: still no confirmation.
    later = replace(copy, published_at="2026-02-24")
    row = only_copy(trails_of(original(), later))
    assert (row.original_url, row.verdict) == (NORTH, "unverifiable")


def origin_of(origin: Origin) -> tuple[str | None, str | None]:
    return origin.name, origin.url


def test_two_pages_from_one_unknown_original() -> None:
    origin = Origin("The Lantern", None)
    pages = [
        made(source, "x", HARBOUR, date=date, claims=[credit("The Lantern")], taken_from=origin)
        for source, date in (("north", "2026-02-17"), ("relay", "2026-02-24"))
    ]
    (trail,) = trails_of(*pages)
    assert len(trail.articles) == 2
    assert [row.verdict for row in trail.copies] == ["unverifiable", "unverifiable"]
    assert all(row.original_article is None for row in trail.copies)
    assert "Relay Digest carries the same text and names the same source" in trail.copies[0].reason


def test_an_outlet_may_run_its_own_piece_again() -> None:
    again = made("north", "ice-again", HARBOUR, date="2026-03-17")
    assert trails_of(original(), again) == []
    mirror = made("echo", "ice", HARBOUR, date="2026-02-17")
    other = replace(mirror, id="f" * 32, url="http://echo-mirror.example/ice", source="elsewhere")
    other = replace(other, canonical_url="http://echo-mirror.example/ice")
    assert trails_of(mirror, other) == []


def test_a_claim_to_have_published_it_before_is_no_copying() -> None:
    claim = credit("North Quay", kind="first_published_by", about="self")
    copy = made("relay", "taken", HARBOUR, date="2026-02-24")
    row = only_copy(trails_of(original(claims=[claim]), copy))
    assert (row.original_url, row.verdict) == (NORTH, "unclaimed")


def test_reprinted_on_is_the_other_direction() -> None:
    claim = credit("Relay Digest", kind="reprinted_on")
    copy = made("relay", "taken", HARBOUR, date="2026-02-10")
    row = only_copy(trails_of(original(claims=[claim]), copy))
    assert row.original_url == NORTH
    assert row.signals[0].name == "credit"


def test_a_shared_quotation_makes_no_trail() -> None:
    one = made("north", "a", [*HARBOUR[:2], SPEECH])
    assert trails_of(one, made("relay", "b", [*TRAMS[:2], SPEECH])) == []


def test_mutual_credits_are_decided_by_dates_or_not_at_all() -> None:
    claims = [credit("North Quay", NORTH)]
    back = [credit("Relay Digest", "http://relay.example/taken")]
    copy = made("relay", "taken", HARBOUR, date="2026-02-24", claims=claims)
    row = only_copy(trails_of(original(claims=back), copy))
    assert (row.original_url, row.verdict) == (NORTH, "confirmed")
    assert "credits Relay Digest in turn" in row.reason
    undated = made("relay", "taken", HARBOUR, claims=claims)
    row = only_copy(trails_of(original(None, claims=back), undated))
    assert row.verdict == "unverifiable"


def test_a_canonical_on_another_site_and_a_date_of_the_original_give_the_direction() -> None:
    canonical = Claim(kind="canonical", text=NORTH, target_url=NORTH, place="link:canonical")
    row = only_copy(trails_of(original(None), made("relay", "a", HARBOUR, claims=[canonical])))
    assert (row.original_url, row.signals[0].name) == (NORTH, "canonical")
    dated = made(
        "relay", "a", HARBOUR, original_date=printed("2026-02-17", "original", "North Quay")
    )
    row = only_copy(trails_of(original("2026-02-17"), dated))
    assert (row.original_url, row.signals[0].name) == (NORTH, "claimed_date")


def test_attribution_is_facts() -> None:
    line = credit("North Quay", None, kind="copyright")
    terms = Claim(kind="permission", text="You may cross-post this article.", place="p")
    copy = made(
        "relay",
        "taken",
        HARBOUR,
        claims=[credit("North Quay", "http://northquay.example/"), line, terms],
        authors=("Jo Marsh",),
    )
    own = Claim(kind="permission", text="No republication.", about="self", place="p")
    row = only_copy(trails_of(original(authors=("Jo Marsh", "North Quay"), claims=[own]), copy))
    facts = row.attribution
    assert facts.source_named
    assert facts.copyright_line == line.text
    assert (facts.hyperlink, facts.hyperlink_leads_to) == ("http://northquay.example/", "elsewhere")
    assert facts.author_kept is True
    assert facts.terms_of_copy == (line.text, terms.text)
    assert facts.terms_of_original == (own.text,)


@pytest.mark.parametrize("text", [MEADOW, LIGHTHOUSE, BRIDGE], ids=["de", "ru", "zh"])
def test_other_languages(text: tuple[str, ...]) -> None:
    first = made("north", "a", text, date="2026-02-17")
    copy = made("relay", "b", text, date="2026-02-24", claims=[credit("North Quay")])
    row = only_copy(trails_of(first, copy))
    assert (row.kind, row.verdict, row.original_url) == ("copy", "confirmed", first.url)


# --- kinds ---------------------------------------------------------------------------------------


def test_kinds_follow_from_who_took_from_whom() -> None:
    short = made("relay", "short", HARBOUR[1:3], date="2026-02-24")
    assert only_copy(trails_of(original(), short)).kind == "excerpt"
    long = made("relay", "long", [*OWN_INTRO, *TRAMS, *HARBOUR[:3], *MEADOW], date="2026-02-24")
    first = made("north", "ice", HARBOUR[:3], date="2026-02-17")
    row = only_copy(trails_of(first, long))
    assert (row.kind, row.contains_of_original) == ("embedded", 1.0)
    # The same two pages with the dates the other way round: the short one is an excerpt.
    late = made("north", "ice", HARBOUR[:3], date="2026-02-27")
    assert only_copy(trails_of(late, long)).kind == "excerpt"


def test_a_digest_takes_from_several() -> None:
    sources = [
        made("north", "ice", HARBOUR, date="2026-02-17"),
        made("echo", "trams", TRAMS, date="2026-02-18"),
        made("meadow", "wiese", MEADOW, date="2026-02-18"),
    ]
    digest = made("relay", "week", [*HARBOUR[1:3], *TRAMS[1:3], *MEADOW[:2]], date="2026-02-24")
    (trail,) = trails_of(*sources, digest)
    assert rows([trail]) == {("week", "ice"), ("week", "trams"), ("week", "wiese")}
    assert {row.kind for row in trail.copies} == {"digest"}
    assert len(trail.articles) == 4


def test_a_digest_that_credits_one_of_its_sources_leaves_the_others_unclaimed() -> None:
    trams = made("echo", "trams", TRAMS, date="2026-02-18")
    digest = made(
        "relay",
        "week",
        [*HARBOUR[1:3], *TRAMS[1:3]],
        date="2026-02-24",
        claims=[credit("North Quay", NORTH)],
    )
    (trail,) = trails_of(original(), trams, digest)
    verdicts = {row.original_url: row.verdict for row in trail.copies}
    assert verdicts == {NORTH: "confirmed", trams.url: "unclaimed"}


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


@settings(max_examples=40, deadline=None)
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


@settings(max_examples=60, deadline=None)
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
    assert found.conflict is not None
    assert "2026-05-17" in found.conflict


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
