"""What differs between two readings of the same captures, field by field."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

import msgspec
from msgspec import Struct, structs

from storage.records import Article

# What follows from the rest, or says who read: a change in it alone is no change of what is read.
PARTICULARS = frozenset((
    "id", "capture", "url", "canonical_url", "captured_at", "parser", "warc", "words", "provenance",
))  # fmt: skip


class Differs(Struct, frozen=True):
    """A field in two readings: what it was and is; of a list, what it lost and gained."""

    before: Any
    after: Any


class Change(Struct, frozen=True, kw_only=True):
    """What another reading of one capture changed."""

    capture: str
    url: str
    what: Literal["changed", "particulars", "new", "gone"]
    """`new`: it was no article before; `gone`: it is none any more; `particulars`: only
    which parser read it, or what follows from that."""
    fields: dict[str, Differs] = {}
    before: str | None
    """Ids of the article."""
    after: str | None


def changes(before: Sequence[Article], after: Iterable[Article]) -> list[Change]:
    """What changed from one reading of captures to another, in the order of the newer reading.
    Both may lie on the disk."""
    places = {article.capture: place for place, article in enumerate(before)}
    found = []
    for article in after:
        place = places.pop(article.capture, None)
        one = None if place is None else before[place]
        if one != article:
            found.append(_change(one, article))
    return found + [_gone(before[place]) for place in places.values()]


def _change(old: Article | None, new: Article) -> Change:
    fields = dict(_fields(old, new)) if old else {}
    return Change(
        capture=new.capture,
        url=new.url,
        what="new" if old is None else "changed" if fields else "particulars",
        fields=fields,
        before=old.id if old else None,
        after=new.id,
    )


def _gone(old: Article) -> Change:
    return Change(capture=old.capture, url=old.url, what="gone", before=old.id, after=None)


def _fields(old: Article, new: Article) -> Iterator[tuple[str, Differs]]:
    for field in structs.fields(Article):
        before, after = getattr(old, field.name), getattr(new, field.name)
        if field.name not in PARTICULARS and before != after:
            yield field.name, _differs(msgspec.to_builtins(before), msgspec.to_builtins(after))


def _differs(before: Any, after: Any) -> Differs:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return Differs(_without(before, after), _without(after, before))
    if not isinstance(before, list | tuple) or not isinstance(after, list | tuple):
        return Differs(before, after)
    lost, gained = _lacking(before, after), _lacking(after, before)
    if lost or gained:
        return Differs(lost, gained)
    return Differs(list(before), list(after))  # the same in another order


def _without(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in one.items() if other.get(key) != value}


def _lacking(one: Iterable[Any], other: Iterable[Any]) -> list[Any]:
    """What of one list is not in the other, as often as it is missing."""
    left = Counter(map(msgspec.json.encode, other))
    out = []
    for item in one:
        key = msgspec.json.encode(item)
        if left[key]:
            left[key] -= 1
        else:
            out.append(item)
    return out
