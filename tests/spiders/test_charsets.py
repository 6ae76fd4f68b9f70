"""In which charset a page is read, and who said so."""

# ruff: noqa: E501  (texts in one line are easier to compare)

import codecs

import pytest

from config.registry import Listing
from spiders.charsets import CODECS, decode
from spiders.crawlers import listing
from spiders.pagekind import wall
from storage.records import Article
from tests.spiders.reading_help import html, page, read

RUSSIAN = "Река поднялась за ночь на два метра, и старый мост был закрыт для всякого движения. "
JAPANESE = "川は一晩で二メートル上昇し、古い橋はすべての交通が遮断された。けが人はいなかった。"
CHINESE = "河水一夜之间上涨了两米,旧桥已对所有车辆关闭。县里的工程师来了,没有人受伤,市场不开了。"
KOREAN = "강물이 밤새 2미터 불어나 오래된 다리가 모든 통행에 폐쇄되었다. 다친 사람은 없었지만 시장은 문을 닫는다."
GREEK = "Ο ποταμός ανέβηκε δύο μέτρα μέσα στη νύχτα και η παλιά γέφυρα έκλεισε για κάθε κυκλοφορία."
HEBREW = "הנהר עלה בשני מטרים במהלך הלילה, והגשר הישן נסגר לכל תנועה. מהנדסים מהמחוז הגיעו עם שחר."
ARABIC = "ارتفع النهر مترين خلال الليل وأغلق الجسر القديم أمام كل حركة المرور. جاء المهندسون من المقاطعة."
POLISH = "Rzeka podniosła się w nocy o dwa metry, a stary most został zamknięty. Inżynierowie są zdziwieni."
TURKISH = (
    "Nehir gece boyunca iki metre yükseldi ve eski köprü her türlü trafiğe kapatıldı. Çatlak buldu."
)
GERMAN = (
    "Über Nacht stieg der Fluss um zwei Meter, und die alte Brücke wurde gesperrt. Größe ist süß."
)

# Name: what HTTP says, markup above the text, the text, its codec; then the charset and who said it.
CASES = {
    "HTTP": ("windows-1251", "", RUSSIAN, "cp1251", "windows-1251", "http"),
    "meta": ("", "<meta charset=windows-1251>", RUSSIAN, "cp1251", "windows-1251", "meta"),
    "http-equiv": (
        "", "<meta http-equiv=Content-Type content='text/html; charset=koi8-r'>",
        RUSSIAN, "koi8_r", "koi8-r", "meta",
    ),
    "an XML declaration": (
        "", "<?xml version='1.0' encoding='windows-1251'?>", RUSSIAN, "cp1251", "windows-1251", "meta",
    ),
    "HTTP before meta": (
        "koi8-r", "<meta charset=windows-1251>", RUSSIAN, "koi8_r", "koi8-r", "http",
    ),
    "a meta far down": ("", "<style>" + "a{}" * 600 + "</style><meta charset=koi8-r>",
                        RUSSIAN, "koi8_r", "koi8-r", "meta"),
    "a meta in a comment": ("", "<!-- <meta charset=koi8-r> --><meta charset=windows-1251>",
                            RUSSIAN, "cp1251", "windows-1251", "meta"),
    "Apache's default before a right meta": (
        "ISO-8859-1", "<meta charset=windows-1251>", RUSSIAN, "cp1251", "windows-1251", "meta",
    ),
    "latin-1 that is UTF-8": ("iso-8859-1", "", RUSSIAN, "utf-8", "utf-8", "detected"),
    "latin-1 that is Windows": ("iso-8859-1", "", GERMAN + "„“", "cp1252", "windows-1252", "http"),
    "UTF-8 as said": ("UTF-8", "", RUSSIAN, "utf-8", "utf-8", "http"),
    "UTF-8 that is Windows": ("utf-8", "", GERMAN, "cp1252", "windows-1252", "detected"),
    "an unknown label": ("klingon", "", RUSSIAN, "utf-8", "utf-8", "detected"),
    "a codec that is none for text": ("base64", "", GERMAN, "cp1252", "windows-1252", "detected"),
    "one of Python's own": ("unicode_escape", "", "a\\x41b", "ascii", "windows-1252", "default"),
    "UTF-7": ("utf-7", "", "+ADw-script+AD4-", "ascii", "windows-1252", "default"),
    "ASCII": ("", "", "no more than this", "ascii", "windows-1252", "default"),
    "UTF-16 that is none": ("utf-16", "", RUSSIAN, "utf-8", "utf-8", "detected"),
    "UTF-16 in a meta": ("", "<meta charset=utf-16>", RUSSIAN, "utf-8", "utf-8", "meta"),
    "UTF-16 by its mark": ("iso-8859-1", "", RUSSIAN, "utf-16", "utf-16le", "bom"),
    "UTF-16 by HTTP": ("utf-16be", "", RUSSIAN, "utf-16-be", "utf-16be", "http"),
    "UTF-16 unsaid": ("", "", RUSSIAN, "utf-16-le", "utf-16le", "detected"),
    "Shift_JIS as said": ("x-sjis", "", JAPANESE, "cp932", "shift_jis", "http"),
    "GBK as said": ("gb2312", "", CHINESE, "gb18030", "gbk", "http"),
    "EUC-KR as said": ("ks_c_5601-1987", "", KOREAN, "cp949", "euc-kr", "http"),
    **{
        f"{codec} unsaid": ("", "", text, codec, name, "detected")
        for name, codec, text in (
            ("windows-1251", "cp1251", RUSSIAN), ("koi8-r", "koi8_r", RUSSIAN),
            ("iso-8859-5", "iso8859_5", RUSSIAN), ("ibm866", "cp866", RUSSIAN),
            ("shift_jis", "cp932", JAPANESE), ("euc-jp", "euc_jp", JAPANESE),
            ("iso-2022-jp", "iso2022_jp", JAPANESE), ("gbk", "gb18030", CHINESE),
            ("euc-kr", "cp949", KOREAN), ("windows-1253", "cp1253", GREEK),
            ("windows-1255", "cp1255", HEBREW), ("windows-1256", "cp1256", ARABIC),
            ("windows-1250", "cp1250", POLISH), ("iso-8859-2", "iso8859_2", POLISH),
            ("windows-1254", "cp1254", TURKISH), ("windows-1252", "cp1252", GERMAN),
        )
    },
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_charset_and_who_said_it(name: str) -> None:
    label, head, text, codec, charset, origin = CASES[name]
    content_type = "text/html" + (f"; charset={label}" if label else "")
    body = f"{head}<p>{text}</p>".encode(codec)
    found = decode(page(body, content_type=content_type), 10_000)
    assert (found.charset, found.origin) == (charset, origin)
    assert text in found.text
    assert found.notes == ()


def test_every_label_leads_to_a_codec() -> None:
    for name, codec in CODECS.items():
        assert codecs.lookup(codec), name


def test_a_few_bad_bytes_cost_no_more_than_themselves() -> None:
    body = (RUSSIAN * 5).encode() + b"\xff" + RUSSIAN.encode()
    found = decode(page(body), 10_000)
    assert (found.charset, found.origin) == ("utf-8", "detected")
    assert found.text.count("\ufffd") == 1
    assert found.notes == ("some bytes are not UTF-8",)


def test_a_label_holds_though_the_page_was_cut() -> None:
    body = f"<p>{CHINESE * 3}".encode("gb18030")[:-1]
    found = decode(page(body, content_type="text/html; charset=gbk"), 10_000)
    assert (found.charset, found.origin) == ("gbk", "http")
    assert CHINESE * 2 in found.text
    cut = decode(page(RUSSIAN.encode() + b"\xd0"), 10_000)
    assert (cut.charset, cut.text) == ("utf-8", RUSSIAN)


def test_what_looks_like_nothing_is_said_to_be_guessed() -> None:
    found = decode(page(bytes(range(128, 256)) * 20), 10_000)
    assert (found.charset, found.origin) == ("windows-1252", "default")
    assert any("Windows-1252" in note for note in found.notes)


def test_an_article_keeps_its_charset() -> None:
    plain = html(title="Река", prose=(RUSSIAN * 3,) * 4).replace("<meta charset=utf-8>", "")
    article: Article = read(plain.encode("cp1251"))
    assert (article.charset, article.charset_from) == ("windows-1251", "detected")
    assert (article.title, article.paragraphs[0]) == ("Река", (RUSSIAN * 3).strip())


def test_walls_and_listings_are_read_in_their_charset() -> None:
    body = "<title>Доступ запрещён</title><p>Код 15".encode("cp1251")
    stands = wall(page(body, content_type="text/html; charset=windows-1251"))
    assert stands is not None
    assert stands.kind == "block"
    links = "<meta charset=windows-1251><a href=/2020/01/x-y-z>Река вышла из берегов</a>"
    (found,) = listing.read(page(links.encode("cp1251")), Listing(url="http://a.test/")).found
    assert found.title == "Река вышла из берегов"
