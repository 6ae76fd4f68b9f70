"""Kestrel Daily: a modern outlet with JSON-LD, OpenGraph, RSS and gzipped sitemaps."""

import gzip
from typing import Any, ClassVar

from tests.outlets.content import Article
from tests.outlets.site import Query, Reply, Site, changed, published, slug_url

LIST_LENGTH = 6


class KestrelDaily(Site):
    outlet = "kestrel-daily"
    uploads = "/media/images/"
    pages: ClassVar = {
        "/about": "About Kestrel Daily",
        "/contact": "Contact us",
        "/privacy": "Privacy",
        "/newsletters": "Newsletters",
        "/republish": "How to republish our stories",
    }

    def route(self, path: str, query: Query) -> Reply | None:
        page = query.get("page", "1")
        number = int(page) if page.isdigit() else 1
        match path.strip("/").split("/"):
            case [""]:
                return self.listing("Today", self.posts[:LIST_LENGTH], 1, "/latest")
            case ["latest"]:
                return self.listing("Latest", self.posts, number, path)
            case ["topics" | "people" as kind, slug]:
                found = self.under({"topics": "tags", "people": "author"}[kind], slug)
                return self.listing(slug, found, number, path) if found else None
            case ["rss.xml"]:
                return self.xml("rss.xml", "application/rss+xml; charset=utf-8")
            case ["news-sitemap.xml"]:
                return self.xml("news-sitemap.xml", "application/xml", posts=self.posts[:5])
            case ["sitemap_index.xml.gz"]:
                return self.gzipped("sitemap-index.xml", years=self.years())
            case [name] if name.startswith("sitemap-articles-"):
                posts = [post for post in self.posts if post.published[:4] == name[17:21]]
                return self.gzipped("sitemap.xml", posts=posts) if posts else None
            case [section] if found := self.under("section", section):
                return self.listing(section.title(), found, number, path)
        return None

    def years(self) -> list[str]:
        return sorted({post.published[:4] for post in self.posts}, reverse=True)

    def gzipped(self, template: str, **context: Any) -> Reply:
        """A file that is gzip itself, as `.xml.gz` sitemaps are: no content coding."""
        body = gzip.compress(self.render(template, **context), mtime=0)
        return Reply(body=body, type="application/x-gzip")

    def listing(self, heading: str, posts: list[Article], number: int, base: str) -> Reply | None:
        shown = posts[(number - 1) * LIST_LENGTH : number * LIST_LENGTH]
        if not shown:
            return None
        more = number * LIST_LENGTH < len(posts)
        context = {"posts": shown, "number": number, "more": more, "base": base}
        return Reply(body=self.render("list.html", heading=heading, **context))

    def extras(self, article: Article) -> dict[str, Any]:
        return super().extras(article) | {"news": self.news(article)}

    def news(self, article: Article) -> dict[str, Any]:
        """JSON-LD NewsArticle."""
        assert article.image
        page = self.url + article.path
        logo = {"@type": "ImageObject", "url": f"{self.url}{self.uploads}logo.png"}
        news: dict[str, Any] = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "mainEntityOfPage": {"@type": "WebPage", "@id": page},
            "url": page,
            "headline": article.title,
            "description": article.standfirst,
            "image": [f"{self.url}{self.uploads}{article.image.file}"],
            "datePublished": published(article).isoformat(),
            "dateModified": changed(article).isoformat(),
            "author": [
                {"@type": "Person", "name": name, "url": f"{self.url}/people/{slug_url(name)}"}
                for name in article.authors
            ],
            "publisher": {"@type": "NewsMediaOrganization", "name": self.name, "logo": logo},
            "articleSection": article.taxonomy["section"][0],
            "keywords": list(article.taxonomy["tags"]),
            "inLanguage": article.language,
            "isAccessibleForFree": True,
        }
        if article.based_on:
            news["isBasedOn"] = self.link(article.based_on)
        return news
