"""What the parent asks of a crawl child, and what the child says: one JSON value a line.

The job goes down the child's stdin, events come up its stdout. `flows.crawling` is the parent's
end, `spiders.child` the child's.
"""

from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct

from config.registry import Source
from config.settings import Settings
from storage.records import Problem

JobKind = Literal["archive", "backfill", "follow", "recheck", "discover", "check"]
"""`archive`: a source in a window; `backfill`: what was published in one, long afterwards;
`follow`: these pages and their originals; `recheck`: these pages alone; `discover`: what does this
site offer; `check`: does what the source file says work."""
Way = Literal["sitemap", "api", "listing", "day"]
"""Where a site lists what it once published. `day`: a page for each day."""
Via = Literal["site", "wayback", "commoncrawl"]

Split = Literal["week", "month", "quarter", "year"]
"""How long one window of a backfill is. A month of an outlet with thirty articles a day is what one
run fetches (`max_pages`, 1,000); what is more takes a second run over the same window."""


class Backfill(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a backfill looks."""

    via: Via
    ways: tuple[Way, ...] = ()
    """Of a site."""


class KnownPage(Struct, frozen=True, kw_only=True):
    """A page that earlier runs archived."""

    url: str
    canonical_url: str
    etag: str | None = None
    last_modified: str | None = None
    due: bool = False
    """Visit it, even though nothing lists it any more: that is how a gone page is noticed. A known
    page that is not due is left alone, unless its outlet says that it changed after `seen`."""
    seen: str | None = None
    """When it was last captured, ISO 8601 UTC."""
    ours: bool = True
    """False: an archive or an import has it, and we have not been there ourselves."""
    gone: bool = False
    """All answers said that it is not there (any more). A web archive may have it."""
    version: str | None = None
    """Id of the version whose files (media, requisites) the archive has; they are not asked for
    again. None: ask for those of whatever version comes."""


class Job(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One crawl."""

    run: str
    folder: Path
    """Work folder of the run; WARC files go to its `warc/`."""
    kind: JobKind = "archive"
    source: Source | None = None
    sources: tuple[Source, ...] = ()
    """All registered sources: who is meant by a name or a link."""
    settings: Settings
    since: str | None = None
    """ISO date or time; a page known to be older is not fetched."""
    until: str | None = None
    """ISO date (that day included) or time; a page known to be newer is not fetched."""
    backfill: Backfill | None = None
    urls: tuple[str, ...] = ()
    """Pages asked for (`follow`, or besides a source's own); the site (`discover`)."""
    known: Path | None = None
    """JSON Lines of KnownPage."""


class Event(Struct, frozen=True, kw_only=True, tag=str.lower, tag_field="event"):
    """Something that the child says."""


class Started(Event, frozen=True, kw_only=True):
    """The crawl begins."""

    run: str
    pid: int


class Fetched(Event, frozen=True, kw_only=True):
    """One exchange ended. `status` is None where no response came; `bytes` are the body's."""

    url: str
    status: int | None
    bytes: int
    why: str


class Found(Event, frozen=True, kw_only=True):
    """A feed, sitemap, API or listing was read: so many articles of the source are in it."""

    where: str
    why: str
    count: int


class Trouble(Event, frozen=True, kw_only=True, tag="problem"):
    """Something was not archived as asked."""

    what: str
    url: str | None = None


class Log(Event, frozen=True, kw_only=True):
    """A line for people."""

    level: Literal["info", "warning"]
    message: str


class Progress(Event, frozen=True, kw_only=True):
    """Article pages done, and those waiting."""

    done: int
    queued: int


class Finding(Event, frozen=True, kw_only=True):
    """`discover` and `check`: one thing that was looked at."""

    what: str
    """`site`, `robots`, `feed`, `sitemap`, `api`, `listing`."""
    url: str
    ok: bool
    detail: str


class Discovered(Event, frozen=True, kw_only=True):
    """`discover`: the source file that suits the site."""

    source: Source


class Closed(Event, frozen=True, kw_only=True):
    """The last event of a crawl that ended in order."""

    reason: str
    """`finished`, `stopped` or `failed`."""
    counts: dict[str, int]
    problems: tuple[Problem, ...] = ()
    limits_reached: tuple[str, ...] = ()


AnyEvent = (
    Started | Fetched | Found | Trouble | Log | Progress | Finding | Discovered | Closed
)  # fmt: skip

_encoder = msgspec.json.Encoder(enc_hook=str)
_job_decoder = msgspec.json.Decoder(Job, dec_hook=lambda kind, value: kind(value))
_event_decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(AnyEvent)


def encode(value: Job | Event) -> bytes:
    """One line, with its line feed."""
    return _encoder.encode(value) + b"\n"


def decode_job(line: bytes) -> Job:
    """Raises msgspec.DecodeError or ValidationError."""
    return _job_decoder.decode(line)


def decode_event(line: bytes) -> AnyEvent:
    """Raises msgspec.DecodeError or ValidationError."""
    event: AnyEvent = _event_decoder.decode(line)
    return event


def read_known(path: Path | None) -> dict[str, KnownPage]:
    """Known pages by canonical URL. Raises OSError, msgspec.DecodeError or ValidationError."""
    if path is None:
        return {}
    decoder = msgspec.json.Decoder(KnownPage)
    with path.open("rb") as lines:
        pages = [decoder.decode(line) for line in lines if line.strip()]
    return {page.canonical_url: page for page in pages}
