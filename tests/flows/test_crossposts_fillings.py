"""Forms that outlets fill in are no copies of each other; copies of one filling are."""

import pytest
from msgspec.structs import replace

from flows.crossposts.alignment import align
from storage.records import Article, Match
from tests.flows.crossposts_made import HARBOUR, made

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
