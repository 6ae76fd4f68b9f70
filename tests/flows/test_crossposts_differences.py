"""What differs between an original and a copy."""

import random
import time

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from flows.crossposts.differences import Change, diff
from flows.crossposts.edits import classify
from flows.text.unicode import norms
from storage.records import Article, Medium
from tests.flows.crossposts_made import BRIDGE, HARBOUR, MEADOW, TRAMS, made


def pair(original: tuple[str, ...], copy: tuple[str, ...]) -> tuple[Article, Article]:
    return made("north", "a", original, title="Same"), made("relay", "b", copy, title="Same")


def shown(change: Change) -> str:
    """As wdiff prints it."""
    marks = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    return "".join(marks[piece.op].format(piece.text) for piece in change.pieces)


def of(changes: list[Change], what: str) -> list[tuple[str, str]]:
    return [(one.kind, shown(one)) for one in changes if one.what == what]


def test_the_same_text_in_other_typography_has_no_change() -> None:
    other = tuple(text.replace("-", "‑").replace(" ", "  ") for text in HARBOUR)
    assert {one.kind for one in diff(*pair(HARBOUR, other))} == {"same"}


def test_both_sides_of_a_headline_are_as_printed() -> None:
    original, copy = pair(HARBOUR, HARBOUR)
    original = replace(original, title="Ice - is back")
    copy = replace(copy, title="Ice – is back, owners say")
    (found,) = classify(diff(original, copy))[0]
    assert (found.before, found.after) == (original.title, copy.title)
    (headline, *rest) = diff(original, replace(copy, title="ICE: IS BACK"))
    assert (headline.kind, headline.pieces[0].of("removed")) == ("same", original.title)
    assert headline.pieces[0].of("added") == "ICE: IS BACK"
    assert all(one.pieces[0].copy is None for one in rest)


def test_a_changed_number_and_a_changed_word() -> None:
    edited = (HARBOUR[0].replace("1987", "1978").replace("second", "third"), *HARBOUR[1:])
    (first, *rest) = of(diff(*pair(HARBOUR, edited)), "paragraph")
    assert first[0] == "changed"
    assert "[-1987, -]{+1978, +}" in first[1]
    assert "[-second -]{+third +}" in first[1]
    assert {kind for kind, _ in rest} == {"same"}


def test_an_added_intro_and_a_removed_paragraph() -> None:
    copy = (TRAMS[0], *HARBOUR[:2], *HARBOUR[3:])
    kinds = [kind for kind, _ in of(diff(*pair(HARBOUR, copy)), "paragraph")]
    assert kinds == ["added", "same", "same", "removed", "same", "same"]


def test_an_edited_paragraph_between_added_ones_is_paired_with_its_original() -> None:
    edited = HARBOUR[1].replace("forty passengers", "fourteen sailors")
    copy = (HARBOUR[0], TRAMS[0], edited, TRAMS[1], *HARBOUR[2:])
    kinds = [kind for kind, _ in of(diff(*pair(HARBOUR, copy)), "paragraph")]
    assert kinds == ["same", "added", "changed", "added", "same", "same", "same"]


def test_headline_media_and_links() -> None:
    original, copy = pair(HARBOUR, HARBOUR)
    original = replace(
        original,
        title="Ice comes back",
        media=(Medium(kind="video", url="http://northquay.example/ice.mp4"),),
        links=("http://museum.example/saw",),
    )
    copy = replace(copy, title="Video: Ice comes back", links=("https://www.museum.example/saw/",))
    changes = diff(original, copy)
    assert of(changes, "headline") == [("changed", "{+Video: +}Ice comes back")]
    assert of(changes, "medium") == [("removed", "[-http://northquay.example/ice.mp4-]")]
    assert of(changes, "link") == [("same", "http://museum.example/saw")]


def test_characters_of_unspaced_scripts() -> None:
    (first, *_) = of(
        diff(*pair(BRIDGE, (BRIDGE[0].replace("八月", "九月"), *BRIDGE[1:]))), "paragraph"
    )
    assert "[-八-]{+九+}" in first[1]


TEXTS = st.lists(st.sampled_from([*HARBOUR, *TRAMS, *MEADOW, "short one", ""]), max_size=7)


@settings(max_examples=100)
@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_out_of_the_changes(one: list[str], other: list[str]) -> None:
    changes = [c for c in diff(*pair(tuple(one), tuple(other))) if c.what == "paragraph"]
    for op, text in (("removed", one), ("added", other)):
        read = [piece.text for c in changes for piece in c.pieces if piece.op in ("same", op)]
        assert norms(" ".join(read)) == norms(" ".join(text))


def test_long_articles_take_bounded_time() -> None:
    chance = random.Random(3)
    paragraphs = [" ".join(chance.choices(HARBOUR[0].split(), k=60)) for _ in range(1500)]
    begun = time.process_time()
    diff(
        *pair(tuple(paragraphs), tuple(" ".join(chance.sample(p.split(), 50)) for p in paragraphs))
    )
    one = " ".join(f"w{chance.randrange(50)}" for _ in range(100_000))
    other = " ".join(f"w{chance.randrange(50)}" for _ in range(100_000))
    diff(*pair((one,), (other,)))
    assert time.process_time() - begun < 60
