"""Comparing run by run: the outcome is the same in whatever order articles arrive."""

import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from msgspec import structs

from config.registry import Source
from flows.apart import apart, articles_apart
from flows.comparing import compare
from flows.crossposts.fingerprints import fingerprint
from flows.gathering import trails
from storage.catalog import Catalog, open_catalog
from storage.findings import Trail
from storage.records import Article, Capture, Match, Run, WarcPlace
from tests.flows.crossposts_made import (
    FOOTER,
    HARBOUR,
    LIGHTHOUSE,
    MEADOW,
    NORTH,
    SOURCES,
    SPEECH,
    TRAMS,
    credit,
    made,
)

NOTE = (
    "This outlet is paid for by its readers alone. If you have a tip for our desk, write to the "
    "editors at the address below, and never from a computer that belongs to your employer."
)
ITEM = "The ferry to Little Orm will not sail on Sunday, because its captain marries the cook."


def pages() -> list[Article]:
    """Two outlets with boilerplate of their own, one that copies from both, and a re-run at four
    addresses of the first."""
    north = [
        made("north", "ice", [*HARBOUR[:3], NOTE], date="2026-02-17"),
        made("north", "saws", [*HARBOUR[3:], NOTE], date="2026-02-18"),
        made("north", "ferry", [ITEM, NOTE], date="2026-02-19"),
        made("north", "trams", [*TRAMS, NOTE], date="2026-02-20"),
        *(
            made("north", f"{view}/birds", [*MEADOW, NOTE], title="Birds", date="2026-02-21")
            for view in ("news", "print", "amp", "nature")
        ),
    ]
    relay = [
        made("relay", "ice", [*HARBOUR[:3], FOOTER], date="2026-02-20"),
        made("relay", "both", [HARBOUR[3], TRAMS[1], FOOTER, NOTE], date="2026-02-22"),
        made("relay", "light", [*LIGHTHOUSE, FOOTER], date="2026-02-22"),
        made("relay", "note", [SPEECH, FOOTER], date="2026-02-23"),
    ]
    echo = [
        made("echo", "ferry", [ITEM, FOOTER], date="2026-02-22"),
        made("echo", "birds", [TRAMS[0], MEADOW[1], LIGHTHOUSE[0]], date="2026-02-24"),
        made("echo", "ice", [*HARBOUR[:3], NOTE], claims=[credit("North Quay", NORTH)]),
        made("echo", "speech", [SPEECH, TRAMS[2], NOTE], date="2026-02-25"),
    ]
    return [
        structs.replace(
            one, captured_at=f"2026-03-{number + 1:02}T08:00:00.000000Z", capture=one.id
        )
        for number, one in enumerate([*north, *relay, *echo])
    ]


class Archive:
    """Runs over a catalog, without the crawling."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.runs = 0
        self.sealed: list[list[Match]] = []

    def run(self, articles: Sequence[Article]) -> None:
        """Compare and take in these articles, as one run does."""
        known = self.catalog.last_seq()
        self.seal(articles, compare(articles, self.catalog, articles_apart(self.catalog)), known)

    def read_again(self, run: int, before: Sequence[Article], now: Sequence[Article]) -> None:
        """Read the captures of a run, which were read as `before`, as `now`."""
        known = self.catalog.last_seq()
        gone = {one.id for one in before} - {one.id for one in now}
        found = compare(now, self.catalog, articles_apart(self.catalog), gone)
        self.seal(now, found, known, run)

    def seal(
        self, articles: Sequence[Article], matches: list[Match], compared_to: int, of: int = 0
    ) -> None:
        """Take in these articles, as the end of a run does, or of a reading of the run `of`."""
        self.runs += 1
        name = f"RUN{self.runs}"
        run = Run(
            id=name, kind="reading" if of else "archive", source="",
            asked={"run": f"RUN{of}"} if of else {}, started_at="", ended_at="",
            outcome="complete", counts={}, versions={}, config_digest="",
            compared_to=compared_to,
        )  # fmt: skip
        self.catalog.take_in(
            self.runs,
            run,
            [_capture(one, f"RUN{of}" if of else name) for one in articles],
            [(one, fingerprint(one.paragraphs)) for one in articles],
            matches,
        )
        self.sealed.append(matches)

    def trails(self, sources: Sequence[Source] = SOURCES) -> list[Trail]:
        return trails(self.catalog, sources)

    def matches(self) -> list[Match]:
        """Those that stand."""
        return [one for one in self.catalog.matches() if one.kind != "boilerplate"]


def _capture(article: Article, run: str) -> Capture:
    return Capture(
        id=article.capture, url=article.url, fetched_at=article.captured_at, route="import",
        why="import", source=article.source, status=200, warc=WarcPlace(run, "a", 0, 1),
    )  # fmt: skip


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(open_catalog(f"sqlite:///{tmp_path / 'catalog.sqlite'}"))


def in_portions(articles: list[Article], chance: random.Random) -> list[list[Article]]:
    rest = articles.copy()
    chance.shuffle(rest)
    portions = []
    while rest:
        size = chance.choice((1, 1, 2, 3, 7))
        portions.append(rest[:size])
        rest = rest[size:]
    return portions


@pytest.mark.parametrize("seed", range(12))
def test_trails_do_not_depend_on_the_order_of_arrival(archive: Archive, seed: int) -> None:
    at_once = Archive(open_catalog("sqlite://"))
    at_once.run(pages())
    for portion in in_portions(pages(), random.Random(seed)):
        archive.run(portion)
    assert archive.runs > 1
    assert archive.matches() == at_once.matches()
    assert archive.trails() == at_once.trails()
    assert len(archive.trails()) > 1


@pytest.mark.parametrize("seed", range(4))
def test_runs_that_were_sealed_at_once_meet_in_the_next(archive: Archive, seed: int) -> None:
    at_once = Archive(open_catalog("sqlite://"))
    at_once.run(pages())
    portions = in_portions(pages(), random.Random(seed))
    unaware = [(one, compare(one, archive.catalog)) for one in portions[:-1]]
    for articles, matches in unaware:
        archive.seal(articles, matches, 0)
    assert archive.matches() != at_once.matches()
    assert apart(archive.catalog.runs()) == {f"RUN{k + 1}" for k in range(len(unaware))}
    archive.run(portions[-1])
    assert apart(archive.catalog.runs()) == set()
    assert archive.matches() == at_once.matches()
    assert archive.trails() == at_once.trails()


@pytest.mark.parametrize("seed", range(4))
def test_trails_do_not_depend_on_what_was_read_otherwise_before(
    archive: Archive, seed: int
) -> None:
    """Some runs were read by rules that took the outlet's note for no part of the text, or the
    other outlet's for one, and are read again between the others."""
    at_once = Archive(open_catalog("sqlite://"))
    at_once.run(pages())
    chance = random.Random(seed)
    waiting: list[tuple[int, list[Article], list[Article]]] = []
    for portion in in_portions(pages(), chance):
        first = [misread(one, chance) for one in portion]
        archive.run(first)
        waiting.append((archive.runs, first, portion))
        if chance.random() < 0.4:
            archive.read_again(*waiting.pop(chance.randrange(len(waiting))))
    for one in waiting:
        archive.read_again(*one)
    assert archive.matches() == at_once.matches()
    assert archive.trails() == at_once.trails()


def misread(article: Article, chance: random.Random) -> Article:
    """An article of the same capture with a paragraph too few or too many."""
    paragraphs = article.paragraphs
    if chance.random() < 0.5:
        text = paragraphs[:-1] if chance.random() < 0.5 else (*paragraphs, NOTE, FOOTER)
        return structs.replace(article, id=f"{article.id[:-1]}-", paragraphs=text)
    return article


def test_an_excerpt_is_found_of_a_text_that_its_outlet_has_at_four_addresses(
    archive: Archive,
) -> None:
    archive.run(pages())
    copies = [copy for trail in archive.trails() for copy in trail.copies]
    (birds,) = [copy for copy in copies if copy.copy_url == "http://echo.example/birds"
                and "birds" in (copy.original_url or "")]  # fmt: skip
    assert birds.kind == "excerpt"


def test_a_match_by_boilerplate_alone_is_withdrawn_and_stays_sealed(archive: Archive) -> None:
    north = [made("north", f"p{k}", [text, NOTE, FOOTER]) for k, text in enumerate(HARBOUR[:3])]
    other = made("relay", "p", [TRAMS[0], NOTE, FOOTER])
    archive.run([north[0], other])
    (before,) = archive.matches()
    assert before.kind in ("copy", "excerpt")
    archive.run([north[1]])
    archive.run([north[2]])
    assert archive.matches() == []
    assert archive.sealed[0] == [before]
    (after,) = [one for one in archive.sealed[2] if one.b == before.b and one.a == before.a]
    assert (after.kind, after.words, after.spans) == ("boilerplate", 0, ())
    # It is said once.
    archive.run([made("north", "p4", [HARBOUR[4], NOTE, FOOTER])])
    assert archive.sealed[3] == []


def test_all_versions_of_two_pages_are_matched(archive: Archive) -> None:
    one = [made("north", "ice", [*HARBOUR, *more], captured=f"2026-03-0{n}T08:00:00.000000Z")
           for n, more in enumerate(((), TRAMS[:1], TRAMS[:2]), 1)]  # fmt: skip
    other = [made("relay", "ice", [*HARBOUR, *more], captured=f"2026-03-0{n}T09:00:00.000000Z")
             for n, more in enumerate(((), MEADOW[:1]), 1)]  # fmt: skip
    for article in (one[0], other[0], one[1], other[1], one[2]):
        archive.run([structs.replace(article, capture=article.id)])
    pairs = {frozenset((match.a, match.b)) for match in archive.matches()}
    assert pairs == {frozenset((a.id, b.id)) for a in one for b in other}


def test_known_matches_are_mended_where_runs_that_never_met_make_boilerplate(
    archive: Archive,
) -> None:
    """Two runs, sealed at once, bring the second and the third text with a note."""
    north = [made("north", f"p{k}", [text, NOTE, FOOTER]) for k, text in enumerate(HARBOUR[:3])]
    archive.run([north[0], made("relay", "p", [TRAMS[0], NOTE, FOOTER])])
    unaware = [(one, compare([one], archive.catalog)) for one in north[1:]]
    for article, matches in unaware:
        archive.seal([article], matches, 1)
    assert len(archive.matches()) == 5  # the three with the relay's, and two among themselves
    archive.run([made("echo", "p", TRAMS[1:2])])
    assert archive.matches() == []
