"""Who copies whom: counts, times and shares; and the files that are made of it."""

import csv
import io
from xml.etree import ElementTree

import networkx
import pytest
from lxml import etree
from msgspec.structs import replace

from flows import drawing
from flows.crossposts.network import UNKNOWN, Network, Outlet, PageOf, network
from storage.records import Article, Origin
from tests.flows.crossposts_made import (
    HARBOUR,
    MEADOW,
    NORTH,
    OUTLETS,
    TRAMS,
    credit,
    made,
    original,
    trails_of,
)

HOSTILE = "<script>alert(1)</script>\"'&\x00\x1b[2J\u202e=HYPERLINK(1)]]>"
SVG = "{http://www.w3.org/2000/svg}"


def of(*articles: Article, since: str | None = None, until: str | None = None) -> Network:
    pages = [
        PageOf(one.canonical_url, one.source, one.outlet, one.published_at or one.captured_at)
        for one in articles
    ]
    return network(trails_of(*articles), pages, OUTLETS, since, until)


def several() -> list[Article]:
    """North Quay's two texts: one taken twice by the relay, with and without credit, and once by
    the echo; and a page of the relay's own that names a paper that is not archived."""
    paper = Origin("The Lantern", "http://lantern.example/x")
    named = credit(paper.name, paper.url)
    return [
        original("2026-02-17T10:00:00Z"),
        made("north", "trams", TRAMS, date="2026-02-17T10:00:00Z"),
        made(
            "relay", "a", HARBOUR, date="2026-02-17T16:00:00Z", claims=[credit("North Quay", NORTH)]
        ),
        made("relay", "b", TRAMS, date="2026-02-18T10:00:00Z"),
        made("relay", "c", MEADOW, date="2026-03-01T10:00:00Z", claims=[named], taken_from=paper),
        made("echo", "d", HARBOUR, date="2026-02-19"),
        made("echo", "own", ("A short notice that nobody has taken from anybody so far.",)),
    ]


def test_flows_count_copies_credit_verdicts_and_hours() -> None:
    found = of(*several())
    flows = {(one.original, one.copier): one for one in found.flows}
    assert set(flows) == {("north", "relay"), ("north", "echo"), ("lantern.example", "relay")}
    relay = flows["north", "relay"]
    assert (relay.copies, relay.credited) == (2, 1)
    assert relay.verdicts == {"confirmed": 1, "unclaimed": 1}
    assert relay.hours is not None
    assert (round(relay.hours.least), round(relay.hours.most), relay.hours.copies) == (15, 15, 2)
    echo = flows["north", "echo"].hours
    assert echo is not None
    assert (round(echo.least), round(echo.most)) == (25, 73)  # a day without a zone
    assert flows["lantern.example", "relay"].hours is None


def test_shares_of_each_outlet() -> None:
    by_id = {one.id: one for one in of(*several()).outlets}
    relay, north, lantern = by_id["relay"], by_id["north"], by_id["lantern.example"]
    assert (relay.pages, relay.copied, relay.credited, relay.taken) == (3, 3, 2, 0)
    assert (relay.share_original, relay.share_copied) == (0.0, 1.0)
    assert (north.copied, north.taken, north.share_original) == (0, 2, 1.0)
    assert north.share_credited is None
    assert by_id["echo"].share_copied == 0.5
    assert (lantern.archived, lantern.pages, lantern.share_original) == (False, 0, None)


def test_a_digest_is_one_copied_page() -> None:
    texts = several()[:2]
    digest = made("relay", "week", [*HARBOUR[1:3], *TRAMS[1:3]], date="2026-02-24")
    found = of(*texts, digest)
    (flow,) = found.flows
    assert flow.copies == 2
    assert {one.id: one.copied for one in found.outlets}["relay"] == 1


def test_an_original_without_address_is_nobody() -> None:
    origin = Origin("The Lantern", None)
    copy = made("relay", "x", HARBOUR, claims=[credit("The Lantern")], taken_from=origin)
    (flow,) = of(copy).flows
    assert (flow.original, flow.copier) == (UNKNOWN, "relay")


@pytest.mark.parametrize(
    ("since", "until", "copies"),
    [
        (None, None, 4),
        ("2026-02-18", None, 3),
        (None, "2026-02-18", 2),
        ("2026-02-18", "2026-02-18", 1),
        ("2027-01-01", None, 0),
    ],
)
def test_a_period_is_that_of_the_copies(since: str | None, until: str | None, copies: int) -> None:
    found = of(*several(), since=since, until=until)
    assert sum(flow.copies for flow in found.flows) == copies
    assert all(one.copied <= one.pages for one in found.outlets if one.archived)


def test_the_order_does_not_matter() -> None:
    assert of(*several()) == of(*several()[::-1])


# --- files ---------------------------------------------------------------------------------------


def hostile() -> Network:
    found = of(*several())
    outlets = tuple(replace(one, name=HOSTILE) for one in found.outlets)
    return replace(found, outlets=outlets)


def test_graphml_is_read_back_by_another_library() -> None:
    found = of(*several())
    graph = networkx.parse_graphml(drawing.graphml(found).decode())
    assert graph.is_directed()
    assert set(graph.nodes) == {one.id for one in found.outlets}
    assert graph.nodes["north"]["name"] == "North Quay"
    assert graph.nodes["north"]["taken"] == 2
    assert graph.nodes["lantern.example"]["archived"] is False
    edge = graph.edges["north", "relay"]
    assert (edge["copies"], edge["credited"], edge["unclaimed"]) == (2, 1, 1)
    assert edge["hours_least"] == pytest.approx(15, abs=0.1)
    assert networkx.parse_graphml(drawing.graphml(hostile()).decode()).number_of_edges() == 3


def test_names_of_pages_are_only_text_in_a_picture() -> None:
    data = drawing.svg(hostile())
    root = ElementTree.fromstring(data)
    allowed = {"svg", "title", "marker", "path", "rect", "circle", "text"}
    assert {one.tag.removeprefix(SVG) for one in root.iter()} == allowed
    names = {name for one in root.iter() for name in one.attrib}
    assert not any("href" in name or name.startswith("on") for name in names)
    labels = [one.text or "" for one in root.iter(f"{SVG}text")]
    assert any(label.startswith("<script>") for label in labels)
    assert b"\x00" not in data
    assert b"\x1b" not in data


def test_the_same_network_is_the_same_picture() -> None:
    assert drawing.svg(of(*several())) == drawing.svg(of(*several()[::-1]))
    assert etree.fromstring(drawing.svg(Network(since=None, until=None, outlets=(), flows=())))


def test_a_picture_of_many_outlets_shows_the_greatest_and_says_so() -> None:
    found = of(*several())
    more = tuple(
        Outlet(
            id=f"z{n:03}", name=f"Z {n}", archived=True, pages=1, copied=0, credited=0, taken=0,
            share_original=1.0, share_copied=0.0, share_credited=None,
        )
        for n in range(100)
    )  # fmt: skip
    root = ElementTree.fromstring(drawing.svg(replace(found, outlets=found.outlets + more)))
    assert len(list(root.iter(f"{SVG}circle"))) == drawing.SHOWN
    assert any("64 more outlets" in (one.text or "") for one in root.iter(f"{SVG}text"))


def test_a_table_is_safe_in_a_spreadsheet() -> None:
    found = hostile()
    outlets = tuple(replace(one, name=f"={one.name}") for one in found.outlets)
    rows = list(csv.DictReader(io.StringIO(drawing.csv_text(replace(found, outlets=outlets)))))
    assert [row["copies"] for row in rows] == ["1", "1", "2"]
    assert all(row["original_name"].startswith("'=") for row in rows)
    assert rows[0]["hours_least"] == ""
