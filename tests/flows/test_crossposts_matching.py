"""Fingerprints, candidates and alignment: what is found, and what must not be."""

import random
import time
from collections.abc import Mapping, Set

import pytest
import xxhash
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.crossposts.alignment import align
from flows.crossposts.candidates import MAX_PAGES, Candidate, Fingerprinted, Index
from flows.crossposts.fingerprints import BOUND, fingerprint, word_hashes
from flows.crossposts.holders import Holders, as_hashes, joined
from flows.text.unicode import norms
from storage.postings import Postings
from storage.records import Article, Match, Posting
from tests.flows.crossposts_made import (
    BRIDGE,
    FOOTER,
    HARBOUR,
    LIGHTHOUSE,
    MEADOW,
    SPEECH,
    TRAMS,
    made,
    matches_of,
)

LANGUAGES = {"en": HARBOUR, "de": MEADOW, "ru": LIGHTHOUSE, "zh": BRIDGE}


def shares(match: Match, article: Article) -> tuple[float, float]:
    """The share of the article's own words, and of the other's."""
    both = (match.a_contained, match.b_contained)
    return both if match.a == article.id else (both[1], both[0])


def test_a_fingerprint_is_a_quarter_of_the_sequences_and_fits_a_signed_integer() -> None:
    text = [" ".join(f"w{k * k % 7919}" for k in range(4000))]
    hashes = fingerprint(text)
    assert 850 < len(hashes) < 1150
    assert list(hashes) == sorted(set(hashes))
    assert hashes[0] >= 0
    assert hashes[-1] < BOUND < 2**63


def test_a_fingerprint_stays_what_it_was() -> None:
    # Catalogs hold these numbers: when they change, `fingerprints.METHOD` must change too.
    assert fingerprint(HARBOUR)[:3] == (54640873093119142, 78572234733684329, 85900693166781396)
    assert fingerprint(["four words are few"]) == ()


def test_each_word_is_hashed_by_itself() -> None:
    # One that is compared as several words, one of another script; and ASCII alone.
    for text in ("Harbour ﷺ straße " + "x" * 5000 + " мост", "Don’t — “stop”, it's 5 P.M.!\x1f"):
        read = norms(text)
        each = [xxhash.xxh3_64_intdigest(word.encode()) for word in read]
        assert len(read) > 3
        assert word_hashes(text).tolist() == each
    assert word_hashes("").tolist() == word_hashes("！ …").tolist() == []
    assert len(word_hashes("\ud83d мост \ud83d")) == 1  # half a pair is no word


def test_typography_and_paragraphs_do_not_change_a_fingerprint() -> None:
    other = [" ".join(HARBOUR).replace(",", " ,").replace("-", "‑").upper()]
    assert fingerprint(other) == fingerprint(HARBOUR)


def test_the_sample_of_a_part_lies_in_that_of_the_whole() -> None:
    part = fingerprint(HARBOUR[1:3])
    assert part
    assert set(part) <= set(fingerprint(HARBOUR))


def sighting(name: str, source: str, hashes: int = 40) -> Posting:
    return Posting(name, f"http://{source}.example/{name}", source, hashes)


def new(hashes: int = 40) -> Fingerprinted:
    return Fingerprinted(
        article="new", page="http://n.example/new", source="n", hashes=tuple(range(hashes))
    )


Lists = Mapping[int, list[Posting]]


def holders(postings: Lists) -> Holders:
    return Holders.of(Postings(list(postings), list(range(len(postings))), list(postings.values())))


def no_sketches(ids: Set[str]) -> dict[str, bytes]:
    """Of texts that do not resemble each other."""
    return {}


def candidates(new: Fingerprinted, postings: Lists) -> list[Candidate]:
    return Index(holders(postings), as_hashes(sorted(postings)), no_sketches).candidates(new)


@given(st.dictionaries(st.integers(-9, 9), st.integers(0, 3)),
       st.dictionaries(st.integers(-9, 9), st.integers(0, 3)))  # fmt: skip
def test_who_has_a_hash_is_told_by_arrays_as_by_dicts(
    known: dict[int, int], new: dict[int, int]
) -> None:
    lists = [[sighting(f"{side}{number}", "a")] for side in "kn" for number in range(4)]
    before = {value: lists[number] for value, number in known.items()}
    more = {value: lists[4 + number] for value, number in new.items()}
    found = joined(holders(before), holders(more))
    assert found.hashes.tolist() == sorted({*before, *more})
    for value in range(-12, 12):
        (number,) = found.numbers_of(as_hashes([value]))
        wanted = [*before.get(value, []), *more.get(value, [])]
        assert (found.lists[number] if number >= 0 else []) == wanted
    left = found.without(frozenset(("k0", "n1")))
    gone = {value for value in {*before, *more} if known.get(value) in (None, 0)
            and new.get(value) in (None, 1)}  # fmt: skip
    assert left.hashes.tolist() == sorted({*before, *more} - gone)
    assert not {one.article for some in left.lists for one in some} & {"k0", "n1"}


def test_candidates_share_three_hashes_and_a_part_of_the_shorter() -> None:
    enough, few = sighting("enough", "a", 20), sighting("few", "b", 20)
    postings = {value: [enough, *([few] if value < 2 else [])] for value in range(3)}
    assert candidates(new(), postings) == [Candidate(article="enough", shared=3, containment=0.15)]
    long = sighting("long", "c", 4000)
    assert candidates(new(80), {value: [long] for value in range(3)}) == []
    assert candidates(new(40), {value: [long] for value in range(3)})


def test_a_version_of_the_same_page_is_no_candidate() -> None:
    version = Posting("older", "http://n.example/new", "n", 40)
    assert candidates(new(), {value: [version] for value in range(40)}) == []


def test_a_hash_of_many_pages_is_ignored_but_versions_count_once() -> None:
    many = [sighting(f"x{k}", f"s{k}") for k in range(MAX_PAGES + 1)]
    assert candidates(new(100), dict.fromkeys(range(10), many)) == []
    versions = [Posting(f"v{k}", "http://a.example/1", "a", 40) for k in range(MAX_PAGES + 1)]
    found = candidates(new(), dict.fromkeys(range(40), versions))
    assert len(found) == MAX_PAGES + 1


def test_a_text_that_more_pages_carry_is_found_all_the_same() -> None:
    many = [sighting(f"x{k}", f"s{k}") for k in range(MAX_PAGES + 1)]
    assert len(candidates(new(), dict.fromkeys(range(40), many))) == MAX_PAGES + 1


def test_boilerplate_of_an_outlet_is_ignored_from_its_third_page_on() -> None:
    two = [sighting("p1", "a", 200), sighting("p2", "a", 200)]
    assert candidates(new(), dict.fromkeys(range(20), two))
    three = [*two, sighting("p3", "a", 200)]
    some = {value: three if value < 15 else two for value in range(20)}
    index = Index(holders(some), as_hashes(range(30)), no_sketches)
    assert index.boilerplate("a") == frozenset(range(15))
    assert [tuple(index.outlets(value)) for value in (14, 15, 20)] == [("a",), (), ()]
    assert [one.shared for one in index.candidates(new())] == [5, 5]
    assert index.unasked(as_hashes(range(28, 33))).tolist() == [30, 31, 32]
    index.add(holders({30: three, 31: two}), as_hashes([30, 31, 32]))
    assert index.boilerplate("a") == frozenset([*range(15), 30])
    assert index.unasked(as_hashes(range(28, 35))).tolist() == [33, 34]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_whole_copy(language: str) -> None:
    text = LANGUAGES[language]
    original, copy = made("north", "a", text), made("relay", "b", text)
    (match,) = matches_of([original, copy])
    assert (match.kind, match.a_contained, match.b_contained) == ("copy", 1.0, 1.0)
    assert match.words == len(norms(original.text))
    assert match.a < match.b


@pytest.mark.parametrize("language", LANGUAGES)
def test_other_texts_of_the_language_are_no_copies(language: str) -> None:
    others = [text for name, text in LANGUAGES.items() if name != language] + [TRAMS]
    articles = [made("north", "a", LANGUAGES[language])]
    articles += [made("relay", f"b{k}", text) for k, text in enumerate(others)]
    assert matches_of(articles) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_edited_copy_keeps_its_share(language: str) -> None:
    text = LANGUAGES[language]
    edited = [text[0], text[2].replace("zwei", "drei"), *text[3:]]
    original, copy = made("north", "a", text), made("relay", "b", edited)
    (match,) = matches_of([original, copy])
    assert match.kind == "copy"
    of_copy, of_original = shares(match, copy)
    assert of_copy > 0.95
    assert 0.6 < of_original < 0.85


def test_a_changed_word_every_dozen_leaves_a_copy() -> None:
    words = " ".join(HARBOUR).split()
    words[5::12] = ["otherwise"] * len(words[5::12])
    original, copy = made("north", "a", HARBOUR), made("relay", "b", [" ".join(words)])
    (match,) = matches_of([original, copy])
    assert match.kind == "copy"
    assert 0.8 < match.a_contained < 0.95


def test_an_excerpt_among_own_text() -> None:
    excerpt = made("relay", "b", [TRAMS[0], HARBOUR[2], TRAMS[1], TRAMS[3]])
    (match,) = matches_of([made("north", "a", HARBOUR), excerpt])
    assert match.kind == "excerpt"
    assert 0.15 < shares(match, excerpt)[0] < 0.4


def of_their_own(first: int, count: int) -> str:
    """Words that stand nowhere else."""
    return " ".join(f"w{number}x" for number in range(first, first + count))


@pytest.mark.parametrize(("words", "kind"), [(60, "quotation"), (85, "excerpt")])
def test_two_paragraphs_are_an_excerpt_of_however_long_an_article(words: int, kind: str) -> None:
    passage = of_their_own(0, words)
    one = made("north", "a", [of_their_own(1000, 500), passage, of_their_own(2000, 300)])
    other = made("relay", "b", [of_their_own(3000, 200), passage, of_their_own(4000, 700)])
    (match,) = matches_of([one, other])
    assert match.kind == kind
    assert match.words == words
    assert max(match.a_contained, match.b_contained) < 0.15


def test_a_whole_text_embedded_in_a_longer_page() -> None:
    original = made("north", "a", HARBOUR[:3])
    page = made("relay", "b", [*TRAMS, *HARBOUR[:3], *HARBOUR[3:]])
    (match,) = matches_of([original, page])
    assert match.kind == "embedded"
    of_page, of_original = shares(match, page)
    assert of_original == 1.0
    assert of_page < 0.5


def test_a_shared_long_quotation_is_no_copy() -> None:
    one = made("north", "a", [*HARBOUR[:2], SPEECH, HARBOUR[3]])
    other = made("relay", "b", [*TRAMS[:2], SPEECH, TRAMS[3]])
    (match,) = matches_of([one, other])
    assert (match.kind, match.words) == ("quotation", 0)
    assert match.spans


def test_a_background_sentence_in_a_page_of_speech_is_no_copy() -> None:
    background, other_speech = TRAMS[0], SPEECH.replace("news", "tidings")
    report = made("north", "a", [*HARBOUR[:2], background])
    found = align(report, made("relay", "b", [background, other_speech]))
    assert found is None or found.kind == "quotation"
    item = align(report, made("relay", "c", [background]))  # the sentence is the whole of it
    assert item is not None
    assert item.kind == "embedded"


def test_a_quotation_is_speech_where_one_of_the_two_drops_the_marks() -> None:
    one = made("north", "a", [*HARBOUR[:2], SPEECH])
    other = made("relay", "b", [*TRAMS[:2], SPEECH.strip("“”")])
    (match,) = matches_of([one, other])
    assert match.kind == "quotation"


def test_a_report_with_much_speech_is_a_copy_all_the_same() -> None:
    report = [HARBOUR[0], SPEECH, HARBOUR[3], SPEECH.replace("committee", "council")]
    (match,) = matches_of([made("north", "a", report), made("relay", "b", report)])
    assert (match.kind, match.a_contained) == ("copy", 1.0)


def test_boilerplate_on_three_pages_of_an_outlet_makes_no_match() -> None:
    pages = [
        made("north", f"p{k}", [text, FOOTER])
        for k, text in enumerate((HARBOUR[1], HARBOUR[2], HARBOUR[4]))
    ]
    other = made("relay", "b", [*TRAMS, FOOTER])
    assert [m for m in matches_of([*pages, other]) if other.id in (m.a, m.b)] == []
    # And it does not count in the share of a real copy.
    copy = made("relay", "c", (HARBOUR[1], TRAMS[0]))
    (match,) = (m for m in matches_of([*pages, copy]) if copy.id in (m.a, m.b))
    assert shares(match, copy)[1] > 0.85


def test_paragraphs_in_another_order_are_found() -> None:
    (match,) = matches_of([made("north", "a", HARBOUR), made("relay", "b", HARBOUR[::-1])])
    assert match.kind == "copy"
    assert match.a_contained > 0.98


def test_spans_are_equal_words_on_both_sides_and_used_once() -> None:
    one = made("north", "a", [*HARBOUR, HARBOUR[0], "refrain " * 40])
    other = made("relay", "b", [HARBOUR[2], TRAMS[0], *HARBOUR[:2], "refrain " * 60])
    (match,) = matches_of([one, other])
    a, b = (one, other) if one.id == match.a else (other, one)
    words_a, words_b = norms(a.text), norms(b.text)
    seen_a: set[int] = set()
    seen_b: set[int] = set()
    for span in match.spans:
        assert words_a[span.a_start : span.a_end] == words_b[span.b_start : span.b_end]
        range_a, range_b = range(span.a_start, span.a_end), range(span.b_start, span.b_end)
        assert not seen_a & set(range_a)
        assert not seen_b & set(range_b)
        seen_a |= set(range_a)
        seen_b |= set(range_b)


def test_lines_that_are_alike_are_aligned_each_with_its_own() -> None:
    """Results, tables: sequences come again and again, and only numbers tell lines apart."""
    line = (
        "On day {} the team of the town beat that of the village by {} goals to {} before a crowd."
    )
    lines = [line.format(k, k * k % 9, k % 7) for k in range(300)]
    edited = [text.replace("crowd", "few") if k % 10 == 0 else text for k, text in enumerate(lines)]
    match = align(made("north", "a", lines), made("relay", "b", edited))
    assert match is not None
    assert match.a_contained > 0.99


def test_two_texts_of_nothing_but_a_refrain_are_the_same() -> None:
    refrain = ["row row row your boat gently down the stream " * 30]
    match = align(made("north", "a", refrain), made("relay", "b", refrain))
    assert match is not None
    assert (match.kind, match.a_contained) == ("copy", 1.0)


WORDS = st.lists(st.sampled_from(" ".join(HARBOUR[:2]).split()), max_size=30).map(" ".join)
PARAGRAPHS = st.lists(st.sampled_from([*HARBOUR, *TRAMS, SPEECH, FOOTER]) | WORDS, max_size=8)


@settings(max_examples=150)
@given(PARAGRAPHS, PARAGRAPHS)
def test_alignment_is_symmetric_and_within_bounds(one: list[str], other: list[str]) -> None:
    a, b = made("north", "a", one), made("relay", "b", other)
    match = align(a, b)
    assert match == align(b, a)
    if match is not None:
        assert 0 <= match.a_contained <= 1
        assert 0 <= match.b_contained <= 1
        assert 0 <= match.words <= sum(span.a_end - span.a_start for span in match.spans)


@settings(max_examples=50)
@given(st.lists(PARAGRAPHS, min_size=2, max_size=5), st.randoms(use_true_random=False))
def test_matches_do_not_depend_on_the_order_of_arrival(
    texts: list[list[str]], chance: random.Random
) -> None:
    articles = [made(("north", "relay", "echo")[k % 3], f"p{k}", t) for k, t in enumerate(texts)]
    shuffled = articles.copy()
    chance.shuffle(shuffled)
    assert matches_of(shuffled) == matches_of(articles)


@pytest.mark.parametrize("pattern", ["random", "repeated", "same"])
def test_a_megabyte_takes_bounded_time(pattern: str) -> None:
    chance = random.Random(5)
    if pattern == "random":
        texts = [" ".join(chance.choices("abcdefg", k=250_000)) for _ in range(2)]
    elif pattern == "repeated":
        texts = ["all work and no play makes jack a dull boy " * 20_000] * 2
    else:
        texts = [" ".join(f"w{chance.randrange(20_000)}" for _ in range(150_000))] * 2
    begun = time.process_time()
    align(made("north", "a", [texts[0]]), made("relay", "b", [texts[1] + " end"]))
    # 2 to 3 s of computing on the slowest machine that we have; a square would take hours.
    assert time.process_time() - begun < 30


def test_long_articles_are_aligned_in_bounded_time() -> None:
    """150,000 words on either side: edited throughout, in another order, one inside the other."""
    chance = random.Random(5)
    text = [" ".join(f"w{chance.randrange(20_000)}" for _ in range(100)) for _ in range(1500)]
    words = " ".join(text).split()
    words[::20] = ["edited"] * len(words[::20])
    begun = time.process_time()
    for other, least in (
        ([" ".join(words)], 0.9),
        (chance.sample(text, len(text)), 0.99),
        ([*TRAMS, *text[500:700], *MEADOW], 0.9),
    ):
        copy = made("relay", "b", other)
        match = align(made("north", "a", text), copy)
        assert match is not None
        assert shares(match, copy)[0] > least
    # 2 s of computing on the slowest machine that we have; a square would take hours.
    assert time.process_time() - begun < 30
