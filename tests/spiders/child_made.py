"""A crawl in a child process, as its tests hear of it."""

from collections.abc import Callable

from config.registry import Politeness, Source
from config.settings import Settings
from spiders.job import AnyEvent, Closed, Fetched, Log, Trouble
from tests.spiders.small_site import Site

SETTINGS = Settings(allow_private_addresses=True, max_exchange_seconds=10)
QUICK = Politeness(delay=0.01)


class Heard:
    """A crawl's result and events."""

    def __init__(self, closed: Closed, events: list[AnyEvent]) -> None:
        self.closed = closed
        self.events = events
        self.fetched = [(one.url, one.status) for one in events if isinstance(one, Fetched)]
        self.problems = [one.what for one in events if isinstance(one, Trouble)]
        self.log = [one.message for one in events if isinstance(one, Log)]


Crawl = Callable[..., Heard]


def source_of(site: Site, **more: object) -> Source:
    fields = {"feeds": (site.url + "feed",), "politeness": QUICK} | more
    return Source(id="lenne", name="Lenne Courier", homepage=site.url, **fields)  # type: ignore[arg-type]
