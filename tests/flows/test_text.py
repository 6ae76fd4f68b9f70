"""Words, quoted speech and boilerplate."""

import time
import unicodedata
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.text import boilerplate
from flows.text.quotes import quoted
from flows.text.unicode import MAX_WORDS, norms, words
from storage.identity import sketch
from storage.records import Posting

SAME = [
    ("Don’t panic", "Don't panic"),
    ("the state‑of‑the‑art plan", "the state-of-the-art plan"),
    ("“Ice”, she said — twice", '"Ice", she said - twice'),
    ("South\u00adFront re\u200bports", "SouthFront reports"),
    ("STRASSE", "straße"),
    ("cafe\u0301 Zürich", "café Zürich"),
    ("ｆｕｌｌ ｗｉｄｔｈ ２０", "full width 20"),
    ("ﬁnal oﬃce", "final office"),
    ("العـــربية", "العربية"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_other_typography_is_the_same_words(one: str, other: str) -> None:
    assert norms(one) == norms(other)


def test_words_of_many_scripts() -> None:
    assert norms("हिन्दी में समाचार") == ["हिन्दी", "में", "समाचार"]
    assert norms("Київські новини №5") == ["київські", "новини", "5"]
    assert norms("中国，你好。") == ["中", "国", "你", "好"]
    assert norms("서울의 봄") == ["서울의", "봄"]


def test_a_character_of_an_unspaced_script_weighs_less_than_a_word() -> None:
    assert [word.weight for word in words("青 stone")] == [0.6, 1.0]


@given(st.text(max_size=300))
def test_words_lie_where_they_are_printed(text: str) -> None:
    found = words(text)
    ends = [0]
    for word in found:
        assert ends[-1] <= word.start < word.end <= len(text)
        assert word.norm == norms(text[word.start : word.end])[0]
        ends.append(word.end)


@given(st.text(alphabet="aäéßАй中ガ한 .,-’\u00ad", max_size=120))
def test_composed_and_decomposed_text_is_the_same(text: str) -> None:
    assert norms(unicodedata.normalize("NFD", text)) == norms(unicodedata.normalize("NFC", text))


@given(st.text(alphabet="aZ9_é中ß .,-'’“”–—…\u00a0\u00ad\u0301", max_size=120))
def test_words_are_the_same_however_they_are_found(text: str) -> None:
    slowly = [word.norm for word in words(text + " é")][:-1]
    assert norms(text) == [word.norm for word in words(text)] == slowly


def test_a_text_without_end_is_cut() -> None:
    assert len(words("ab " * (MAX_WORDS + 50))) == MAX_WORDS


QUOTED = [
    ("He said “no more ice” and left.", ["“no more ice”"]),
    ('He said "no more ice" and left.', ['"no more ice"']),
    ("Er sagte: „Kein Eis“, und ging.", ["„Kein Eis“"]),
    ("Er sagte: »Kein Eis« und ging.", ["»Kein Eis«"]),
    ("Il a dit : « plus de glace » hier.", ["« plus de glace »"]),
    ("Он сказал: «больше нет льда».", ["«больше нет льда»"]),
    ("Hän sanoi: ”ei jäätä”, ja lähti.", ["”ei jäätä”"]),
    ("‘It’s the workers,’ she said.", ["‘It’s the workers,’"]),
    ("他说：「没有冰」就走了。", ["「没有冰」"]),
    ("‹ plus rien ›, dit-il", []),
    ("‹plus rien›, dit-il", ["‹plus rien›"]),
    ("He is 5'10\" tall and the door 6'2\" high.", []),
    ("the workers’ rights don’t count", []),
    ("An “open mark that nobody closed.\n\nNext paragraph.", []),
]


@pytest.mark.parametrize(("text", "pieces"), QUOTED)
def test_quoted_speech(text: str, pieces: list[str]) -> None:
    assert [text[start:end] for start, end in quoted(text)] == pieces


def test_a_quotation_goes_on_over_paragraphs_that_open_anew() -> None:
    text = "“We waited all night.\n\n“Nobody came.\n\n“Then it froze,” he said.\n\nHe left."
    assert [text[a:b] for a, b in quoted(text)] == [text[: text.index(" he said")]]


def test_a_quotation_goes_on_over_paragraphs_that_do_not_open_anew() -> None:
    text = "»We waited all night.\n\nNobody came.«\n\nHe left."
    assert [text[a:b] for a, b in quoted(text)] == ["»We waited all night.\n\nNobody came.«"]


def test_a_mark_left_open_does_not_swallow_what_follows() -> None:
    text = "“We waited, he said.\n\nNobody “really” came.\n\nHe left."
    assert [text[a:b] for a, b in quoted(text)] == ["“really”"]
    far = "“We waited, he said." + "\n\nNobody came." * 8 + "\n\nThe end”."
    assert quoted(far) == []


@pytest.mark.parametrize("text", ["“a " * 200_000, "“a\n\n" * 50_000, "'a, '" * 100_000])
def test_marks_without_end_take_bounded_time(text: str) -> None:
    begun = time.process_time()
    quoted(text)
    # A second at most; the square of the marks would take an hour.
    assert time.process_time() - begun < 20


@given(st.text(alphabet="ab \n“”\"„«»'’‘.", max_size=80))
def test_quoted_pieces_are_in_order_and_inside(text: str) -> None:
    last = 0
    for start, end in quoted(text):
        assert last <= start < end <= len(text)
        last = end


Seen = tuple[Posting, bytes]
"""A page, and the sketch of its text."""


def sightings(source: str, pages: int, hashes: range = range(100)) -> list[Seen]:
    """Pages that have these hashes and nine times as many of their own."""
    return [one_sighting(source, k, [*hashes, *range(k * 1000, k * 1000 + 900)], k + 1)
            for k in range(1, pages + 1)]  # fmt: skip


def one_sighting(source: str, name: int, hashes: Iterable[int], page: int) -> Seen:
    many = {value * 0x9E3779B97F4A7C15 % 2**63 for value in hashes}  # small ones must be nobody's
    url = f"http://{source}.example/{page}"
    return Posting(f"{source}{name}", url, source, len(many)), sketch(many)


def outlets(*lists: list[Seen]) -> list[tuple[str, ...]]:
    known = {one.article: sketch for some in lists for one, sketch in some}
    postings = [[one for one, _ in some] for some in lists]
    return boilerplate.outlets(postings, lambda ids: {one: known[one] for one in ids})


def test_what_three_pages_of_one_outlet_have_is_its_boilerplate() -> None:
    assert outlets(sightings("a", 3)) == [("a",)]
    assert outlets(sightings("a", 2) + sightings("b", 2)) == [()]
    both = sightings("a", 3) + sightings("b", 4)
    assert outlets([], both, sightings("b", 3), both[:2]) == [(), ("a", "b"), ("b",), ()]


def test_versions_of_one_page_count_once() -> None:
    versions = [one_sighting("a", k, range(k * 1000, k * 1000 + 99), 1) for k in range(5)]
    assert outlets(versions) == [()]


def test_a_piece_at_many_addresses_of_one_outlet_is_no_boilerplate() -> None:
    text = range(500, 600)
    again = [one_sighting("a", k, [*text, k], k) for k in range(8)]
    assert outlets(again) == [()]
    # Two other pages have some of its hashes too: those are, for they are on three texts.
    others = [one_sighting("a", 90 + k, [500, 501, *range(k * 1000, k * 1000 + 200)], 90 + k)
              for k in (1, 2)]  # fmt: skip
    assert outlets(again + others, again, again[:2] + others) == [("a",), (), ("a",)]


def test_short_items_that_are_mostly_boilerplate_are_different_texts() -> None:
    items = [one_sighting("a", k, [*range(60), *range(k * 1000, k * 1000 + 40)], k)
             for k in (1, 2, 3)]  # fmt: skip
    assert outlets(items) == [("a",)]
