"""What the differences between two texts amount to."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from flows.crossposts.differences import diff
from flows.crossposts.edits import classify, counted
from flows.text.numbers import numbers
from storage.records import Article, Medium
from tests.flows.crossposts_made import BRIDGE, HARBOUR, LIGHTHOUSE, MEADOW, TRAMS, made


def edits(
    before: tuple[str, ...], after: tuple[str, ...], language: str | None = "en"
) -> list[tuple[str, str, str]]:
    one, other = made("north", "a", before, title="T"), made("relay", "b", after, title="T")
    return flat(one, other, language)


def flat(one: Article, other: Article, language: str | None = "en") -> list[tuple[str, str, str]]:
    found = classify(diff(one, other), language)
    return [(edit.kind, edit.before, edit.after) for some in found for edit in some]


def kinds(before: str, after: str, language: str | None = "en") -> list[str]:
    """Of an edit in the middle of a paragraph."""
    text = "When the pilots met on the quay that evening, {} stood by and said nothing at all."
    return [kind for kind, *_ in edits((text.format(before),), (text.format(after),), language)]


@pytest.mark.parametrize(
    ("before", "after", "language"),
    [
        ("12 men", "21 men", "en"),
        ("12.5 men", "125 men", "en"),
        ("1,200 men", "1,300 men", "en"),
        ("1,200 men", "12,000 men", "en"),
        ("1,200,000 men", "1,200 men", "en"),
        ("twelve men", "thirteen men", "en"),
        ("twelve men", "13 men", "en"),
        ("twenty-one men", "22 men", "en"),
        ("zwölf Leute", "dreizehn Leute", "de"),
        ("двенадцать моряков", "13 моряков", "ru"),
        ("3% of them", "5% of them", "en"),
        ("some 40 men", "some 400 men", None),
        ("2nd man", "3rd man", "en"),
    ],
)
def test_a_changed_number(before: str, after: str, language: str | None) -> None:
    assert kinds(before, after, language)[0] == "number"
    assert "name" not in kinds(before, after, language)


@pytest.mark.parametrize(
    ("before", "after", "language"),
    [
        ("1,200 men", "1.200 men", "en"),
        ("1,200 men", "1200 men", "en"),
        ("1 200 men", "1.200 men", "fr"),
        ("1\u202f200 men", "1'200 men", None),
        ("12 men", "twelve men", "en"),
        ("twenty-one men", "21 men", "en"),
        ("dix-sept marins", "17 marins", "fr"),
        ("12 men", "١٢ men", "en"),
        ("3.50 crowns", "3,5 crowns", "en"),
        ("“the men”", '"the men"', "en"),
    ],
)
def test_another_way_to_write_a_number_is_no_change(
    before: str, after: str, language: str | None
) -> None:
    assert kinds(before, after, language) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [("Anna Berg", "Anna Borg"), ("the mayor of Velten", "the mayor of Hollern"),
     ("Mr. Smith", "Mr. Jones"), ("Иван Петров", "Иван Сидоров")],
)  # fmt: skip
def test_a_changed_name(before: str, after: str) -> None:
    assert kinds(before, after) == ["name"]


def test_a_name_at_the_beginning_of_a_sentence_is_known_from_elsewhere() -> None:
    rest = "Nobody on the quay, and least of all Orm and Berg, had expected it."
    before, after = "Orm said so. " + rest, "Berg said so. " + rest
    assert [kind for kind, *_ in edits((before,), (after,))] == ["name"]
    before, after = "The men said so. " + rest, "Some men said so. " + rest
    assert [kind for kind, *_ in edits((before,), (after,))] == ["word"]


def test_a_changed_word() -> None:
    assert edits(("He said nothing to anyone there.",), ("He told nothing to anyone there.",)) == [
        ("word", "said", "told")
    ]


@pytest.mark.parametrize("language", ["de", "lb"])
def test_german_names_cannot_be_told_from_nouns(language: str) -> None:
    assert kinds("Herr Meier", "Herr Müller", language) == ["word"]


def test_scripts_without_capital_letters_show_no_names() -> None:
    other = (BRIDGE[0], BRIDGE[1].replace("林先生", "王先生"), *BRIDGE[2:])
    assert edits(BRIDGE, other, "zh") == [("word", "林", "王")]
    other = (BRIDGE[0].replace("八月", "九月"), *BRIDGE[1:])
    assert edits(BRIDGE, other, "zh") == [("number", "八", "九")]


def test_number_and_name_and_words_in_one_place() -> None:
    assert kinds("12 men of Velten", "all 21 women of Hollern") == ["number", "word", "name"]


def test_paragraphs_that_came_went_moved_and_an_intro() -> None:
    found = edits(HARBOUR, (TRAMS[0], *HARBOUR[:2], TRAMS[1], HARBOUR[4], HARBOUR[3]))
    assert [kind for kind, *_ in found] == [
        "intro-added", "paragraph-removed", "paragraph-added", "paragraph-moved",
    ]  # fmt: skip


@pytest.mark.parametrize("text", [HARBOUR, MEADOW, LIGHTHOUSE])
def test_merged_and_split_paragraphs(text: tuple[str, ...]) -> None:
    merged = (text[0], f"{text[1]} {text[2]}", *text[3:])
    assert [kind for kind, *_ in edits(text, merged)] == ["paragraphs-merged"]
    assert [kind for kind, *_ in edits(merged, text)] == ["paragraph-split"]


@pytest.mark.parametrize(
    "note",
    ["Correction: the ice came from the east, not from the north.",
     "UPDATE (5 March): the ferry sails again.",
     "Editor’s note: this article has been changed.",
     "This story was updated to say that there were five saws.",
     "An earlier version of this article gave a wrong year.",
     "Anmerkung der Redaktion: In einer früheren Fassung stand ein falsches Jahr.",
     "Исправление: в заметке была ошибка.", "更正：本文有誤。"],
)  # fmt: skip
def test_an_editors_note(note: str) -> None:
    assert [kind for kind, *_ in edits(HARBOUR, (*HARBOUR, note))] == ["note-added"]
    assert [kind for kind, *_ in edits(HARBOUR, (note, *HARBOUR))] == ["note-added"]
    ended = (*HARBOUR[:4], f"{HARBOUR[4]} {note}")
    assert [kind for kind, *_ in edits(HARBOUR, ended)] == ["note-added"]


def test_what_only_begins_like_a_note() -> None:
    for text in ("Updated rules were sent to every ship.", "Corrections cost a crown each."):
        assert [kind for kind, *_ in edits(HARBOUR, (*HARBOUR, text))] == ["paragraph-added"]


def test_headline_author_date_media_and_links() -> None:
    film = Medium(kind="video", url="http://north.example/ice.mp4")
    one = made("north", "a", HARBOUR, title="Five saws", date="2026-02-17", authors=("A. Berg",))
    one = replace(one, media=(film,), links=("http://museum.example/",))
    other = made("relay", "b", HARBOUR, title="Six saws", date="2026-02-19", authors=("Staff",))
    found = flat(one, other)
    assert found == [
        ("headline", "Five saws", "Six saws"),
        ("number", "Five", "Six"),
        ("author", "A. Berg", "Staff"),
        ("date", "2026-02-17", "2026-02-19"),
        ("medium-dropped", film.url, ""),
        ("link-dropped", "http://museum.example/", ""),
    ]
    counts = counted(classify(diff(one, other), "en"))
    assert list(counts.items())[:3] == [("headline", 1), ("author", 1), ("date", 1)]


TEXTS = st.lists(st.sampled_from([*HARBOUR, *TRAMS, "12", "Correction: 1", ""]), max_size=6)


@settings(max_examples=60)
@given(TEXTS, TEXTS)
def test_each_change_has_edits_or_belongs_to_another_and_same_texts_have_none(
    one: list[str], other: list[str]
) -> None:
    a, b = made("north", "a", one), made("north", "a", other)
    found = classify(diff(a, b))
    assert len(found) == len(diff(a, b))
    assert (a.paragraphs == b.paragraphs) <= (not any(found))
    assert not any(edit.kind == "headline" for some in found for edit in some)


def test_numbers_as_they_are_compared() -> None:
    assert numbers("1,234,567 and 0.50 and 1.5, 007", "en") == ("1234567", "0.5", "1.5", "7")
    assert numbers("three of 3", None) == ("3",)
    assert numbers("") == ()


def test_long_articles_take_bounded_time() -> None:
    one = tuple(f"Paragraph {n} of the report by Anna {n} tells of {n * 7} ships." * 4
                for n in range(2000))  # fmt: skip
    other = tuple(text.replace("Anna", "Otto") for text in reversed(one))
    begun = time.process_time()
    edits(one, other)
    edits((" ".join(one),), (" ".join(other),))
    edits(one, tuple(f"{n} of them, or {n + 1}, were there" for n in range(3000)))
    assert time.process_time() - begun < 60
