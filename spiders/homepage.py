"""What a site's front page tells of the site. Pure."""

import html
import re
import unicodedata
from urllib.parse import urlsplit

import msgspec
from selectolax.lexbor import LexborHTMLParser

from config.registry import ID
from spiders.crawlers import feed
from spiders.crawlers.found import absolute, looks_like_article
from spiders.crawlers.leads import root
from spiders.politeness import is_loopback
from storage.identity import host
from storage.records import Page

MAX_LINKED = 6  # feeds or sitemaps that we look at; a page may name one for each section
FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/rdf+xml")
# A feed of comments is announced beside that of the articles.
COMMENTS = re.compile(r"comments?|kommentare?|commentaires|comentarios", re.IGNORECASE)
TITLE_PARTS = re.compile(r"\s+[|–—·»-]\s+")


def addresses(text: str) -> list[str]:
    """What somebody may mean who types an address: with no scheme, https and then http."""
    if "://" in text:
        return [text]
    both = [f"https://{text}", f"http://{text}"]
    # A port or a bare address is a machine of one's own more often than not.
    plain = is_loopback(both[1]) or urlsplit(both[1]).port is not None
    return both[::-1] if plain else both


def home_of(url: str) -> str:
    """The front page for an address: itself, unless it is an article or a file."""
    parts = urlsplit(url)
    if parts.query or looks_like_article(url) or re.search(r"\.\w{2,5}$", parts.path):
        return root(url)
    return url.partition("#")[0].rstrip("/") + "/"


def slug(text: str) -> str:
    """A source id from a name; "" where no letter of it can be used."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")
    return made if ID.fullmatch(made) else ""


def api_link(page: Page, tree: LexborHTMLParser) -> str | None:
    """Where the site says that its WordPress REST API is."""
    node = tree.css_first('link[rel="https://api.w.org/"]')
    if node is not None:
        return absolute(page.capture.url, node.attributes.get("href") or "")
    for name, value in page.headers:
        found = re.search(r'<([^>]+)>\s*;\s*rel="https://api\.w\.org/"', value)
        if name.lower() == "link" and found:
            return absolute(page.capture.url, found[1])
    return None


def api_name(page: Page) -> str | None:
    """The site's name, as the root of its API gives it."""
    try:
        told = msgspec.json.decode(page.body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None
    name = told.get("name") if isinstance(told, dict) else None
    return html.unescape(name).strip() or None if isinstance(name, str) else None


def feed_links(tree: LexborHTMLParser, home: str) -> list[str]:
    """The feeds that the page announces, but for those of comments."""
    found = []
    for node in tree.css('link[rel~="alternate"][href]'):
        kind = (node.attributes.get("type") or "").lower()
        href = node.attributes.get("href") or ""
        title = node.attributes.get("title") or ""
        url = absolute(home, href)
        if (
            url
            and kind.startswith(FEED_TYPES)
            and not COMMENTS.search(f"{urlsplit(url).path} {title}")
        ):
            found.append(url)
    return list(dict.fromkeys(found))[:MAX_LINKED]


def outlet_name(
    tree: LexborHTMLParser, told: str | None, about: feed.FeedAbout | None, home: str
) -> str:
    """What the outlet calls itself: in its API (`told`), og:site_name, feed or title."""
    node = tree.css_first('meta[property="og:site_name"]')
    og = node.attributes.get("content") if node is not None else None
    title = tree.css_first("title")
    # "Outlet – what it is about", or "Home | Outlet".
    parts = TITLE_PARTS.split(title.text().strip()) if title is not None else []
    parts = [part for part in parts if part.casefold() not in ("home", "homepage", "start", "news")]
    from_title = parts[0] if parts else None
    feed_title = about.title if about is not None else None
    for name in (told, og, feed_title, from_title):
        if name and name.strip():
            return " ".join(name.split())[:200]
    return host(home)


def language(tree: LexborHTMLParser, about: feed.FeedAbout | None) -> str | None:
    """The primary language subtag (RFC 5646) of the page, else of its feed."""
    node = tree.css_first("html[lang]")
    told = (node.attributes.get("lang") if node is not None else None) or (
        about.language if about is not None else None
    )
    primary = re.match(r"[A-Za-z]{2,3}(?=$|[-_])", told or "")
    return primary[0].lower() if primary else None
