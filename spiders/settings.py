"""Scrapy's settings. `scrapy.cfg` names this module; a crawl adds those of its job."""

from typing import Any

from config.settings import MIB
from spiders.job import Job

BOT_NAME = "copytrail"
SPIDER_MODULES = ["spiders.crawlers"]

ROBOTSTXT_OBEY = True
REFERER_ENABLED = False  # the request stays the same, whatever led to it
HTTPERROR_ALLOW_ALL = True  # a 404 is an answer that we keep and read
URLLENGTH_LIMIT = 2083
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
# Transient server errors and refusals for haste are tried again, each time with a longer rest
# (politeness.PoliteMiddleware). A host that refuses or lets us wait is left to the next run.
RETRY_TIMES = 2
RETRY_HTTP_CODES = [429, 500, 502, 503, 504]
RETRY_EXCEPTIONS = [
    "scrapy.exceptions.DownloadFailedError",
    "scrapy.exceptions.ResponseDataLossError",
]
# Requests that wait for their host's turn count too: four sources and originals at once.
CONCURRENT_REQUESTS = 16
DOWNLOAD_DELAY_JITTER = 0.0
DNS_TIMEOUT = 20
# What nobody reads here is not counted: the crawl tells its own counts (report.Reporter).
STATS_CLASS = "scrapy.statscollectors.DummyStatsCollector"
# What stands here is all there is, for what Scrapy has besides is not for us: cookies (a visit must
# not depend on the one before it), a cache (each visit is evidence of its own moment), proxies of
# the environment (they would hide the address connected to), meta refresh (part of the page, not
# of HTTP; a reader sees it too), passwords, a remote control that runs Python that is sent to it.
# What is only turned off is imported all the same, which was half of the time that a crawl takes
# to start.
EXTENSIONS_BASE: dict[str, Any] = {}  # crawlers.fetch watches the memory in use
DOWNLOADER_MIDDLEWARES_BASE: dict[str, Any] = {
    "spiders.politeness.RobotsMiddleware": 100,
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": 550,
    "spiders.unpacking.UnpackMiddleware": 590,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": 600,
    "spiders.politeness.PoliteMiddleware": 840,
}
LOG_LEVEL = "WARNING"
LOG_ENABLED = True


def job_settings(job: Job) -> dict[str, Any]:
    """What the job adds to this module."""
    limits = job.settings
    sources = job.sources + ((job.source,) if job.source else ())
    return {
        "USER_AGENT": limits.user_agent,
        "ROBOTSTXT_USER_AGENT": limits.user_agent,
        "REDIRECT_MAX_TIMES": limits.max_redirects,
        "DOWNLOAD_TIMEOUT": limits.max_exchange_seconds,
        # Also the bound of what a compressed body may unpack to.
        "DOWNLOAD_MAXSIZE": max(limits.max_body_bytes, limits.max_decoded_bytes),
        "DOWNLOAD_WARNSIZE": 64 * MIB,
        "COPYTRAIL_SETTINGS": limits,
        # Each host has a limit of its own (politeness); this is how many connections are kept.
        "CONCURRENT_REQUESTS_PER_DOMAIN": max(
            (one.politeness.concurrency for one in sources), default=1
        ),
        "COPYTRAIL_SOURCES": sources,
    }
