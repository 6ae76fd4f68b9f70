"""Drift: what became of the text after it was copied, on either side.

An original that was corrected while its copy was not, a copy that was edited later: facts with the
captures between which they happened.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Literal

from flows.crossposts.edits import counted
from flows.crossposts.fingerprints import gram_hashes, word_hashes
from flows.crossposts.moments import Interval
from flows.crossposts.versions import OF_THE_TEXT, Event
from storage.findings import Drift
from storage.records import Article


def drift(
    side: Literal["original", "copy"],
    events: list[Event],
    versions: Mapping[str, Article],
    compared: Article,
    made: Interval,
    other: Article,
) -> Iterator[Drift]:
    """The edits of one side's text since the copy was made.

    `compared`: the version of this side that was compared; `made`: when the copy was; `other`: the
    newest version of the other side.
    """
    begun = False
    for event in events:
        begun = begun or event.from_article == compared.id
        if not event.to_article or event.kind not in OF_THE_TEXT:
            continue
        if begun or datetime.fromisoformat(event.after.at) >= made.latest:
            before, after = versions[event.from_article], versions[event.to_article]
            yield Drift(
                side=side,
                kind=event.kind,
                after=event.after.at,
                after_capture=event.after.capture,
                before=event.before.at,
                before_capture=event.before.capture,
                from_article=before.id,
                to_article=after.id,
                edits=counted([event.edits]),
                followed=followed(before, after, other),
            )


def followed(before: Article, after: Article, other: Article) -> bool | None:
    """Whether another text has an edit, too: of the words around what changed, those after it or
    those before. None where it has neither, or as many of both."""
    old, new, there = _grams(before), _grams(after), _grams(other)
    has_new, has_old = len((new - old) & there), len((old - new) & there)
    return None if has_new == has_old else has_new > has_old


def _grams(article: Article) -> set[int]:
    hashes: set[int] = set(gram_hashes(word_hashes(article.text)).tolist())
    return hashes
