"""Credits that lead to no page: a link to nowhere, and an agency that has no page here."""

import pytest
from msgspec.structs import replace

from flows.crossposts.credits import attribution
from flows.gathering import trails
from storage.catalog import open_catalog
from storage.outlets import Outlets
from storage.records import Article, Claim, Origin
from tests.flows.crossposts_made import (
    HARBOUR,
    MEADOW,
    NORTH,
    SOURCES,
    SPEECH,
    TRAMS,
    credit,
    made,
    matches_of,
    original,
    rows,
    trails_of,
)
from tests.storage.catalog_made import run


def test_a_printed_link_that_leads_nowhere() -> None:
    original = made("north", "ice", HARBOUR)
    said = credit("North Quay")
    outlets = Outlets(SOURCES)
    for href, leads in ((None, None), ("#", "nowhere"), ("javascript:void(0)", "nowhere")):
        copy = made("relay", "taken", HARBOUR, claims=[replace(said, href=href)])
        facts = attribution(copy, original, outlets)
        assert (facts.hyperlink, facts.hyperlink_leads_to) == (None, leads)


def test_two_clients_of_an_agency_did_not_take_from_each_other() -> None:
    one = made("north", "ice", HARBOUR, date="2026-02-17", agencies=("The Associated Press",))
    other = made(
        "relay", "taken", HARBOUR, date="2026-02-18", authors=("Ann Lee",), agencies=("AP",)
    )
    (trail,) = trails_of(one, other)
    assert [row.original_url for row in trail.copies] == [None, None]
    assert {row.verdict for row in trail.copies} == {"unverifiable"}
    assert "it is signed with The Associated Press's name" in trail.copies[0].reason
    assert "Relay Digest carries the same text and names the same source" in trail.copies[0].reason


def test_a_copy_that_an_agency_signs_is_not_without_credit() -> None:
    copy = made("relay", "taken", HARBOUR, date="2026-02-18", agencies=("Reuters",))
    (trail,) = trails_of(original(), copy)
    (row,) = trail.copies
    assert (row.copy_url, row.verdict) == (copy.url, "unverifiable")
    assert "it is signed with Reuters's name" in row.reason
    assert "one day earlier" in row.reason
    # Whose text it also carries, and credits, it took it from, whoever signs both.
    source = original(agencies=("Reuters",))
    credited = made("relay", "x", HARBOUR, claims=[credit("North Quay")], agencies=("Reuters",))
    (trail,) = trails_of(source, credited)
    assert [(row.copy_url, row.verdict) for row in trail.copies] == [(credited.url, "confirmed")]


def test_an_agency_alone_makes_no_trail() -> None:
    pages = [
        made("north", "a", HARBOUR, agencies=("dpa",)),
        made("relay", "b", TRAMS, agencies=("dpa/lno",)),
    ]
    assert trails_of(*pages) == []


def test_of_an_agency_that_is_archived_its_clients_took_the_text() -> None:
    wire = made("reuters", "wire", HARBOUR, date="2026-02-17")
    clients = [
        made(source, "taken", HARBOUR, date="2026-02-18", agencies=("Reuters",))
        for source in ("north", "relay")
    ]
    (trail,) = trails_of(wire, *clients)
    assert rows([trail]) == {("taken", "wire")}
    assert {row.verdict for row in trail.copies} == {"confirmed"}


def quoting(said: Claim, *, url: str | None, passage: str = HARBOUR[1]) -> tuple[Article, Article]:
    """A long page with a passage of a long page, too little of either to be an excerpt."""
    whole = made("north", "ice", [*HARBOUR, *MEADOW], date="2026-02-17", title="The ice comes back")
    rest = (" ".join(word[::-1] for word in text.split()) for text in [*HARBOUR, *TRAMS])
    text = [*TRAMS, said.text, f"{passage} {HARBOUR[0][:40]}", *rest]
    return whole, made(
        "relay", "quoting", text, date="2026-02-19", claims=[said],
        taken_from=Origin("North Quay", url),
    )  # fmt: skip


@pytest.mark.parametrize("url", [NORTH, None])
def test_a_quotation_that_names_its_source_is_right_and_claims_no_more(url: str | None) -> None:
    """It was said that the page credited does not have the text."""
    reported = replace(
        credit("North Quay", url, kind="republished_from"), text="As North Quay reported:"
    )
    pages = quoting(reported, url=url)
    matches = matches_of(pages)
    assert [match.kind for match in matches] == ["quotation"]
    assert trails_of(*pages) == []
    catalog = open_catalog("sqlite://")
    catalog.take_in(1, run(1), [], [(page, ()) for page in pages], matches)
    assert trails(catalog, SOURCES) == []
    # All of the text is said to be from there, and it is not.
    (trail,) = trails_of(*quoting(credit("North Quay", NORTH), url=NORTH))
    assert [row.verdict for row in trail.copies] == ["contradicted"]
    # The passage is said to be from there, and it is not.
    linked = replace(reported, target_url=NORTH)
    (trail,) = trails_of(*quoting(linked, url=NORTH, passage=SPEECH))
    assert [row.verdict for row in trail.copies] == ["contradicted"]
