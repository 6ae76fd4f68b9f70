"""One page as a line of versions, put together for those who look."""

from collections.abc import Mapping

from msgspec import Struct

from flows.crossposts.versions import Event, Stretch, events, stretches
from storage.histories import History
from storage.records import Article


class Version(Struct, frozen=True, kw_only=True):
    """One version of a page, and when it was seen."""

    number: int
    article: str
    title: str
    published_at: str | None
    updated: tuple[str, ...]
    """The dates of update that it prints."""
    words: int
    seen: tuple[Stretch, ...]
    """The captures in a row that show it; more than one where it came back."""


class Lifeline(Struct, frozen=True, kw_only=True):
    """The versions of one page, and what happened between them."""

    url: str
    outlet: str
    captures: int
    """Those that show the page, or that it was gone."""
    versions: tuple[Version, ...]
    events: tuple[Event, ...]
    gone_at: str | None


def lifeline(history: History) -> Lifeline:
    """What became of a page."""
    articles: Mapping[str, Article] = {one.id: one for one in history.versions}
    line = stretches(history.sights)
    return Lifeline(
        url=history.current.url,
        outlet=history.current.outlet,
        captures=len(history.sights),
        versions=tuple(
            Version(
                number=number,
                article=one.id,
                title=one.title,
                published_at=one.published_at,
                updated=tuple(date.raw for date in one.published if date.says == "updated"),
                words=one.words,
                seen=tuple(some for some in line if some.article == one.id),
            )
            for number, one in enumerate(history.versions, 1)
        ),
        events=tuple(events(history.sights, articles)),
        gone_at=history.gone_at,
    )
