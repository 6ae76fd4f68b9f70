"""Pages of which only a part is archived: what they lack, nobody removed."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from flows.text.tongues import apart
from storage.findings import Copy, Trail
from storage.records import CUT_OFF, ENDLESS, Article, Medium, Origin
from tests.flows.crossposts_made import (
    HARBOUR,
    MEADOW,
    NORTH,
    TRAMS,
    credit,
    made,
    original,
    trails_of,
)

NOTES = (f"{CUT_OFF} (disconnect)", ENDLESS)
HALF = (*HARBOUR[:2], HARBOUR[2][: HARBOUR[2].index("sent two")] + "sent tw")
PICTURE = Medium(kind="image", url="http://northquay.example/ice.jpg")


def part(article: Article) -> Article:
    return replace(article, notes=NOTES)


def row_of(*articles: Article) -> tuple[Trail, Copy]:
    (trail,) = trails_of(*articles)
    (row,) = trail.copies
    return trail, row


def test_what_a_half_copy_lacks_was_not_removed() -> None:
    whole = replace(original(links=("http://far.example/",)), media=(PICTURE,))
    half = made("relay", "taken", HALF, title="The ice comes back", date="2026-02-19")
    _, row = row_of(whole, half)
    assert (row.kind, row.edits["paragraph-removed"]) == ("excerpt", 2)
    assert {"medium-dropped", "link-dropped"} < row.edits.keys()
    trail, row = row_of(whole, part(half))
    assert (row.kind, row.edits) == ("copy", {"date": 1})
    assert [one.incomplete for one in trail.articles] == [False, True]
    assert row.reason.startswith(
        "Relay Digest, of whose page only a part is archived, carries at least 43 % of the words "
        "of North Quay's “The ice comes back”; "
    )


def test_what_a_half_original_lacks_was_not_added() -> None:
    half = replace(original(), paragraphs=HALF)
    copy = made("relay", "taken", [*HARBOUR, *TRAMS], title="The ice comes back", date="2026-02-19")
    _, row = row_of(half, copy)
    assert (row.kind, row.edits["paragraph-added"]) == ("embedded", 6)
    trail, row = row_of(part(half), copy)
    assert (row.kind, row.edits) == ("copy", {"date": 1})
    assert [one.incomplete for one in trail.articles] == [True, False]
    assert row.reason.startswith(
        "Relay Digest carries 99 % of the words of North Quay's “The ice comes back”, as far as "
        "that is archived; "
    )


def test_edits_before_the_break_are_told() -> None:
    text = [HARBOUR[0].replace("1987", "1978"), TRAMS[0], *HARBOUR[1:3]]
    copy = part(made("relay", "taken", text, title="The ice comes back", date="2026-02-19"))
    _, row = row_of(original(), copy)
    assert (row.kind, row.edits) == ("copy", {"date": 1, "paragraph-added": 1, "number": 1})


def test_a_few_paragraphs_of_a_part_are_an_excerpt() -> None:
    copy = part(made("relay", "taken", [*TRAMS, *HARBOUR[1:3], TRAMS[0][::-1]], date="2026-02-19"))
    _, row = row_of(original(), copy)
    assert row.kind == "excerpt"
    assert row.reason.startswith("Relay Digest, of whose page only a part is archived, carries")


def test_a_part_without_the_text_contradicts_no_credit() -> None:
    whole = made("north", "ice", TRAMS[:2], date="2026-02-17")
    copy = made(
        "relay", "taken", HARBOUR, date="2026-02-19",
        claims=[credit("North Quay", NORTH)], taken_from=Origin("North Quay", NORTH),
    )  # fmt: skip
    older = made("echo", "older", HARBOUR, date="2026-02-18")
    for others in ((), (older,)):
        (said,) = judged(whole, copy, *others)
        assert said.verdict == "contradicted"
        (said,) = judged(part(whole), copy, *others)
        assert said.verdict == "unverifiable"
        assert f"of {NORTH} only a part is archived, which does not have the text" in said.reason


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda page: replace(page, paragraphs=(" ".join(HARBOUR[0].split()[:18]),)), "too little"),
        (lambda page: replace(page, paragraphs=()), "too little"),
        (lambda page: replace(page, paragraphs=MEADOW, language="de"), "in another language"),
        (lambda page: part(replace(page, paragraphs=TRAMS)), "only a part of it is archived"),
    ],
    ids=["teaser", "nothing", "translation", "part"],
)
def test_a_page_that_could_not_match_is_not_contradicted(
    change: Callable[[Article], Article], why: str
) -> None:
    """The page that it credits has the first 18 words; no match says so."""
    whole = replace(original(), language="en")
    copy = made(
        "relay", "taken", TRAMS, date="2026-02-19", claims=[credit("North Quay", NORTH)],
        taken_from=Origin("North Quay", NORTH),
    )  # fmt: skip
    (said,) = judged(whole, replace(copy, language="en"))
    assert said.verdict == "contradicted"
    (said,) = judged(whole, change(replace(copy, language="en")))
    assert (said.verdict, why in said.reason) == ("unverifiable", True)


FJORD = (
    "Havnen i byen frøs ikke til siden vinteren for nesten førti år siden, og losene hadde "
    "sluttet å snakke om is da den kom tilbake i den andre uken av februar. Fergen lå fast "
    "mellom moloen og kaien med førti passasjerer om bord, som hadde blitt lovet frokost på den "
    "andre siden.",
)
LUKA = (
    "Luka nije bila zaleđena još od zime osamdeset sedme, i piloti su već prestali da govore o "
    "ledu kada se vratio u drugoj nedelji februara. Došao je noću sa severa, u pločama velikim "
    "kao stolovi za ručavanje, i do jutra je trajekt stajao između lukobrana i keja sa "
    "četrdeset putnika.",
)
CYRILLIC = (
    "Лука није била залеђена још од зиме осамдесет седме, и пилоти су већ престали да говоре о "
    "леду када се вратио у другој недељи фебруара. Дошао је ноћу са севера, у плочама великим "
    "као столови за ручавање, и до јутра је трајект стајао између лукобрана и кеја са четрдесет "
    "путника.",
)
Side = tuple[tuple[str, ...], str | None]


@pytest.mark.parametrize(
    ("original_side", "copy_side", "why"),
    [
        ((HARBOUR, "de"), (TRAMS, "en"), None),
        ((HARBOUR, "en"), (MEADOW, "en"), "language"),
        ((HARBOUR, "en"), (MEADOW, None), "language"),
        ((FJORD, "no"), ((*FJORD[::-1], *FJORD), "nb"), None),
        ((FJORD, "nb"), (FJORD, "da"), "language"),
        ((LUKA, "sr"), (LUKA, "hr"), "language"),
        ((LUKA, "en"), (LUKA, "hr"), None),
        ((LUKA, "sr"), (CYRILLIC, "sr"), "script"),
        (((*HARBOUR[:2], *MEADOW[:2]), "en"), (TRAMS, "en"), None),
        (((*HARBOUR[:2], *MEADOW[:2]), "de"), (TRAMS, "en"), "language"),
    ],
    ids=["false", "template", "undeclared", "norwegian", "danish", "croatian", "close", "script",
         "two", "two-declared"],
)  # fmt: skip
def test_the_words_of_both_tell_whether_a_match_could_show_the_text(
    original_side: Side, copy_side: Side, why: str | None
) -> None:
    """Pages declare what their template says; that decides only where the words do not tell."""
    one, other = (
        replace(made("north", "ice", text), language=language)
        for text, language in (original_side, copy_side)
    )
    assert apart(one, other) == apart(other, one) == why


def test_a_false_declaration_saves_no_credit_and_harms_no_translation() -> None:
    whole = replace(original(), language="de")
    claims, origin = [credit("North Quay", NORTH)], Origin("North Quay", NORTH)
    for text, verdict in ((TRAMS, "contradicted"), (MEADOW, "unverifiable")):
        copy = made("relay", "taken", text, date="2026-02-19", claims=claims, taken_from=origin)
        (said,) = judged(whole, replace(copy, language="en"))
        assert said.verdict == verdict
        (said,) = judged(whole, replace(copy, language="de"))
        assert said.verdict == verdict


def judged(*articles: Article) -> list[Copy]:
    """What is said of the page that was taken."""
    return [
        row
        for trail in trails_of(*articles)
        for row in trail.copies
        if row.copy_url.endswith("taken")
    ]
