"""What the three outlets have in common: which articles are there, templates, links, replies."""

import hashlib
import re
import struct
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from tests.outlets.content import HERE, NAMES, Article, articles, comments

Query = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What an outlet answers, before the wire: coding, framing and conditions are the server's."""

    body: bytes = b""
    status: int = 200
    type: str = "text/html; charset=UTF-8"
    headers: dict[str, str] = field(default_factory=dict)
    etag: str | None = None
    modified: datetime | None = None


def slugify(name: str) -> str:
    return re.sub(r"\W+", "-", name.lower()).strip("-")


def slug_url(name: str) -> str:
    return quote(slugify(name))


def published(article: Article) -> datetime:
    """When an article was published, as a moment."""
    return _moment(article, article.published)


def changed(article: Article) -> datetime:
    """When an article was last changed, as a moment."""
    return _moment(article, article.modified or article.published)


def _moment(article: Article, printed: str) -> datetime:
    # A day without a time: some hour of that day, the same every time.
    clock = "" if "T" in printed else f"T{9 + article.id % 9:02}:{article.id % 60:02}:00-04:00"
    return datetime.fromisoformat(printed + clock)


def png(name: str) -> bytes:
    """A small picture whose colour follows from its name."""
    width, height = 64, 36
    red, green, blue = hashlib.sha256(name.encode()).digest()[:3]
    rows = b"".join(
        b"\0" + bytes((red, green, (blue + 3 * y) % 256)) * width for y in range(height)
    )

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(rows)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def mp4(name: str) -> bytes:
    """The beginning of a video: enough to be kept, not to be played."""
    return b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + hashlib.sha256(name.encode()).digest() * 64


class Site:
    """One outlet on one visit. A subclass says where what lies."""

    outlet: str
    pages: ClassVar[Mapping[str, str]] = {}
    """Standing pages: path to heading."""
    uploads: str

    def __init__(self, urls: Mapping[str, str], visit: int) -> None:
        self.urls = urls
        self.url = urls[self.outlet]
        self.name = NAMES[self.outlet]
        self.all = articles(visit)
        mine = [article for article in self.all.values() if article.outlet == self.outlet]
        self.by_path = {article.path: article for article in mine if article.from_visit <= visit}
        there = (article for article in mine if article.there(visit))
        self.posts = sorted(there, key=published, reverse=True)
        env = Environment(
            loader=FileSystemLoader(HERE / self.outlet / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        env.globals.update(site=self, slugify=slug_url, published=published, changed=changed)
        env.filters.update(
            inline=self.inline, day=day, rfc822=rfc822, published=published, changed=changed
        )
        self.env = env

    def answer(self, path: str, query: Query) -> Reply:
        """The reply to a GET of this path."""
        if article := self.by_path.get(path):
            if article not in self.posts:
                return self.page("Gone", "This content is no longer available.", status=410)
            digest = hashlib.sha256(repr(article).encode()).hexdigest()[:20]
            return Reply(
                body=self.render("article.html", article=article, **self.extras(article)),
                # Weak: the teasers around the article change while it stays the same.
                etag=f'W/"{digest}"',
                modified=changed(article),
                headers=self.article_headers(article),
            )
        if path.startswith(self.uploads):
            name = path.rpartition("/")[2]
            if name.endswith(".png"):
                return Reply(body=png(name), type="image/png")
            if name.endswith(".mp4"):
                return Reply(body=mp4(name), type="video/mp4")
        if path in self.pages:
            return self.page(self.pages[path], f"{self.pages[path]}: {self.name}.")
        if path == "/robots.txt":
            return Reply(body=self.render("robots.txt"), type="text/plain; charset=utf-8")
        if path == "/style.css":
            return Reply(body=b"body { font-family: serif; margin: 0 auto }\n", type="text/css")
        return self.route(path, query) or self.page("Not found", "Nothing is here.", status=404)

    def route(self, path: str, query: Query) -> Reply | None:
        """The outlet's own paths; None where there is nothing."""
        raise NotImplementedError

    def extras(self, article: Article) -> dict[str, Any]:
        """What the outlet's article template wants beside the article."""
        return {"comments": comments(self.outlet).get(article.slug, [])}

    def article_headers(self, article: Article) -> dict[str, str]:
        return {}

    def page(self, heading: str, text: str, status: int = 200) -> Reply:
        return Reply(body=self.render("page.html", heading=heading, text=text), status=status)

    def render(self, template: str, **context: Any) -> bytes:
        return self.env.get_template(template).render(**context).encode()

    def xml(self, template: str, type_: str, **context: Any) -> Reply:
        body = self.render(template, **context)
        return Reply(body=body, type=type_, etag=f'"{hashlib.sha256(body).hexdigest()[:20]}"')

    def link(self, key: str) -> str:
        """The address of an article of any outlet."""
        article = self.all[key]
        return self.urls[article.outlet] + article.path

    def inline(self, text: str) -> Markup:
        """`[words](outlet/slug)` as a link."""
        parts = re.split(r"\[([^]]+)\]\(([\w/-]+)\)", text)
        html = escape(parts[0])
        for words, key, after in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
            html += Markup('<a href="{}">{}</a>{}').format(self.link(key), words, after)
        return html

    def terms(self, kind: str) -> list[str]:
        """The terms of one taxonomy that are in use."""
        return sorted({term for post in self.posts for term in post.taxonomy.get(kind, ())})

    def under(self, kind: str, slug: str) -> list[Article]:
        """The articles under a term, or by an author."""

        def names(post: Article) -> Iterable[str]:
            return post.authors if kind == "author" else post.taxonomy.get(kind, ())

        return [post for post in self.posts if slug in map(slugify, names(post))]

    def teasers(self, article: Article | None, count: int, skip: int = 0) -> list[Article]:
        """Other articles, for the boxes around one."""
        return [post for post in self.posts if post is not article][skip : skip + count]


def day(article: Article, form: str = "%-d %B %Y") -> str:
    return datetime.fromisoformat(article.published).strftime(form)


def rfc822(article: Article) -> str:
    return published(article).astimezone(UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")
