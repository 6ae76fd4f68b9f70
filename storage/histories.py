"""What became of one page: its versions, and what its captures showed."""

from bisect import bisect_right
from typing import NamedTuple

from msgspec import Struct

from storage.readers import comparable
from storage.records import Article


class Sight(NamedTuple):
    """What one capture showed of a page."""

    at: str
    capture: str
    article: str | None
    """Id of the version; None: the page was gone."""


class History(Struct, frozen=True):
    """What became of one page: its versions in the order of their first sight, and its end."""

    page: str
    versions: tuple[Article, ...]
    """What the publisher changed. Where two readings differ and were not by the same parser, that
    cannot be told: then they are one version, and the newer reading stands for it."""
    first_seen: str
    last_seen: dict[str, str]
    """Id of each version → when it was seen last; after A, B, A that is later for A."""
    gone_at: str | None
    read_as: dict[str, str] = {}
    """Id of each reading that is no version of its own → the id of the version it is taken for."""
    sights: tuple[Sight, ...] = ()
    """What the captures showed, in the order of time. Those that say nothing are left out: walls,
    errors, redirects."""

    def number(self, article: str) -> int:
        """Which version this is, from 1."""
        ids = [version.id for version in self.versions]
        return ids.index(self.read_as.get(article, article)) + 1

    @property
    def current(self) -> Article:
        """The version that was seen last."""
        return max(self.versions, key=lambda version: (self.last_seen[version.id], version.id))


def history(page: str, seen: list[tuple[Article, str, str]], sights: list[Sight]) -> History:
    """What became of a page, of which each reading was seen from one time to another; in the order
    of the first. It is gone if nobody has seen it since it was found gone.

    What broke off on its way is no version beside whole ones: what it lacks, nobody removed.
    """
    last = max(until for _, _, until in seen)
    versions: list[list[tuple[Article, str, str]]] = []
    whole = [one for one in seen if not one[0].broke_off] or seen
    for one in whole:
        if versions and not comparable(versions[-1][-1][0], one[0]):
            versions[-1].append(one)
        else:
            versions.append([one])
    standing = [same[-1][0] for same in versions]
    read_as = {
        reading.id: one.id
        for one, same in zip(standing, versions, strict=True)
        for reading, _, _ in same[:-1]
    }
    starts = [same[0][1] for same in versions]
    parts = {one[0].id: one[1] for one in seen if one not in whole}
    for part, since in parts.items():
        read_as[part] = standing[max(bisect_right(starts, since) - 1, 0)].id
    return History(
        page=page,
        versions=tuple(standing),
        first_seen=seen[0][1],
        last_seen={
            one.id: max(until for _, _, until in same)
            for one, same in zip(standing, versions, strict=True)
        },
        gone_at=next((at for at, _, article in sights if article is None and at > last), None),
        read_as=read_as,
        sights=tuple(
            one._replace(article=read_as.get(one.article or "", one.article))
            for one in sights
            if one.article not in parts  # which version that was, it does not tell
        ),
    )
