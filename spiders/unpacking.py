"""Content codings taken off as they are when a capture is read back: what a crawl looks at while it
runs is what will be found in the archive."""

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from config.settings import Settings
from storage.message import unpacked


class UnpackMiddleware:
    """Stands in the place of Scrapy's HttpCompressionMiddleware, which took three times as long
    for gzip, and gives up where a browser would go on reading. Headers stay as they came."""

    def __init__(self, limit: int) -> None:
        self._limit = limit

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make one."""
        settings: Settings = crawler.settings["COPYTRAIL_SETTINGS"]
        return cls(settings.max_decoded_bytes)

    def process_response(self, request: Request, response: Response) -> Response:
        """Raises IgnoreRequest for a body that unpacks to more than `max_decoded_bytes`."""
        lines = response.headers.getlist("Content-Encoding")
        if not lines or not response.body:
            return response
        codings = b",".join(lines).decode("latin-1")
        body, note = unpacked(codings, response.body, self._limit)
        if note and not body:
            raise IgnoreRequest(f"{request.url}: {note}")
        return response.replace(body=body)
