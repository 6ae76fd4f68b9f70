"""Which charset a page is in, and who said so.

The order is that of browsers (HTML Living Standard §13.2.3.2: byte order mark, HTTP, meta,
detection, default), with two departures for what servers really do: text that is valid UTF-8 is
UTF-8 whatever its labels say, and a label that does not fit the bytes is passed over. Labels mean
what the WHATWG Encoding Standard §4.2 says; others (UTF-7, Python's own codecs) are not known.
"""

import codecs
import re
from collections import Counter
from typing import NamedTuple

from storage.records import CharsetFrom, Page

# Where a charset declaration is looked for. The standard says 1024 bytes; real pages, with scripts
# above it, go over that, and browsers find it there, too.
DECLARATION_BYTES = 4096
# What detection looks at, from the first byte beyond ASCII on: a dozen decodings take 30 ms.
SAMPLE_BYTES = 32 * 1024
META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w:.-]{2,40})""", re.IGNORECASE)
XML = re.compile(rb"""\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w:.-]{2,40})""")
COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
HTTP = re.compile(r"""charset\s*=\s*["']?\s*([\w:.-]{2,40})""", re.IGNORECASE)
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16le"),
    (codecs.BOM_UTF16_BE, "utf-16be"),
)
# Name, Python's codec where its name is another, labels beside the name.
ENCODINGS = """
utf-8 utf_8 utf8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8
ibm866 cp866 866 cp866 csibm866
iso-8859-2 iso8859_2 iso88592 iso8859-2 iso_8859-2 iso_8859-2:1987 l2 latin2 csisolatin2
iso-8859-3 iso8859_3 iso88593 iso8859-3 iso_8859-3 l3 latin3 csisolatin3
iso-8859-4 iso8859_4 iso88594 iso8859-4 iso_8859-4 l4 latin4 csisolatin4
iso-8859-5 iso8859_5 iso88595 iso8859-5 iso_8859-5 cyrillic csisolatincyrillic
iso-8859-6 iso8859_6 iso88596 iso8859-6 iso_8859-6 arabic asmo-708 ecma-114 csisolatinarabic
iso-8859-7 iso8859_7 iso88597 iso8859-7 iso_8859-7 greek greek8 ecma-118 elot_928 csisolatingreek
iso-8859-8 iso8859_8 iso88598 iso8859-8 iso_8859-8 hebrew iso-8859-8-i iso-8859-8-e logical visual
iso-8859-10 iso8859_10 iso885910 iso8859-10 l6 latin6 csisolatin6
iso-8859-13 iso8859_13 iso885913 iso8859-13
iso-8859-14 iso8859_14 iso885914 iso8859-14
iso-8859-15 iso8859_15 iso885915 iso8859-15 iso_8859-15 l9 csisolatin9
iso-8859-16 iso8859_16
koi8-r koi8_r koi koi8 koi8_r cskoi8r
koi8-u koi8_u koi8-ru
macintosh mac_roman mac x-mac-roman csmacintosh
windows-874 cp874 dos-874 iso-8859-11 iso8859-11 iso885911 tis-620
windows-1250 cp1250 cp1250 x-cp1250
windows-1251 cp1251 cp1251 x-cp1251
windows-1252 cp1252 cp1252 x-cp1252 ascii us-ascii ansi_x3.4-1968 iso-8859-1 iso8859-1 iso88591
windows-1252 cp1252 iso_8859-1 iso_8859-1:1987 l1 latin1 latin-1 cp819 ibm819 csisolatin1 iso-ir-100
windows-1253 cp1253 cp1253 x-cp1253
windows-1254 cp1254 cp1254 x-cp1254 iso-8859-9 iso8859-9 iso88599 iso_8859-9 l5 latin5 csisolatin5
windows-1255 cp1255 cp1255 x-cp1255
windows-1256 cp1256 cp1256 x-cp1256
windows-1257 cp1257 cp1257 x-cp1257
windows-1258 cp1258 cp1258 x-cp1258
x-mac-cyrillic mac_cyrillic x-mac-ukrainian
gbk gb18030 gb2312 gb_2312 gb_2312-80 chinese csgb2312 iso-ir-58 x-gbk
gb18030 gb18030
big5 big5hkscs big5-hkscs cn-big5 csbig5 x-x-big5
euc-jp euc_jp x-euc-jp cseucpkdfmtjapanese
iso-2022-jp iso2022_jp csiso2022jp
shift_jis cp932 shift-jis sjis x-sjis ms_kanji ms932 windows-31j csshiftjis
euc-kr cp949 cseuckr korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 windows-949 iso-ir-149
utf-16le utf_16_le utf-16 ucs-2 iso-10646-ucs-2 unicode unicodefeff csunicode
utf-16be utf_16_be unicodefffe
"""
CODECS: dict[str, str] = {}
LABELS: dict[str, str] = {}
for name, codec, *labels in (line.split() for line in ENCODINGS.split("\n") if line):
    CODECS[name] = codec
    LABELS |= dict.fromkeys((name, *labels), name)
# What detection knows: the commonest letters beyond ASCII of texts in a charset, and which share of
# all such letters they are there (counted on news prose). Kana stand for Japanese.
KANA = "".join(map(chr, range(0x3041, 0x30FF)))
FREQUENT = (
    ("windows-1251", "оеаинтсрвлк", 0.73),
    ("koi8-r", "оеаинтсрвлк", 0.73),
    ("iso-8859-5", "оеаинтсрвлк", 0.73),
    ("ibm866", "оеаинтсрвлк", 0.73),
    ("windows-1253", "αοιετσνηυρπκςλ", 0.78),
    ("windows-1255", "יוהלאתרבמשנ", 0.78),
    ("windows-1256", "اليمونترةبع", 0.76),
    ("shift_jis", KANA, 0.5),
    ("euc-jp", KANA, 0.5),
    ("euc-kr", "이다는에의을가고하지한은로기도사인", 0.35),
    ("gbk", "的一是不了在人有我他这中大来上国个到说们为子和你地出时年得就", 0.2),
    ("big5", "的一是不了在人有我他這中大來上國個到說們為子和你地出時年得就", 0.2),
)
FREQUENT_LATIN = (
    ("windows-1252", "äöüßéèàçêñóíáúãõâôåøæîïûìò’‘“”–—…„«»ÄÖÜÉ©·•¿¡ºª°§", 0.95),
    ("windows-1250", "ąęśżźłćńóěščřžýáíéůťďňőűă’“”–—…„", 0.95),
    ("iso-8859-2", "ąęśżźłćńóěščřžýáíéůťďňőűă", 0.95),
    ("windows-1254", "ığşçöüİŞâ’“”–—…", 0.95),
)
SURE = 0.6  # of the usual share; a wrong guess has under half of it


class Text(NamedTuple):
    """A page's text, the charset it was read in (WHATWG's name), who said so, and what was lost."""

    text: str
    charset: str
    origin: CharsetFrom
    notes: tuple[str, ...] = ()


def decode(page: Page, max_bytes: int) -> Text:
    """The text of the first `max_bytes` of a page. Never raises on what the page holds."""
    body = page.body[:max_bytes]
    said = declared(page)
    for mark, name in BOMS:
        if body.startswith(mark):
            return _whole(body[len(mark) :], name, "bom")
    fits = {"utf-8": _utf8(body)} if not body.isascii() else {}
    if text := fits.get("utf-8"):
        sayer = next((by for by, name in said if name == "utf-8"), "detected")
        return Text(text, "utf-8", sayer)  # type: ignore[arg-type]
    if (
        said
        and said[0] == ("http", "windows-1252")
        and len(said) > 1
        and _found(body) == said[1][1]
    ):
        said = said[1:]  # Apache's old default label
    for by, name in said:
        if name.startswith("utf-16") and b"\0" not in body:
            continue
        text = body.decode(CODECS[name], "replace")
        lost = text.count("\ufffd")
        if lost <= _beyond_ascii(text) - lost or lost <= 1:
            return Text(text, name, by, _loss(lost, name))
    if found := _found(body):
        return _whole(body, found, "detected")
    text = body.decode("cp1252", "replace")
    guess = () if body.isascii() else ("no charset fits; read as Windows-1252",)
    return Text(text, "windows-1252", "default", guess)


def as_utf8(page: Page, max_bytes: int) -> bytes:
    """The page's first `max_bytes` for parsers that want UTF-8."""
    body = page.body[:max_bytes]
    if body.isascii() and b"\x1b" not in body and b"\0" not in body:
        return body
    return decode(page, max_bytes).text.encode("utf-8", "replace")


def declared(page: Page) -> list[tuple[CharsetFrom, str]]:
    """The charsets that HTTP and a meta element (or XML declaration) name; those that are known."""
    stated = next((value for key, value in page.headers if key.lower() == "content-type"), "")
    http = HTTP.search(stated)
    found: list[tuple[CharsetFrom, str]] = []
    if http and (name := LABELS.get(http[1].lower())):
        found.append(("http", name))
    start = page.body[:DECLARATION_BYTES]
    meta = XML.match(start) or META.search(COMMENT.sub(b"", start))
    if meta and (name := LABELS.get(meta[1].decode("latin-1").lower())):
        # A meta element that can be read as ASCII is in no UTF-16 page (§13.2.3.2).
        found.append(("meta", "utf-8" if name.startswith("utf-16") else name))
    return found


def _whole(body: bytes, name: str, origin: CharsetFrom) -> Text:
    text = body.decode(CODECS[name], "replace")
    return Text(text, name, origin, _loss(text.count("\ufffd"), name))


def _loss(lost: int, name: str) -> tuple[str, ...]:
    return (f"some bytes are not {name.upper()}",) if lost else ()


def _utf8(body: bytes) -> str:
    """The text if it is UTF-8, a last character that is cut left out; "" if it is not. Text in
    another charset is hardly ever valid UTF-8 by chance, and wrong labels are common."""
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(body)
    except UnicodeError:
        return ""


def _found(body: bytes) -> str | None:
    """The charset that the bytes look like; None where they look like none."""
    for start, name in ((b"<\0", "utf-16le"), (b"\0<", "utf-16be")):
        if body.startswith(start):
            return name
    beyond = re.search(rb"[\x80-\xff]", body)
    if beyond is None:
        return "iso-2022-jp" if b"\x1b$" in body else None
    sample = body[beyond.start() :][:SAMPLE_BYTES]
    text = sample.decode("utf-8", "replace")
    lost = text.count("\ufffd")
    if lost * 10 <= _beyond_ascii(text) - lost:  # UTF-8 with a few bad bytes
        return "utf-8"
    # Letters beyond ASCII stand in rows in other scripts, and between ASCII letters in Latin ones.
    rows = len(re.findall(rb"[\x80-\xff]{2}", sample))
    high = len(re.findall(rb"[\x80-\xff]", sample))
    known = FREQUENT if rows * 3 > high else FREQUENT_LATIN
    best = max(known, key=lambda row: _likeness(sample, *row))
    return best[0] if _likeness(sample, *best) >= SURE else None


def _likeness(sample: bytes, name: str, frequent: str, usual: float) -> float:
    """How far the share of the frequent letters is that of real text in the charset, 0 to 1."""
    counts = Counter(sample.decode(CODECS[name], "replace"))
    total = sum(count for char, count in counts.items() if char > "\x7f")
    return min(1.0, sum(counts[char] for char in frequent) / (total or 1) / usual)


def _beyond_ascii(text: str) -> int:
    return len(text) - len(text.encode("ascii", "ignore"))
