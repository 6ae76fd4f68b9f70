"""Search: one way to fold words, and the same answers from both databases."""

import pytest

from storage.catalog import Catalog
from storage.records import Article, Claim, Origin
from storage.searching import MAX_WORD, Wanted, folded, terms
from tests.storage.catalog_made import article, capture, run


def given(number: int, **rest: object) -> Article:
    seen = capture(f"c{number}", number, 1, f"https://kestrel.example/{number}")
    return article(f"a{number}", seen, **rest)


SAYS = Claim(kind="original_source", text="The original source is Steppe Front", place="x")
ARTICLES = [
    given(1, title="Die Brücke von Łódź", paragraphs=("The ferry stops today.",), language="de"),
    given(
        2, title="A harbour", paragraphs=("It does not stop: the ferry goes.",),
        claims=(SAYS,), republished_from=Origin("Steppe Front", None), published_at="2025-03-04",
    ),
    given(
        3, title="渡轮今天停运", paragraphs=("港口的渡轮不再开。",), language="zh", outlet="Merrow",
    ),
]  # fmt: skip


@pytest.fixture
def filled(catalog: Catalog) -> Catalog:
    seen = [capture(f"c{n}", n, 1, f"https://kestrel.example/{n}") for n in (1, 2, 3)]
    catalog.take_in(1, run(1), seen, [(one, [number]) for number, one in enumerate(ARTICLES)], [])
    return catalog


def found(catalog: Catalog, **wanted: object) -> set[str]:
    return set(in_order(catalog, **wanted))


def in_order(catalog: Catalog, **wanted: object) -> list[str]:
    hits = catalog.search(Wanted(**wanted)).hits  # type: ignore[arg-type]
    return [one.id for one in catalog.articles_numbered([hit.n for hit in hits])]


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("ferry", {"a1", "a2"}),
        ("FERRY stops", {"a1"}),
        ('"the ferry stops"', {"a1"}),
        ('"ferry the"', set()),
        ("ferry -stops", {"a2"}),
        ("-ferry", set()),
        ("brucke", {"a1"}),
        ("BRÜCKE", {"a1"}),
        ("渡轮", {"a3"}),
        ("轮渡", set()),
        ("Merrow", {"a3"}),
        ("", {"a1", "a2", "a3"}),
        ("…", set()),
    ],
)
def test_words_are_found(filled: Catalog, words: str, ids: set[str]) -> None:
    assert found(filled, words=words) == ids


@pytest.mark.parametrize(
    "words",
    [
        '"',
        "a OR b",
        "NEAR(a b)",
        "title:x",
        "a*",
        "'; DROP TABLE runs; --",
        "a:b & !c",
        "\0",
        "(" * 99,
    ],
)
def test_a_query_is_only_words(filled: Catalog, words: str) -> None:
    assert found(filled, words=words) <= {"a1", "a2", "a3"}
    assert found(filled, words="ferry") == {"a1", "a2"}


def test_fields_and_filters(filled: Catalog) -> None:
    assert found(filled, words="steppe", field="claims") == {"a2"}
    assert found(filled, words="steppe", field="title") == set()
    assert found(filled, words="ferry", field="body", language="de") == {"a1"}
    assert found(filled, credits_to="Steppe Front") == found(filled, credits_to="") == {"a2"}
    assert found(filled, until="2025-12-31") == {"a2"}
    assert found(filled, since="2026-01-02") == {"a3"}
    assert found(filled, source="merrow") == set()


def test_the_newest_comes_first_unless_asked_otherwise(filled: Catalog) -> None:
    assert in_order(filled, sort="newest") == ["a3", "a1", "a2"]
    assert in_order(filled, sort="oldest") == ["a2", "a1", "a3"]


def test_the_best_has_it_in_its_title(filled: Catalog) -> None:
    assert in_order(filled, words="harbour goes", sort="best") == ["a2"]
    titled = given(4, title="Ferry", paragraphs=("Nothing of it here.",))
    seen = capture("c4", 4, 2, "https://kestrel.example/4")
    filled.take_in(2, run(2), [seen], [(titled, [9])], [])
    assert in_order(filled, words="ferry", sort="best")[0] == "a4"


def test_what_is_read_anew_is_found_by_its_new_words(filled: Catalog) -> None:
    again = run(2)
    reading = type(again)(
        **{f: getattr(again, f) for f in again.__struct_fields__}
        | {"kind": "reading", "asked": {"run": "RUN1"}}
    )
    new = given(1, title="Another headline", paragraphs=("Of a barge.",))
    same = given(
        2, title="A harbour", paragraphs=("It does not stop: the ferry goes.",), outlet="Tern"
    )
    seen = [capture(f"c{n}", n, 1, f"https://kestrel.example/{n}") for n in (1, 2, 3)]
    renamed = type(new)(**{f: getattr(new, f) for f in new.__struct_fields__} | {"id": "b1"})
    filled.take_in(2, reading, seen, [(renamed, [1]), (same, [2])], [])
    assert found(filled, words="ferry") == {"a2"}
    assert found(filled, words="barge") == {"b1"}
    assert found(filled, words="tern") == {"a2"}
    assert found(filled, words="steppe") == set()
    assert found(filled) == {"b1", "a2"}


def test_folding_is_bounded_and_stable() -> None:
    assert folded("Ÿ̈é ﬁne №5") == "ye fine no5"
    assert folded(folded("Brücke 渡轮")) == folded("Brücke 渡轮") == "brucke 渡 轮"
    assert len(folded("x" * 1000)) == MAX_WORD
    assert terms('a "b c" -d -"e f" "g') == [
        (False, ["a"]), (False, ["b", "c"]), (True, ["d"]), (True, ["e", "f"]), (False, ["g"])
    ]  # fmt: skip
    assert sum(len(some) for _, some in terms("a " * 999)) <= 32
