"""A crawl for the tests of the wire: fetches each URL it is given, one after the other, and tells
on standard output what Scrapy saw. Run as a child process; the job comes as JSON on stdin."""

import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import scrapy
from scrapy.crawler import AsyncCrawlerProcess

from spiders.wire import Wiring, wire_settings
from storage.warc import WarcWriter


class Job(msgspec.Struct, kw_only=True):
    """What to fetch, and under which bounds."""

    folder: str
    urls: list[str]
    allow_private: bool = True
    max_body_bytes: int = 1_000_000
    max_exchange_seconds: float = 2.0
    unverified_sites: list[str] = []
    obey_robots: bool = False
    concurrency: int = 1
    meta: dict[str, Any] = {}
    largest_file: int = 0
    """RLIMIT_FSIZE, where it is not 0: stands for a full disk."""


class WireSpider(scrapy.Spider):
    """Fetches the URLs of its job in their order."""

    name = "wire"
    job: Job

    async def start(self) -> AsyncIterator[Any]:
        for number, url in enumerate(self.job.urls):
            meta = {"handle_httpstatus_all": True, "asked": url, **self.job.meta}
            if "/redirect" in url:
                del meta["handle_httpstatus_all"]
            yield scrapy.Request(
                url,
                callback=self.came,
                errback=self.failed,
                dont_filter=True,
                priority=-number,
                meta=meta,
            )

    def came(self, response: Any) -> None:
        tell(response.request, status=response.status, size=len(response.body))

    def failed(self, failure: Any) -> None:
        tell(failure.request, error=failure.type.__name__)


def tell(request: Any, **what: object) -> None:
    capture = request.meta.get("capture")
    line = {"asked": request.meta["asked"], "url": request.url, "capture": capture, **what}
    sys.stdout.write(msgspec.json.encode(line).decode() + "\n")
    sys.stdout.flush()


def main() -> None:
    job = msgspec.json.decode(sys.stdin.read(), type=Job)
    if job.largest_file:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (job.largest_file, job.largest_file))
    with (
        WarcWriter(Path(job.folder), "RUN", rotate_bytes=2_000_000, warcinfo={}) as writer,
        Wiring(
            writer,
            allow_private=job.allow_private,
            max_body_bytes=job.max_body_bytes,
            max_exchange_seconds=job.max_exchange_seconds,
            max_decoded_bytes=10_000_000,
            unverified_sites=frozenset(job.unverified_sites),
        ) as wiring,
    ):
        process = AsyncCrawlerProcess(
            {
                **wire_settings(wiring),
                "CONCURRENT_REQUESTS": job.concurrency,
                "CONCURRENT_REQUESTS_PER_DOMAIN": job.concurrency,
                "RETRY_ENABLED": False,
                "ROBOTSTXT_OBEY": job.obey_robots,
                "LOG_LEVEL": "WARNING",
                # Not the rest, which takes half a second to import: who ended the crawl is told.
                "EXTENSIONS_BASE": {"scrapy.extensions.corestats.CoreStats": 0},
            }
        )
        crawler = process.create_crawler(WireSpider)
        process.crawl(crawler, job=job)
        process.start()
    stats = crawler.stats.get_stats() if crawler.stats else {}
    sys.stdout.write(json.dumps({"reason": stats.get("finish_reason")}) + "\n")


if __name__ == "__main__":
    main()
