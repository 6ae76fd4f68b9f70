"""The three bundled outlets, visited twice: every article and every case comes out as it is."""

import difflib
import gzip
import hashlib
from typing import Any

import pytest

from tests.journeys.bundled import Bundled
from tests.journeys.copytrail import Row
from tests.outlets.expected import expected

FIRST, SECOND = (
    {article["key"]: article for article in expected(visit=visit)["articles"].values()}
    for visit in (1, 2)
)
# On the second visit only what differs then: all else is the same row, and another test says so.
ARTICLES = [
    *(pytest.param(1, key, id=key) for key in FIRST),
    *(pytest.param(2, key, id=f"{key}-2") for key in SECOND if SECOND[key] != FIRST.get(key)),
]
CASES = [(visit, name) for visit in (1, 2) for name in sorted(expected()["cases"])]
# WordPress writes the taxonomy as `rel="category tag"`; the outlets' truth has its usual plural.
PRINTED_AS = {"categories": "category"}

# How the copy credits its original: whether it names the source, whether it links to the article,
# whether the author's name is kept (None: the original names none), and another headline.
FACTS: dict[str, tuple[bool, bool, bool | None, bool]] = {
    "credited_copy": (True, True, True, False),
    "seed_like": (True, False, None, True),
    "uncredited_copy": (False, False, False, True),
    "excerpt": (True, False, False, True),
    "chain_ab": (True, True, True, False),
    "chain_bc": (True, True, True, True),
    "earlier_printed_date": (True, True, True, False),
    "false_source": (False, False, False, True),
    "gone_original": (True, True, True, False),
}


def by_key(bundled: Bundled, visit: int, key: str) -> tuple[Row, dict[str, Any]]:
    """What was read of an article, newest version, and what is true of it."""
    truth = next(one for one in bundled.truth(visit)["articles"].values() if one["key"] == key)
    rows = bundled.visits[visit].newest()
    assert truth["url"] in rows, f"{truth['url']} was not archived or not read"
    return rows[truth["url"]], truth


def case_of(bundled: Bundled, visit: int, name: str) -> tuple[Row, dict[str, str]]:
    """The one row of copies of a case, and what is true of it."""
    case = bundled.truth(1)["cases"][name]
    rows = bundled.visits[visit].copies_of(case["copy"])
    assert [row["original_url"] for row in rows] == [case["original"]], rows
    return rows[0], case


def single(bundled: Bundled, name: str) -> str:
    """The address of a case of one article."""
    return str(bundled.truth(1)["single"][name]["article"])


# --- the articles ---------------------------------------------------------------------------------


@pytest.mark.parametrize("visit", [1, 2])
def test_the_runs_are_complete_and_every_article_is_there(bundled: Bundled, visit: int) -> None:
    runs = bundled.visits[visit].run.rows()
    assert [done["run"]["outcome"] for done in runs] == ["complete"] * 3, runs
    every = {url for number in range(1, visit + 1) for url in bundled.truth(number)["articles"]}
    assert set(bundled.visits[visit].newest()) == every


@pytest.mark.parametrize(("visit", "key"), ARTICLES)
def test_an_article_reads_as_it_is(bundled: Bundled, visit: int, key: str) -> None:
    row, truth = by_key(bundled, visit, key)
    prefix = truth["title_prefix"]
    want = {
        "outlet": truth["outlet_name"],
        "title": truth["title"],
        "title_prefix": f"{prefix}:" if prefix else None,
        "authors": truth["authors"],
        "published_at": truth["published_at"],
        "language": truth["language"],
        "taxonomy": {PRINTED_AS.get(kind, kind): v for kind, v in truth["taxonomy"].items()},
        "republished_from": truth["republished_from"],
        "media": truth["media"],
    }
    got = {name: row[name] for name in want} | {
        "taxonomy": taxonomy(row),
        "media": [one["url"] for one in row["media"] if one["kind"] != "image"],
    }
    wrong = [f"{n}: {got[n]!r}, not {want[n]!r}" for n in want if got[n] != want[n]]
    text = [truth["standfirst"], *truth["text"]] if truth["standfirst"] else truth["text"]
    wrong += difflib.unified_diff(text, row["text"].split("\n\n"), "is", "was read", "", "", 0)
    wrong += [f"not kept apart: {note}" for note in truth["notes"] if not kept_apart(row, note)]
    if truth["modified_at"]:
        dates = [date["value"] for date in row["published"] if date["says"] == "updated"]
        wrong += [] if truth["modified_at"] in dates else [f"updated {truth['modified_at']}: no"]
    assert not wrong, "\n".join([row["url"], *wrong])


def taxonomy(row: Row) -> dict[str, list[str]]:
    """The taxonomy without what `article:section` in the head says once more."""
    found = dict(row["taxonomy"])
    if found.get("section") == found.get("category"):
        found.pop("section", None)
    return found


def kept_apart(row: Row, note: str) -> bool:
    return any(note in " ".join(block.split()) for block in row["boilerplate"])


def test_the_page_that_looks_like_the_real_case(bundled: Bundled) -> None:
    copy = bundled.truth(1)["cases"]["seed_like"]["copy"]
    row = bundled.visits[1].newest()[copy]
    dates = {(date["says"], date["value"], date["by"]) for date in row["published"]}
    assert ("original", "2025-05-17", "Steppe Front") in dates
    assert {("published", "2025-05-19")} == {d[:2] for d in dates if d[0] == "published"}
    others = {
        (claim["kind"], claim["target_name"], claim["target_url"])
        for claim in row["claims"]
        if claim["about"] == "other"
    }
    for kind in ("original_source", "copyright", "byline"):
        assert (kind, "Steppe Front", None) in others
    (permission,) = [claim for claim in row["claims"] if claim["kind"] == "permission"]
    assert permission["about"] == "self"
    assert "grants permission to cross-post Common Inquiry articles" in permission["text"]
    for words in ("Note to readers", "SUPPORT STEPPE FRONT", "Disclaimer", "Become a Member"):
        assert words not in row["text"]
        assert kept_apart(row, words)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("reprinted_on", "reprinted_on"), ("first_published_on", "first_published_on")],
)
def test_claims_that_are_no_origin(bundled: Bundled, name: str, kind: str) -> None:
    row = bundled.visits[1].newest()[single(bundled, name)]
    assert kind in {claim["kind"] for claim in row["claims"]}
    assert row["republished_from"] is None


def test_what_was_read_once_stays_as_it_was_read(bundled: Bundled) -> None:
    known = {row["id"]: row for row in bundled.visits[2].articles}
    changing = ("state", "gone_at", "versions")
    for row in bundled.visits[1].articles:
        now = known[row["id"]]
        assert {n: v for n, v in row.items() if n not in changing} == {
            n: v for n, v in now.items() if n not in changing
        }
    assert len(known) == len(bundled.visits[1].articles) + 2


@pytest.mark.parametrize("visit", [1, 2])
def test_each_article_leads_to_its_bytes(bundled: Bundled, visit: int) -> None:
    for row in bundled.visits[visit].articles:
        place = row["warc"]
        path = bundled.copytrail.store / "runs" / place["run"] / "warc" / place["file"]
        with path.open("rb") as file:
            file.seek(place["offset"])
            record = gzip.decompress(file.read(place["length"]))
        head, _, block = record.partition(b"\r\n\r\n")
        version, *lines = head.decode().split("\r\n")
        fields = dict(line.split(": ", 1) for line in lines)
        assert version == "WARC/1.1"
        assert fields["WARC-Type"] == "response"
        assert fields["WARC-Target-URI"] == row["url"]
        assert fields["WARC-Record-ID"] == f"<urn:uuid:{row['capture']}>"
        block = block[: int(fields["Content-Length"])]
        assert fields["WARC-Block-Digest"] == f"sha256:{hashlib.sha256(block).hexdigest()}"
        assert block.startswith(b"HTTP/1.1 200 OK\r\n")


# --- the copies -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("visit", "name"), CASES)
def test_a_copy_is_found_with_its_verdict(bundled: Bundled, visit: int, name: str) -> None:
    row, case = case_of(bundled, visit, name)
    assert (row["kind"], row["verdict"]) == (case["kind"], case["verdict"]), row["reason"]
    if case["kind"] == "copy":
        assert row["contained_in_original"] > 0.9
        assert row["contains_of_original"] > 0.9
    else:
        assert 0.3 < row["contained_in_original"] < 0.6
        assert 0.3 < row["contains_of_original"] < 0.6


@pytest.mark.parametrize("name", sorted(FACTS))
def test_how_a_copy_credits_its_original(bundled: Bundled, name: str) -> None:
    row, case = case_of(bundled, 1, name)
    named, linked, author_kept, retitled = FACTS[name]
    facts = row["attribution"]
    assert facts["source_named"] is named
    assert facts["hyperlink"] == (case["original"] if linked else None)
    assert facts["hyperlink_leads_to"] in (("article",) if linked else (None, "nowhere"))
    assert facts["author_kept"] is author_kept
    assert row["title_changed"] is retitled


def test_terms_stand_beside_the_facts(bundled: Bundled) -> None:
    facts = case_of(bundled, 1, "seed_like")[0]["attribution"]
    assert facts["copyright_line"] == "Copyright © Steppe Front, Steppe Front, 2025"
    assert any("grants permission to cross-post" in terms for terms in facts["terms_of_copy"])


def test_a_copyright_line_is_that_of_the_original(bundled: Bundled) -> None:
    """A footer with the page's own rights, or none of another outlet, is no attribution."""
    for name in ("uncredited_copy", "excerpt"):
        assert case_of(bundled, 1, name)[0]["attribution"]["copyright_line"] is None


def test_reasons_say_what_they_rest_on(bundled: Bundled) -> None:
    def reason(name: str) -> str:
        return str(case_of(bundled, 1, name)[0]["reason"])

    assert "12 May 2025" in reason("earlier_printed_date")
    assert "14 May 2025" in reason("earlier_printed_date")
    assert "seven days earlier" in reason("false_source")
    assert "six days earlier" in reason("uncredited_copy")


@pytest.mark.parametrize("visit", [1, 2])
def test_nothing_else_is_a_copy(bundled: Bundled, visit: int) -> None:
    cases = bundled.truth(1)["cases"].values()
    known = {(case["copy"], case["original"]) for case in cases}
    known.add((single(bundled, "unfindable"), None))
    found = [(copy["copy_url"], copy["original_url"]) for copy in bundled.visits[visit].copies()]
    assert sorted(found, key=str) == sorted(known, key=str)
    for one, other, why in bundled.truth(1)["not_copies"]:
        assert not {(one, other), (other, one)} & set(found), why


def test_an_original_that_is_nowhere(bundled: Bundled) -> None:
    (row,) = bundled.visits[1].copies_of(single(bundled, "unfindable"))
    assert row["verdict"] == "unverifiable"
    assert row["original_url"] is None
    assert row["kind"] is row["original_article"] is row["contained_in_original"] is None
    assert "The Lantern Review" in row["reason"]
    assert row["attribution"]["source_named"] is True


def test_a_rerun_is_republished_from_nobody(bundled: Bundled) -> None:
    rerun, first, _ = bundled.truth(1)["not_copies"][1]
    assert bundled.visits[1].copies_of(rerun) == []
    assert bundled.visits[1].copies_of(first) == []
    assert bundled.visits[1].newest()[rerun]["republished_from"] is None


@pytest.mark.parametrize("visit", [1, 2])
def test_trails_gather_what_carries_one_text(bundled: Bundled, visit: int) -> None:
    # A re-run at one outlet is no trail: nobody took anything from anybody.
    truth = {
        frozenset(urls)
        for urls in bundled.truth(1)["trails"]
        if len({url.split("/")[2] for url in urls}) > 1
    }
    truth.add(frozenset({single(bundled, "unfindable")}))
    trails = bundled.visits[visit].trails
    found = [frozenset(article["url"] for article in trail["articles"]) for trail in trails]
    assert len(found) == len(truth)
    assert set(found) == truth


def test_a_chain_has_its_two_steps_and_no_short_cut(bundled: Bundled) -> None:
    cases = bundled.truth(1)["cases"]
    (chain,) = [
        trail
        for trail in bundled.visits[1].trails
        if cases["chain_bc"]["copy"] in {article["url"] for article in trail["articles"]}
    ]
    steps = {(copy["copy_url"], copy["original_url"]) for copy in chain["copies"]}
    assert len(chain["copies"]) == 2
    assert steps == {(cases[n]["copy"], cases[n]["original"]) for n in ("chain_ab", "chain_bc")}
    days = [article["published"][:10] for article in chain["articles"]]
    assert days == sorted(days)


# --- the second visit -----------------------------------------------------------------------------


def test_the_edited_article_has_both_versions(bundled: Bundled) -> None:
    url = single(bundled, "edited")
    rows = bundled.copytrail.rows("articles", "--url", url)
    assert [(row["version"], row["versions"], row["state"]) for row in rows] == [
        (1, 2, "edited"),
        (2, 2, "edited"),
    ]
    for visit, row in enumerate(rows, 1):
        truth = bundled.truth(visit)["articles"][url]
        assert row["text"] == "\n\n".join([truth["standfirst"], *truth["text"]])
    assert rows[0]["id"] != rows[1]["id"]
    assert rows[0]["warc"]["run"] != rows[1]["warc"]["run"]


def test_the_original_that_is_gone_stays_in_the_archive(bundled: Bundled) -> None:
    case = bundled.truth(1)["cases"]["gone_original"]
    before, after = (bundled.visits[n].newest()[case["original"]] for n in (1, 2))
    assert (before["state"], before["gone_at"]) == ("live", None)
    assert after["state"] == "gone"
    second_began = bundled.visits[2].run.rows()[0]["run"]["started_at"]
    assert after["gone_at"] > second_began > after["captured_at"]
    assert before["text"] == after["text"]
    (page,) = [
        article
        for trail in bundled.visits[2].trails
        for article in trail["articles"]
        if article["url"] == case["original"]
    ]
    assert (page["state"], page["gone_at"]) == ("gone", after["gone_at"])


def test_the_second_visit_finds_what_is_new_and_fetches_nothing_twice(bundled: Bundled) -> None:
    truth = bundled.truth(2)
    paths = {(article["outlet"], article["path"]) for article in truth["articles"].values()}
    whole = {
        (outlet, path)
        for outlet, _, path, status in bundled.visits[2].requests
        if status == 200 and (outlet, path) in paths
    }
    names = ("edited", "new_on_visit_2")
    articles = [truth["articles"][single(bundled, name)] for name in names]
    assert whole == {(article["outlet"], article["path"]) for article in articles}
    unchanged = {
        (outlet, path) for outlet, _, path, status in bundled.visits[2].requests if status == 304
    }
    assert unchanged == paths - whole


def test_an_original_behind_dead_links_was_looked_up_by_its_title(bundled: Bundled) -> None:
    original = bundled.truth(1)["cases"]["seed_like"]["original"]
    (trace,) = bundled.copytrail.rows("trace", original)
    first = trace["steps"][0]["captures"][0]
    assert (first["route"], first["why"]) == ("follow", "search")


def test_the_archive_audits_clean(bundled: Bundled) -> None:
    report = bundled.copytrail.audit()
    assert (report["runs"], report["entries"]) == (6, 6)
    head = bundled.visits[2].run.rows()[-1]["head"]
    assert report["head"]["sha256"] == head
