"""Steppe Front: an original publisher on WordPress, with REST API, feed and sitemaps."""

import html
import json
import math
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, ClassVar
from zlib import crc32

from tests.outlets.content import Article
from tests.outlets.site import Query, Reply, Site, changed, published, slugify

ZONE = timezone(timedelta(hours=3))
JSON = "application/json; charset=UTF-8"
LIST_LENGTH = 6
EDGES = ("after", "before")


class SteppeFront(Site):
    outlet = "steppe-front"
    uploads = "/wp-content/uploads/"
    pages: ClassVar = {
        "/about-us/": "About Us",
        "/donate/": "Support Steppe Front",
        "/contact/": "Contact",
        "/privacy-policy/": "Privacy Policy",
    }

    def route(self, path: str, query: Query) -> Reply | None:
        if path + "/" in self.by_path or path + "/" in self.pages:
            return Reply(status=301, headers={"Location": f"{self.url}{path}/"})
        match path.strip("/").split("/"):
            case [""] if "s" in query:
                return self.listing(f"Search: {query['s']}", self.search(query["s"]), 1, "/")
            case [""]:
                return self.listing("Latest", self.posts, 1, "/")
            case ["page", number] if number.isdigit():
                return self.listing("Latest", self.posts, int(number), "/")
            case ["category" | "tag" | "author" as kind, slug]:
                plural = {"category": "categories", "tag": "tags", "author": "author"}[kind]
                found = self.under(plural, slug)
                return (
                    self.listing(slug.replace("-", " ").title(), found, 1, path) if found else None
                )
            case ["feed"]:
                return self.xml("feed.xml", "application/rss+xml; charset=UTF-8")
            case ["wp-sitemap.xml"]:
                return self.xml("wp-sitemap.xml", "application/xml; charset=UTF-8")
            case [name] if name.startswith("wp-sitemap-"):
                return self.sitemap(name)
            case ["wp-json"]:
                return self.json(self.rest_root())
            case ["wp-json", "wp", "v2", "posts"]:
                return self.rest_posts(query)
            case ["wp-json", "wp", "v2", "posts", id_] if id_.isdigit():
                found = [post for post in self.posts if post.id == int(id_)]
                if not found:
                    return self.error("rest_post_invalid_id", "Invalid post ID.", 404)
                return self.json(self.rest_post(found[0]))
            case ["wp-json", *_]:
                message = "No route was found matching the URL and request method."
                return self.error("rest_no_route", message, 404)
        return None

    def listing(self, heading: str, posts: list[Article], number: int, base: str) -> Reply | None:
        shown = posts[(number - 1) * LIST_LENGTH : number * LIST_LENGTH]
        if number > 1 and not shown:
            return None
        more = number * LIST_LENGTH < len(posts) and base == "/"
        body = self.render("list.html", heading=heading, posts=shown, number=number, more=more)
        return Reply(body=body)

    def sitemap(self, name: str) -> Reply | None:
        entries: Iterable[tuple[str, datetime | None]]
        match name:
            case "wp-sitemap-posts-post-1.xml":
                entries = [(post.path, changed(post)) for post in self.posts]
            case "wp-sitemap-posts-page-1.xml":
                entries = [(path, None) for path in self.pages]
            case "wp-sitemap-taxonomies-category-1.xml":
                entries = [(f"/category/{slugify(t)}/", None) for t in self.terms("categories")]
            case "wp-sitemap-taxonomies-post_tag-1.xml":
                entries = [(f"/tag/{slugify(t)}/", None) for t in self.terms("tags")]
            case "wp-sitemap-users-1.xml":
                authors = sorted({author for post in self.posts for author in post.authors})
                entries = [(f"/author/{slugify(author)}/", None) for author in authors]
            case _:
                return None
        return self.xml("sitemap.xml", "application/xml; charset=UTF-8", entries=entries)

    def extras(self, article: Article) -> dict[str, Any]:
        return super().extras(article) | {"graph": self.graph(article)}

    def article_headers(self, article: Article) -> dict[str, str]:
        api = self.url + "/wp-json/"
        return {"Link": f'<{api}>; rel="https://api.w.org/"'}

    def graph(self, article: Article) -> dict[str, Any]:
        """JSON-LD as Yoast writes it."""
        page, org = self.url + article.path, f"{self.url}/#organization"
        person = f"{self.url}/#/schema/person/{slugify(article.authors[0])}"
        piece: dict[str, Any] = {
            "@type": "Article",
            "@id": page + "#article",
            "isPartOf": {"@id": page},
            "author": {"name": article.authors[0], "@id": person},
            "headline": article.title,
            "datePublished": published(article).isoformat(),
            "dateModified": changed(article).isoformat(),
            "mainEntityOfPage": {"@id": page},
            "publisher": {"@id": org},
            "articleSection": list(article.taxonomy["categories"]),
            "keywords": list(article.taxonomy["tags"]),
            "inLanguage": "en-US",
        }
        web_page = {
            "@type": "WebPage",
            "@id": page,
            "url": page,
            "name": f"{article.title} - {self.name}",
            "isPartOf": {"@id": f"{self.url}/#website"},
            "datePublished": published(article).isoformat(),
        }
        site = {"@type": "WebSite", "@id": f"{self.url}/#website", "name": self.name}
        publisher = {"@type": "Organization", "@id": org, "name": self.name, "url": self.url + "/"}
        author = {"@type": "Person", "@id": person, "name": article.authors[0]}
        graph = [piece, web_page, site, publisher, author]
        return {"@context": "https://schema.org", "@graph": graph}

    def search(self, words: str) -> list[Article]:
        """Every term must occur; as in WordPress a term that begins with "-" must not."""
        terms = [term.strip("\"'").lower() for term in words.split()]

        def fits(post: Article) -> bool:
            text = " ".join([post.title, *post.text]).lower()
            return all(
                term[1:] not in text if term.startswith("-") and len(term) > 1 else term in text
                for term in terms
            )

        found = [post for post in self.posts if fits(post)]
        return sorted(found, key=lambda post: words.lower() not in post.title.lower())

    def rest_root(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "description": "Analysis and intelligence",
            "url": self.url,
            "home": self.url,
            "gmt_offset": "3",
            "namespaces": ["oembed/1.0", "wp/v2"],
            "routes": {"/wp/v2/posts": {"namespace": "wp/v2", "methods": ["GET"]}},
        }

    def rest_posts(self, query: Query) -> Reply:
        per_page, page = query.get("per_page", "10"), query.get("page", "1")
        if not (per_page.isdigit() and page.isdigit() and 1 <= int(per_page) <= 100 and int(page)):
            return self.error("rest_invalid_param", "Invalid parameter(s): per_page, page", 400)
        posts = self.search(query["search"]) if "search" in query else self.posts
        if "slug" in query:
            posts = [post for post in posts if post.slug in query["slug"].split(",")]
        try:
            after, before = (local(query[name]) if name in query else None for name in EDGES)
        except ValueError:
            return self.error("rest_invalid_param", "Invalid parameter(s): after, before", 400)
        posts = [post for post in posts if not after or published(post) > after]
        posts = [post for post in posts if not before or published(post) < before]
        size, number = int(per_page), int(page)
        pages = math.ceil(len(posts) / size)
        if number > max(pages, 1):
            text = "The page number requested is larger than the number of pages available."
            return self.error("rest_post_invalid_page_number", text, 400)
        items = [self.rest_post(post) for post in posts[(number - 1) * size : number * size]]
        if fields := {name.strip() for name in query.get("_fields", "").split(",")} - {""}:
            items = [{name: item[name] for name in item if name in fields} for item in items]
        headers = {"X-WP-Total": str(len(posts)), "X-WP-TotalPages": str(pages)}
        return self.json(items, headers=headers)

    def rest_post(self, post: Article) -> dict[str, Any]:
        def both(name: str, when: datetime) -> dict[str, str]:
            form = "%Y-%m-%dT%H:%M:%S"
            utc = when.astimezone(UTC).strftime(form)
            return {name: when.astimezone(ZONE).strftime(form), f"{name}_gmt": utc}

        return {
            "id": post.id,
            **both("date", published(post)),
            **both("modified", changed(post)),
            "slug": post.slug,
            "status": "publish",
            "type": "post",
            "link": self.url + post.path,
            "title": {"rendered": rendered(post.title)},
            "content": {"rendered": self.render("content.html", article=post).decode()},
            "excerpt": {"rendered": f"<p>{rendered(post.excerpt)}</p>\n"},
            "author": number(post.authors[0]),
            "categories": [number(term) for term in post.taxonomy["categories"]],
            "tags": [number(term) for term in post.taxonomy["tags"]],
        }

    def json(self, data: Any, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
        body = json.dumps(data).replace("/", "\\/").encode()
        return Reply(body=body, status=status, type=JSON, headers=headers or {})

    def error(self, code: str, message: str, status: int) -> Reply:
        return self.json({"code": code, "message": message, "data": {"status": status}}, status)


def number(name: str) -> int:
    """A stable id for an author or a term."""
    return crc32(name.encode()) % 900 + 2


def local(text: str) -> datetime:
    """A moment from a query; without an offset it is meant in the site's zone."""
    when = datetime.fromisoformat(text)
    return when if when.tzinfo else when.replace(tzinfo=ZONE)


def rendered(text: str) -> str:
    """Typography as numeric entities, as in WordPress's rendered fields."""
    return html.escape(text, quote=False).encode("ascii", "xmlcharrefreplace").decode()
