"""How text of strangers becomes markup: everything is escaped, and what cannot be seen is shown.

Templates escape by themselves. Beyond that, signs that a browser would obey instead of showing them
(controls, direction marks of UAX #9, signs without width) are made visible, in every text that a
template puts out.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from flows.output import JOINERS, clean
from storage.identity import canonical_url, sha256_hex
from storage.searching import folded

HERE = Path(__file__).parent
WEB = re.compile(r"https?://[^\s/]", re.IGNORECASE)
LONGEST_LINK = 4096  # characters of an address that becomes a link; servers refuse longer ones

_ODD = re.compile("[^\n\t\u0020-\u007e\u00a1-\u00ac\u00ae-\u024f\u0370-\u05ff\u4e00-\u9fff]")
"""Signs that are looked at one by one: all but those of the common scripts."""
_INWARD = re.compile(r'<a(?: dir="auto")? href="/[^"]*">(.*?)</a>', re.DOTALL)
_HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def seen(text: str) -> Markup:
    """Escaped text in which signs that show nothing are named. The mark has no quotes in it, so
    that it ends no attribute wherever it comes to stand."""
    plain = str(escape(text))
    return Markup(_ODD.sub(lambda found: _named(found, plain), plain))  # noqa: S704 - escaped above


def _named(found: re.Match[str], text: str) -> str:
    char = found[0]
    if unicodedata.category(char) not in _HIDDEN or char == "\u00ad":
        return char
    before = text[found.start() - 1 : found.start()]
    if char in JOINERS and before and not before.isascii():
        return char  # Persian, Hindi and emoji are spelt with them
    return f"<i class=sign>U+{ord(char):04X}</i>"


def finalize(value: Any) -> Any:
    """What a template puts out: markup of ours as it is, everything else by `seen`."""
    if value is None:
        return ""
    return value if hasattr(value, "__html__") else seen(str(value))


def link(url: str | None, text: str | None = None) -> Markup:
    """An address as text, and as a link where it leads to the web and nowhere else."""
    if not url:
        return Markup("")
    shown = seen(text or url)
    if not WEB.match(url) or len(url) > LONGEST_LINK or clean(url) != url:
        return Markup('<span class="url">{}</span>').format(shown)
    return Markup('<a class="url" rel="noopener noreferrer nofollow" href="{}">{}</a>').format(
        url, shown
    )


def wired(head: str) -> Markup:
    """The head of a message, its line ends shown as they are."""
    ends = seen(head.replace("\r\n", "\ue000").replace("\n", "\ue001"))
    for private, end in (("\ue000", "␍␊"), ("\ue001", "␊")):
        named = f"<i class=sign>U+{ord(private):04X}</i>"
        ends = ends.replace(Markup(named), Markup(f"<i class=end>{end}</i>\n"))  # noqa: S704 - ours
    return ends


def highlighted(text: str, words: Collection[str]) -> Markup:
    """Text in which some words (folded, as they are searched) are marked."""
    parts = re.split(r"([^\W_]+)", text)
    marked = (
        Markup("<mark>{}</mark>").format(seen(part)) if words and folded(part) in words
        else seen(part) for part in parts
    )  # fmt: skip
    return Markup("").join(marked)


def standing_alone(markup: Markup) -> Markup:
    """Markup of ours for a file outside the room: links into the room become their texts."""
    return Markup(_INWARD.sub(r"\1", str(markup)))  # noqa: S704 - it was markup, and is less of it


def when(moment: str | None) -> str:
    """A time of ours for people: `2026-11-22 21:24:02 UTC`; a printed date as it is."""
    if not moment:
        return "–"
    if moment.endswith("Z") and "T" in moment:
        return f"{moment[:10]} {moment[11:19]} UTC"
    return moment.replace("T", " ")


def day(moment: str | None) -> str:
    """`22 Nov 2026`; what is no date, as it is."""
    try:
        return f"{datetime.fromisoformat((moment or '')[:10]):%-d %b %Y}"
    except ValueError:
        return (moment or "undated")[:10]


def percent(share: float | None) -> str:
    """A share for people; 100 % only where all is meant."""
    if share is None:
        return "–"
    return "100 %" if share >= 1 else f"{min(99, round(100 * share))} %"


def size(count: int) -> str:
    """Bytes for people."""
    amount, units = float(count), ("bytes", "KiB", "MiB", "GiB", "TiB")
    for unit in units:
        if amount < 1024 or unit == units[-1]:
            return f"{count:,} bytes" if unit == "bytes" else f"{amount:,.1f} {unit}"
        amount /= 1024
    return str(count)


def address(path: str, **query: Any) -> str:
    """An address in the room; what is not given is left out."""
    given = {name: value for name, value in query.items() if value not in (None, "")}
    return path + (f"?{urlencode(given)}" if given else "")


def page_id(url: str) -> str:
    """Names a page in addresses, as a trail is named by its earliest page."""
    return sha256_hex(canonical_url(url).encode("utf-8", "surrogatepass"))[:16]


def at_page(url: str) -> str:
    """Where a page is shown, whatever its newest version is."""
    return address("/page", url=url)


def at_article(name: str) -> str:
    """Where a version is shown."""
    return f"/articles/{quote(name, safe='')}"


def at_capture(name: str) -> str:
    """Where a capture is shown; ids of other tools' records can hold anything."""
    return f"/captures/{quote(name, safe='')}"


def at_trail(url: str) -> str:
    """Where the trail of a page is shown: good for as long as the page is archived."""
    return f"/trails/{page_id(url)}"


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table for spreadsheets (RFC 4180) in which nothing is a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue()


def _cell(value: object) -> object:
    if not isinstance(value, str):
        return value
    plain = clean(value)
    # https://owasp.org/www-community/attacks/CSV_Injection
    return f"'{plain}" if plain.lstrip().startswith(("=", "+", "-", "@")) else plain


@cache
def environment() -> Environment:
    """The templates, with what they use."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {
        "link": link, "address": address, "at_page": at_page, "at_article": at_article,
        "at_capture": at_capture, "at_trail": at_trail, "canonical_url": canonical_url,
    }  # fmt: skip
    made.filters |= {
        "when": when,
        "day": day,
        "percent": percent,
        "size": size,
        "plain": clean,
        "report": standing_alone,
        "wired": wired,
    }
    return made


def render(template: str, **values: Any) -> str:
    """A page."""
    return environment().get_template(template).render(**values)
