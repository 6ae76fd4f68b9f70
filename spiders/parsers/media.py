"""Pictures, films and sounds of an article, its links out, and where its site files it."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from spiders.parsers.base import Document, Element, fold
from spiders.parsers.jsonld import url_of
from spiders.parsers.srcset import candidates
from storage.identity import site
from storage.records import Medium

if TYPE_CHECKING:  # 0.2 s that those who only ask for `files` need not wait for
    from spiders.parsers.blocks import Block
    from spiders.parsers.body import Body
    from spiders.parsers.reading import Reading

FILM = re.compile(r"\.(?:mp4|webm|m4v|mov|m3u8|ogv|avi)(?:$|[?#])", re.IGNORECASE)
SOUND = re.compile(r"\.(?:mp3|m4a|ogg|oga|wav|aac|flac)(?:$|[?#])", re.IGNORECASE)
BARE_LINK = re.compile(r"https?://\S+")
EMBEDS = re.compile(
    r"youtube(?:-nocookie)?\.com/embed|player\.vimeo|dailymotion\.com/embed|rumble\.com/embed|"
    r"bitchute\.com/embed|odysee\.com|facebook\.com/plugins/video|soundcloud|spotify\.com/embed|"
    r"platform\.twitter|tiktok\.com/embed|rutube\.ru|vk\.com/video"
)
MAX_MEDIA, MAX_LINKS = 200, 500
"""Bounds of one article; the largest of 258 real pages had 90 pictures and 160 links."""
MAX_OTHERS = 10  # further files of one medium; a film comes in three encodings at most
PLAYLIST = re.compile(r"\.(?:m3u8|mpd)(?:$|[?#])", re.IGNORECASE)


def files(found: Iterable[Medium], which: Literal["none", "linked", "all"]) -> list[str]:
    """The addresses of the files to archive: of each film and sound the first that is no playlist;
    with `all` pictures, too, the largest of each, and the stills that stand for films."""
    wanted: dict[str, None] = {}
    for one in found:
        pictures = [url for url in (one.poster,) if url]
        if one.kind in ("video", "audio") and which != "none":
            urls = [url for url in (one.url, *one.others) if not PLAYLIST.search(url)]
            wanted.update(dict.fromkeys(urls[:1]))
        elif one.kind == "image":
            pictures += [one.url, *one.others]
        if which == "all":
            wanted.update(dict.fromkeys(pictures))
    return list(wanted)


def bare_medium(text: str) -> str | None:
    """The address, where a paragraph is nothing but a link to a film or sound."""
    text = text.strip()
    if BARE_LINK.fullmatch(text) and (FILM.search(text) or SOUND.search(text)):
        return text
    return None


def media(reading: "Reading", body: "Body", whole: Element | None) -> tuple[Medium, ...]:
    """The media in an article's part of the page, in order, then those that the head names."""
    doc, node, meta, area = reading.doc, reading.node, reading.meta, body.container
    found: dict[str, Medium] = {}

    def add(
        kind: str,
        href: str | None,
        caption: str | None = None,
        poster: str | None = None,
        others: Iterable[str] = (),
    ) -> None:
        url = doc.link(href)
        if url and len(found) < MAX_MEDIA and url not in found:
            more = dict.fromkeys(link for one in others if (link := doc.link(one)) and link != url)
            found[url] = Medium(
                kind=kind,  # type: ignore[arg-type]
                url=url,
                caption=caption,
                poster=doc.link(poster),
                others=tuple(more)[:MAX_OTHERS],
            )

    for element in _above(whole, area):
        add("image", _source(element), _caption(element), others=_larger(element))
    for element in (
        () if area is None else area.iter("img", "video", "audio", "iframe", "embed", "a")
    ):
        tag = element.tag
        if tag == "img":
            if not _tiny(element):
                add("image", _source(element), _caption(element), others=_larger(element))
        elif tag in ("video", "audio"):
            sources = [element.get("src"), *(one.get("src") for one in element.iter("source"))]
            hrefs = [one for one in sources if one]
            if hrefs:
                add(tag, hrefs[0], _caption(element), element.get("poster"), hrefs[1:])
        elif tag in ("iframe", "embed"):
            href = element.get("src") or element.get("data-src") or ""
            if EMBEDS.search(href):
                add("embed", href, _caption(element))
        else:
            _linked(element, add)
    for block in (*body.kept, *body.boilerplate):  # below the last paragraph it is no text
        if href := bare_medium(block.text):
            add("video" if FILM.search(href) else "audio", href)
    for value in (url_of(node.get("image")), meta.first("og:image", "twitter:image")):
        if value and not any(one.kind == "image" for one in found.values()):
            add("image", value)
    for value in (_stated_film(node.get("video")), meta.first("og:video", "og:video:url")):
        if value and FILM.search(value):
            add("video", value, poster=_stated_poster(node.get("video")))
    return tuple(found.values())


# Names of the picture that stands above a text.
FEATURED = re.compile(
    r"featured|post-thumbnail|wp-post-image|hero|lead-?(?:image|photo|media)|entry-(?:image|thumb)",
    re.IGNORECASE,
)
APART = frozenset(("aside", "nav", "footer"))


def _above(whole: Element | None, area: Element | None) -> list[Element]:
    """The pictures between headline and text that are the article's, by their names."""
    if whole is None or whole is area or whole.tag in ("html", "body"):
        return []
    out = []
    for element in whole.iter():
        if element is area:
            break
        if element.tag == "img" and not _tiny(element):
            around = [element, *element.iterancestors()][:5]
            names = " ".join(str(one.get("class") or "") for one in around)
            if FEATURED.search(names) and not any(one.tag in APART for one in around):
                out.append(element)
    return out


def _stated_film(video: object) -> str:
    """The file of a JSON-LD VideoObject (`contentUrl`), else its address."""
    one = video[0] if isinstance(video, list) and video else video
    stated = one.get("contentUrl") if isinstance(one, dict) else None
    return stated if isinstance(stated, str) else url_of(video)


def _stated_poster(video: object) -> str | None:
    one = video[0] if isinstance(video, list) and video else video
    return url_of(one.get("thumbnailUrl")) or None if isinstance(one, dict) else None


def _linked(element: Element, add) -> None:  # type: ignore[no-untyped-def]
    href = str(element.get("href") or "")
    if FILM.search(href):
        add("video", href)
    elif SOUND.search(href):
        add("audio", href)


def _tiny(element: Element) -> bool:
    """Counters, icons and avatars."""
    sizes = [str(element.get(name) or "") for name in ("width", "height")]
    if any(
        size.rstrip("px").isdigit() and int(size.rstrip("px")[:6]) < 60
        for size in sizes
        if size.rstrip("px")
    ):
        return True
    names = f"{element.get('class', '')} {element.get('src', '')}".lower()
    return bool(re.search(r"avatar|icon|logo|pixel|spacer|emoji|gravatar|1x1|sprite", names))


def _source(element: Element) -> str | None:
    for name in ("src", "data-src", "data-lazy-src", "data-original"):
        value = str(element.get(name) or "")
        if value and not value.startswith("data:"):
            return value
    first = str(element.get("srcset") or element.get("data-srcset") or "").split(" ")[0]
    return first.rstrip(",") or None


def _larger(element: Element) -> list[str]:
    """The largest candidate of the srcset of a picture, and of its `<picture>`."""
    around = element.getparent()
    given = [element]
    if around is not None and around.tag == "picture":
        given += around.iterfind("source")
    texts = [str(one.get(name) or "") for one in given for name in ("srcset", "data-srcset")]
    sized = [pair for text in texts for pair in candidates(text)]
    return [max(sized, key=lambda pair: pair[1])[0]] if sized else []


def _caption(element: Element) -> str | None:
    node = element.getparent()
    for _ in range(4):
        if node is None:
            return None
        if node.tag == "figure" or "wp-caption" in str(node.get("class") or ""):
            for child in node.iter("figcaption", "p"):
                if text := fold("".join(child.itertext()))[:1000]:
                    return text
            return None
        node = node.getparent()
    return None


def links(doc: Document, blocks: "list[Block]") -> tuple[str, ...]:
    """Absolute links out of the text to other sites, each once."""
    mine = site(doc.url)
    out: dict[str, None] = {}
    for block in blocks:
        for link in block.links:
            url = doc.link(link.href)
            if url and site(url) != mine:
                out.setdefault(url)
    return tuple(out)[:MAX_LINKS]
