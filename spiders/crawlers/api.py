"""The WordPress REST API (https://developer.wordpress.org/rest-api/reference/posts/)."""

import html
import re
from typing import Any
from urllib.parse import urlencode

import msgspec

from spiders.crawlers.found import FoundPage, Reading, absolute, iso_utc, notice
from storage.records import Page

FIELDS = "id,link,date_gmt,modified_gmt,title"
PER_PAGE = 100  # the most that the API gives
MAX_PAGES = 100
"""Pages that one visit asks for: 10,000 posts, ten times what a run takes; a window takes a run
further back."""


def posts_url(root: str, page: int = 1, since: str | None = None, until: str | None = None) -> str:
    """One page of all posts, newest first. `root` ends in `/wp/v2/`."""
    query = {"per_page": PER_PAGE, "page": page, "_fields": FIELDS}
    window = {"after": _day(since, "T00:00:00Z"), "before": _day(until, "T23:59:59Z")}
    return _url(root, query | {name: value for name, value in window.items() if value})


def search_url(root: str, words: str, limit: int = 20) -> str:
    """Posts that have all `words`, the best first."""
    return _url(root, {"search": words, "per_page": limit, "_fields": FIELDS})


def read(page: Page, why: str = "api") -> Reading:
    """The posts, and the next page where there is one. What is no list of posts gives none."""
    found = [
        one
        for place, post in enumerate(_posts(page), start=1)
        if (one := _found(post, page, why, f"post {place}"))
    ]
    number = re.search(r"(?<=[?&]page=)\d+", page.capture.url)
    if not found or not number or int(number[0]) >= _total_pages(page):
        return Reading(tuple(found))
    url = page.capture.url
    following = url[: number.start()] + str(int(number[0]) + 1) + url[number.end() :]
    return Reading(tuple(found), (following,))


def _total_pages(page: Page) -> int:
    """`X-WP-TotalPages`; 1 where it is missing or no number."""
    for name, value in page.headers:
        if name.lower() == "x-wp-totalpages" and value.strip().isdecimal():
            return min(int(value.strip()[:6]), MAX_PAGES)
    return 1


def is_api(page: Page) -> bool:
    """Whether the page is a list of posts."""
    return any(isinstance(post, dict) and "link" in post for post in _posts(page))


def is_list(page: Page) -> bool:
    """Whether the page is a list, be it empty: what a search without result gives."""
    return page.body.lstrip()[:1] == b"[" and page.body.rstrip()[-1:] == b"]"


def _url(root: str, query: dict[str, Any]) -> str:
    # Sites without pretty permalinks have the API at `/?rest_route=/wp/v2/`.
    mark = "&" if "?" in root else "?"
    return f"{root.rstrip('/')}/posts{mark}{urlencode(query)}"


def _day(text: str | None, time: str) -> str | None:
    return text + time if text and len(text) == len("2020-07-19") else text


def _posts(page: Page) -> list[Any]:
    try:
        posts = msgspec.json.decode(page.body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return []
    return posts if isinstance(posts, list) else []


def _found(post: Any, page: Page, why: str, place: str) -> FoundPage | None:
    if not isinstance(post, dict) or not isinstance(post.get("link"), str):
        return None
    url = absolute(page.capture.url, post["link"])
    title = post.get("title")
    rendered = title.get("rendered") if isinstance(title, dict) else None
    if url is None:
        return None
    day, changed = post.get("date_gmt"), post.get("modified_gmt")
    published, modified = _gmt(day), _gmt(changed)
    return FoundPage(
        url=url,
        why=why,
        via=page.capture.url,
        published=published,
        modified=modified,
        title=html.unescape(rendered) if isinstance(rendered, str) else None,
        notices=notice(page, url, "api", "published", day, published, f"{place}: date_gmt")
        + notice(page, url, "api", "updated", changed, modified, f"{place}: modified_gmt"),
    )


def _gmt(value: Any) -> str | None:
    """The API leaves the zone out of its GMT times."""
    when = iso_utc(value) if isinstance(value, str) else None
    return when + "Z" if when and "T" in when and not when.endswith("Z") else when
