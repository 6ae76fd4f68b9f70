"""Forms that outlets fill in are no copies of each other; copies of one filling are."""

import pytest
from msgspec.structs import replace

from flows.crossposts.alignment import align
from flows.crossposts.trails import gather
from flows.gathering import pages_of, trail_of, trails
from storage.catalog import open_catalog
from storage.outlets import Outlets
from storage.records import Article, Claim, Judgment, JudgmentVerdict, Match, Origin
from tests.flows.crossposts_made import (
    HARBOUR,
    OUTLETS,
    SOURCES,
    credit,
    made,
    matches_of,
    seen,
    trails_of,
)
from tests.storage.catalog_made import capture, run

QUAKE = (
    "A magnitude {} earthquake was reported on {} morning {} miles from {}, according to the "
    "geological survey. The earthquake occurred {} miles from {} and {} miles from {}. In the last "
    "ten days nothing stronger was felt nearby. This post was written by a program that reads what "
    "the survey sends."
)
UNFALL = (
    "Am Morgen wurde auf der Straße am Fluss bei {} eine {} Jahre alte Frau leicht verletzt, als "
    "ein Wagen beim Abbiegen die Vorfahrt missachtete. Es entstand ein Sachschaden von rund {} "
    "Euro, und die Straße war für {} Minuten gesperrt. Zeugen werden gebeten, sich bei der "
    "Polizei unter der Nummer {} zu melden."
)
КУРС = (
    "Официальный курс доллара на завтра установлен Центральным банком на уровне {} рубля, что "
    "на {} копеек выше предыдущего значения, следует из данных на сайте регулятора. Стоимость "
    "барреля нефти на торгах в течение дня составляла {} доллара. За день было заключено {} "
    "сделок, сообщили журналистам в пресс-службе биржи в {}."
)
天气 = (
    "{}气象台今天发布的天气预报：今天白天晴，最高气温{}度，夜间最低气温{}度，北风{}级。明天白天多云，"
    "最高气温{}度，请市民外出时注意安全，并关注气象台发布的最新预报。机场今天取消了{}个航班，预计明天恢复正常。"
)
FORMS = {
    "en": (
        QUAKE,
        ("3.4", "Monday", "12", "Little Orm", "25", "Velten", "140", "Hollern Park"),
        ("4.1", "Friday", "8", "Sankt Alban", "31", "Brisk", "96", "Upper Tolm"),
    ),
    "de": (UNFALL, ("Kelm", 24, 9000, 35, "112-20"), ("Oster", 61, 4500, 50, "110-75")),
    "ru": (КУРС, ("81,40", 27, "74,15", 8112, "Остре"), ("79,93", 64, "70,02", 9650, "Кельме")),
    "zh": (天气, ("奥斯特", 31, 12, 3, 28, 14), ("凯尔姆", 25, 9, 5, 22, 41)),
}


def page(source: str, text: str, language: str) -> Article:
    return replace(made(source, source, [text]), language=language)


def two(language: str) -> tuple[Article, Article]:
    form, *values = FORMS[language]
    one, other = (form.format(*some) for some in values)
    return page("north", one, language), page("relay", other, language)


def kind_of(match: Match | None) -> str | None:
    return match.kind if match else None


@pytest.mark.parametrize("language", FORMS)
def test_two_fillings_of_one_form_are_no_copies(language: str) -> None:
    one, other = two(language)
    match = align(one, other)
    assert match is not None
    assert match == align(other, one)
    assert match.kind == "form"
    assert match.words >= 20
    assert match.spans


@pytest.mark.parametrize("language", FORMS)
def test_a_copy_of_one_filling_is_a_copy(language: str) -> None:
    one, _ = two(language)
    assert kind_of(align(one, page("relay", one.text, language))) == "copy"
    form, values, others = FORMS[language]
    corrected = page("relay", form.format(*values[:-1], others[-1]), language)
    assert kind_of(align(one, corrected)) in ("copy", "embedded")


def test_a_form_with_a_long_fixed_part_is_a_form() -> None:
    """Four facts, and 130 words that are the same: what the council prints below each notice."""
    notice = (
        "From {} until further notice the road between {} and {} will be closed to all traffic "
        "while the water board replaces {} metres of pipe. "
    )
    below = (
        "Residents keep access on foot at all times, and deliveries can be made before eight in "
        "the morning. Diversions will be signed, and drivers are asked to allow more time for "
        "their journeys. The bus company will move its stops to the nearest side street and puts "
        "a notice up at each of them. Bins should be brought to the end of the street by seven on "
        "the usual day, and will be collected from there. The works are carried out by a "
        "contractor on behalf of the water board, and may take longer if the weather is bad. "
        "Whoever has questions about them can call the office during the hours of opening, or "
        "write a letter, and will have an answer within a week."
    )
    one, other = (
        page(source, notice.format(*values) + below, "en")
        for source, values in (
            ("north", ("Monday", "Kelm", "Oster", "340")),
            ("relay", ("Thursday", "Velten", "Brisk", "85")),
        )
    )
    assert kind_of(align(one, other)) == "form"


def test_an_updated_report_is_a_copy_though_many_numbers_are_others() -> None:
    numbers = "There were {} boats, {} tugs, {} saws and {} men at work."
    one = made("north", "a", [*HARBOUR, numbers.format(12, 3, 6, 80)])
    other = made("relay", "b", [*HARBOUR, numbers.format(14, 4, 9, 95)])
    assert kind_of(align(one, other)) == "copy"


def test_ordinary_words_make_no_other_facts() -> None:
    """An editor's hand: every sixth word is another, and all names and numbers stay."""
    words = HARBOUR[1].split()
    words[5::12] = [word if word[0].isupper() else "otherwise" for word in words[5::12]]
    one, other = made("north", "a", HARBOUR[1:2]), made("relay", "b", [" ".join(words)])
    assert kind_of(align(one, other)) == "copy"


def test_digits_of_another_script_are_the_same_numbers() -> None:
    form = (
        "تتوقع هيئة الأرصاد أن يكون الطقس اليوم معتدلا، وتبلغ درجة الحرارة العظمى {} درجة "
        "والصغرى {} درجات، وتكون الرياح شمالية بسرعة تصل إلى {} كيلومترا في الساعة. ومن "
        "المتوقع أن ترتفع الحرارة غدا إلى {} درجة وأن تبلغ نسبة الرطوبة {} في المئة في "
        "أنحاء البلاد."
    )
    one = made("north", "a", [form.format(24, 9, 35, 27, 60)])
    same = made("relay", "b", [form.format("٢٤", "٩", "٣٥", "٢٧", "٦٠")])
    other = made("relay", "c", [form.format("٣١", "١٢", "٥٠", "٣٣", "٤٥")])
    assert kind_of(align(one, same)) == "copy"
    assert kind_of(align(one, other)) == "form"


def test_capitals_throughout_are_no_names() -> None:
    (one, other) = (
        article.text.upper().replace("SURVEY SENDS", "SURVEY OF THE COUNTRY SENDS")
        for article in two("en")
    )
    assert kind_of(align(made("north", "a", [one]), made("relay", "b", [other]))) == "form"


def test_an_excerpt_that_is_cut_within_sentences_is_no_form() -> None:
    """What stands before and behind it are the two pages' own names."""
    shared = (
        "sent two tugs and a boat with soup and then went through the {} rooms in search of the "
        "old saws that somebody had greased and hung up for good before the last of the carpenters "
        "had left the town for a better one farther down the coast"
    )
    one, other = (
        made(source, source, [f"{before} {shared.format(word)} {after}"])
        for source, before, word, after in (
            ("north", "In April Ada Holm of Little Orm", "store", "past Kelm and Tolm to Vanda."),
            (
                "relay",
                "On Monday Jon Reyes from Upper Brisk",
                "much",
                "than Quill or Saar and Wen.",
            ),
        )
    )
    match = align(one, other)
    assert match is not None
    assert len(match.spans) == 2
    assert match.kind == "copy"


BUS = (
    "At least {} people were killed and {} wounded when a bus left the road near Brisk on Monday, "
    "police said. The driver, {}, was among the dead. The bus carried {} passengers from Velten to "
    "Hollern, and rolled down a slope {} metres deep. Rescuers said that {} of the wounded were in "
    "a grave state. The road was closed, and an inquiry has been opened."
)


def crash(url: str | None = None, claims: tuple[Claim, ...] = ()) -> tuple[Article, Article]:
    """A report with the numbers of the evening, and what was taken from it at noon."""
    was, now = (BUS.format(*some) for some in ((14, 37, 52, 61, 40, 9), (19, 45, 53, 68, 35, 12)))
    origin = Origin("North Quay", url) if url else None
    return (
        made("north", "bus", [now], date="2026-02-17"),
        made("relay", "crash", [was], date="2026-02-18", claims=claims, taken_from=origin),
    )


def test_a_report_whose_numbers_grew_is_the_text_of_who_says_so() -> None:
    """The page that it names has the text, and is not said to be without it."""
    assert kind_of(align(*crash())) == "form"
    url = "http://northquay.example/bus"
    (trail,) = trails_of(*crash(url, (credit("North Quay", url),)))
    (copy,) = trail.copies
    assert (copy.kind, copy.verdict) == ("copy", "confirmed")
    linked = replace(crash()[1], links=(url,))
    assert kind_of(align(crash()[0], linked)) == "copy"


LIKE_IT = "in the archive; http://northquay.example/bus has its words with other names and numbers"


def test_a_form_that_is_credited_by_a_detour_contradicts_nothing() -> None:
    short = "http://short.example/1"
    articles = crash(short, (credit("North Quay", short),))
    outlets = Outlets(SOURCES, {short: articles[0].canonical_url})
    (trail,) = gather(seen(articles), matches_of(articles), outlets)
    (copy,) = trail.copies
    assert (copy.kind, copy.verdict) == (None, "unverifiable")
    assert LIKE_IT in copy.reason


def test_of_an_outlet_that_is_only_named_the_form_is_shown() -> None:
    """No form contradicts a credit; it is where a reader would look next."""
    noon, evening = crash()[1], crash()[0]
    named = replace(
        noon, claims=(credit("North Quay"),), republished_from=Origin("North Quay", None)
    )
    (trail,) = trails_of(evening, named)
    (copy,) = trail.copies
    assert (copy.kind, copy.verdict) == (None, "unverifiable")
    assert LIKE_IT in copy.reason
    catalog = open_catalog("sqlite://")
    catalog.take_in(1, run(1), [], [(evening, ()), (named, ())], matches_of((evening, named)))
    assert trails(catalog, SOURCES) == [trail]
    (trail,) = trails_of(named)
    assert LIKE_IT not in trail.copies[0].reason


def said(verdict: JudgmentVerdict, day: int) -> Judgment:
    return Judgment(
        id=f"01KX0000000000000000000{day:03}", verdict=verdict, reason="I know the desk.",
        name="Ada Holm", at=f"2026-03-{day}T00:00:00Z", copy_url="http://relay.example/crash",
        original_url="http://northquay.example/bus", copy_versions=(), original_versions=(),
    )  # fmt: skip


def test_a_person_knows_better() -> None:
    articles = crash()
    matches = matches_of(articles)
    assert gather(seen(articles), matches, OUTLETS) == []
    (trail,) = gather(seen(articles), matches, OUTLETS, [said("confirm", 20)])
    (copy,) = trail.copies
    assert (copy.kind, copy.verdict) == ("copy", "unclaimed")
    taken_back = [said("confirm", 20), said("reject", 21)]
    assert gather(seen(articles), matches, OUTLETS, taken_back) == []


def test_what_a_person_confirmed_is_found_from_either_page() -> None:
    articles = crash()
    catalog = open_catalog("sqlite://")
    catalog.take_in(
        1,
        run(1),
        [capture(one.capture, 1, 1, one.url) for one in articles],
        [(one, ()) for one in articles],
        matches_of(articles),
    )
    assert trails(catalog, SOURCES) == []
    catalog.take_in(2, run(2), [], [], [], judgments=[said("confirm", 20)])
    (trail,) = trails(catalog, SOURCES)
    assert pages_of(trail) == {one.canonical_url for one in articles}
    for one in articles:
        assert trail_of(catalog, SOURCES, one.canonical_url) == trail
