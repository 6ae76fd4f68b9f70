"""Direction, verdicts with their reasons, attribution, and kinds of copies."""

import pytest
from msgspec.structs import replace

from flows.crossposts.trails import gather
from storage.findings import Copy, Trail
from storage.identity import canonical_url
from storage.outlets import Outlets
from storage.records import Claim, ClaimKind, Origin
from tests.flows.crossposts_made import (
    BRIDGE,
    HARBOUR,
    LIGHTHOUSE,
    MEADOW,
    NORTH,
    OUTLETS,
    SOURCES,
    SPEECH,
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

OWN_INTRO = (
    "Our correspondent on the coast sends us the following, to which we add only that the ice "
    "has since gone out again and that nobody in our office had known where the harbour was.",
)


def only_copy(trails: list[Trail]) -> Copy:
    (trail,) = trails
    (copy,) = trail.copies
    return copy


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


def test_within_one_day_a_reason_tells_the_hours() -> None:
    first = original("2026-02-17T23:30:00+02:00")
    row = only_copy(trails_of(first, made("relay", "x", HARBOUR, date="2026-02-17T18:40:00-04:00")))
    assert row.original_url == NORTH
    assert row.reason.endswith(
        "one hour earlier (17 February 2026, 21:30 UTC, against 17 February 2026, 22:40 UTC)."
    )


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


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("canonical", "its markup points to North Quay's page (rel=canonical), and North Quay's"),
        ("byline", "it is signed with North Quay's name, and North Quay's"),
        ("syndication_source", "its markup names North Quay as the source, and North Quay's"),
    ],
)
def test_a_credit_is_told_as_what_it_is(kind: ClaimKind, told: str) -> None:
    """The page's one answer (`republished_from`) may rest on what no reader sees."""
    claim = Claim(kind=kind, text=NORTH, target_name="North Quay", target_url=NORTH, place="p")
    taken_from = Origin("North Quay", NORTH)
    row = only_copy(
        trails_of(original(), made("relay", "a", HARBOUR, claims=[claim], taken_from=taken_from))
    )
    assert (row.verdict, told in row.reason) == ("confirmed", True)


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
