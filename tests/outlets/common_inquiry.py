"""Common Inquiry: an aggregator with loose markup, Atom, listing pages and a sitemap index."""

from typing import Any, ClassVar

from tests.outlets.content import Article, Source
from tests.outlets.site import Query, Reply, Site, slugify

LIST_LENGTH = 5
SITEMAP_LENGTH = 7


class CommonInquiry(Site):
    outlet = "common-inquiry"
    uploads = "/images/"
    pages: ClassVar = {"/about": "About", "/contact": "Contact", "/membership": "Membership"}

    def route(self, path: str, query: Query) -> Reply | None:
        match path.strip("/").split("/"):
            case [""]:
                return self.listing("Latest News & Top Stories", self.posts[:LIST_LENGTH])
            case ["latest"]:
                return self.latest(query.get("page", "1"))
            case ["region" | "theme" | "author" as kind, slug]:
                found = self.under(kind, slug)
                return self.listing(slug.replace("-", " ").title(), found) if found else None
            case ["atom.xml"]:
                return self.xml("atom.xml", "application/atom+xml; charset=utf-8")
            case ["sitemap.xml"]:
                count = -(-len(self.posts) // SITEMAP_LENGTH)
                return self.xml("sitemap-index.xml", "text/xml", count=count)
            case ["sitemap-1.xml" | "sitemap-2.xml" as name]:
                start = (int(name[8]) - 1) * SITEMAP_LENGTH
                # Oldest first, so that a part that is full never changes.
                posts = self.posts[::-1][start : start + SITEMAP_LENGTH]
                return self.xml("sitemap.xml", "text/xml", posts=posts)
        return None

    def latest(self, page: str) -> Reply | None:
        number = int(page) if page.isdigit() else 1
        shown = self.posts[(number - 1) * LIST_LENGTH : number * LIST_LENGTH]
        more = number * LIST_LENGTH < len(self.posts)
        return self.listing("Latest", shown, number, more) if shown else None

    def listing(
        self, heading: str, posts: list[Article], number: int = 0, more: bool = False
    ) -> Reply:
        body = self.render("list.html", heading=heading, posts=posts, number=number, more=more)
        return Reply(body=body)

    def extras(self, article: Article) -> dict[str, Any]:
        source = article.source
        credited = source.name if source else self.name
        author = article.authors[0] if article.authors else credited
        original = self.source_link(source) if source else self.url + "/"
        return super().extras(article) | {
            "source": source,
            "credited": credited,
            "author": author,
            "original": original,
            "author_link": f"/author/{slugify(author)}" if article.authors else original,
            "host": self.urls[article.copied_from.split("/")[0]] if article.copied_from else "",
            "year": article.published[:4],
        }

    def source_link(self, source: Source) -> str:
        return self.link(source.article) if source.article and not source.dead_link else "#"
