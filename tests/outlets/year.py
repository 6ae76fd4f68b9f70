"""The Fjord Courier: an outlet with a year of articles, listed in every way that outlets have."""

import json
import random
from datetime import UTC, date, datetime, timedelta

from tests.outlets.served import NOTHING, Query, Said, Served

FIRST, LAST = date(2021, 1, 1), date(2021, 12, 31)
COUNT = 72
PER_LIST = 20
PER_API_PAGE = 30
NAME = "Fjord Courier"
WORDS = [
    "harbour",
    "ferry",
    "council",
    "winter",
    "bridge",
    "salmon",
    "village",
    "engine",
    "minutes",
    "skipper",
    "island",
    "tide",
    "market",
    "light",
    "teacher",
    "storm",
    "railway",
    "meadow",
    "letter",
    "bakery",
    "customs",
    "budget",
    "school",
    "library",
    "fire",
    "orchard",
]


def day_of(number: int) -> date:
    """When story `number` was published: one every five days."""
    return FIRST + timedelta(days=number * 365 // COUNT)


def path_of(number: int) -> str:
    """No date stands in it: only the lists and the page say when it was."""
    return f"/{WORDS[number % len(WORDS)]}-and-the-fjord-{number}"


def title_of(number: int) -> str:
    """Its headline."""
    return f"The {WORDS[number % len(WORDS)]} and the fjord, part {number}"


def page_of(number: int) -> bytes:
    """The article as its outlet serves it, with a text of its own."""
    chance = random.Random(number)
    text = "".join(
        f"<p>{' '.join(chance.choices(WORDS, k=40)).capitalize()}, number {number} of the year.</p>"
        for _ in range(4)
    )
    day, title = day_of(number), title_of(number)
    return (
        f'<!DOCTYPE html><html lang="en"><head><title>{title} - {NAME}</title>'
        f'<meta property="og:type" content="article">'
        f'<meta property="og:site_name" content="{NAME}">'
        f'<meta property="og:title" content="{title}">'
        f'<meta property="article:published_time" content="{day}T09:00:00Z"></head>'
        f"<body><article><h1>{title}</h1><time datetime='{day}'>{day}</time>{text}</article>"
        "</body></html>"
    ).encode()


class Courier(Served):
    """The outlet: `/sitemap.xml`, `/wp-json/wp/v2/posts`, `/news`, `/2021/03/05/`."""

    def __init__(self) -> None:
        super().__init__(self._answer)
        self.numbers = {path_of(number): number for number in range(COUNT)}
        self.articles = [self.url.rstrip("/") + path for path in self.numbers]

    def visited(self) -> list[str]:
        """The articles that were asked for, in order."""
        return [path for path in self.asked if path in self.numbers]

    def _answer(self, path: str, query: Query, _: dict[str, str]) -> Said:
        if path in self.numbers:
            return Said(page_of(self.numbers[path]))
        if path == "/sitemap.xml":
            return self._sitemaps()
        if path.startswith("/posts-"):
            return self._sitemap(int(path[len("/posts-")]))
        if path == "/wp-json/wp/v2/posts":
            return self._api(dict(query))
        if path == "/news":
            return self._news(int(dict(query).get("page", "1")))
        if len(parts := path.strip("/").split("/")) == 3 and "".join(parts).isdecimal():
            return self._day(date(*map(int, parts)))
        return NOTHING

    def _sitemaps(self) -> Said:
        """One sitemap for each quarter, by lastmod."""
        maps = "".join(
            f"<sitemap><loc>{self.url}posts-{quarter}.xml</loc>"
            f"<lastmod>{day_of(COUNT // 4 * quarter - 1)}</lastmod></sitemap>"
            for quarter in (1, 2, 3, 4)
        )
        return Said(f"<sitemapindex>{maps}</sitemapindex>".encode(), kind="application/xml")

    def _sitemap(self, quarter: int) -> Said:
        some = range(COUNT // 4 * (quarter - 1), COUNT // 4 * quarter)
        urls = "".join(
            f"<url><loc>{self.articles[n]}</loc><lastmod>{day_of(n)}</lastmod></url>" for n in some
        )
        return Said(f"<urlset>{urls}</urlset>".encode(), kind="application/xml")

    def _api(self, asked: dict[str, str]) -> Said:
        """`after` and `before` exclude the moment itself, as WordPress does."""
        after = datetime.fromisoformat(asked.get("after", "1970-01-01T00:00:00Z"))
        before = datetime.fromisoformat(asked.get("before", "2100-01-01T00:00:00Z"))
        found = [n for n in range(COUNT) if after < self._moment(n) < before][::-1]
        pages = -(-len(found) // PER_API_PAGE)
        at = (int(asked["page"]) - 1) * PER_API_PAGE
        posts = [
            {
                "id": n,
                "link": self.articles[n],
                "date_gmt": f"{self._moment(n):%Y-%m-%dT%H:%M:%S}",
                "modified_gmt": f"{self._moment(n):%Y-%m-%dT%H:%M:%S}",
                "title": {"rendered": title_of(n)},
            }
            for n in found[at : at + PER_API_PAGE]
        ]
        total = {"X-WP-Total": str(len(found)), "X-WP-TotalPages": str(pages)}
        return Said(json.dumps(posts).encode(), kind="application/json", headers=total)

    def _moment(self, number: int) -> datetime:
        day = day_of(number)
        return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)

    def _news(self, page: int) -> Said:
        newest = list(range(COUNT))[::-1][PER_LIST * (page - 1) : PER_LIST * page]
        older = f'<a rel="next" href="/news?page={page + 1}">Older</a>' if newest[-1] else ""
        return self._list(newest, older)

    def _day(self, day: date) -> Said:
        found = [n for n in range(COUNT) if day_of(n) == day]
        return self._list(found, "") if found else NOTHING

    def _list(self, numbers: list[int], more: str) -> Said:
        links = "".join(f'<h2><a href="{path_of(n)}">{title_of(n)}</a></h2>' for n in numbers)
        return Said(f"<html><body>{links}{more}</body></html>".encode())
