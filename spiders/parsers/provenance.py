"""Which layer a field was read from, and which layers say something else.

A place names its layer: `jsonld:headline`, `meta:og:title`, `microdata:author`, `link:canonical`,
`rule:title`; `text`, `time:datetime`, or an XPath, is the page in sight.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TypeAlias

from spiders.parsers.base import fold
from spiders.parsers.states import TAG as STATE
from storage.outlets import folded_name
from storage.records import FieldSource, Layer, Said

Given: TypeAlias = tuple[str, str]
"""A place, and the value that stands there."""
MAX_OTHERS = 8
"""Layers that disagree on one field; there are no more than eleven layers."""
MAX_VALUE = 300
"""Characters; the longest of 258 real headlines had 187. It is shown, and nothing rests on it."""
NAMES_JOINED = "; "
OF_PLACE: dict[str, Layer] = {
    "rule": "rule", "jsonld": "json-ld", "microdata": "microdata", "meta": "meta", "link": "link",
    "url": "url", "source": "source", "detected": "detected",
}  # fmt: skip
OPENGRAPH = ("meta:og:", "meta:article:")  # https://ogp.me/


def layer_of(place: str) -> Layer:
    """The layer that a place is in."""
    if place.startswith(OPENGRAPH):
        return "opengraph"
    if f"/{STATE}" in place:
        return "script"
    return OF_PLACE.get(place.partition(":")[0], "page")


def said(place: str, value: str) -> Said:
    """What stands at a place, as it is kept."""
    short = fold(value[: 4 * MAX_VALUE])
    return Said(layer_of(place), place, f"{short[:MAX_VALUE]}…" if short[MAX_VALUE:] else short)


def source_of(
    field: str, chosen: Given, rest: Iterable[Given], same: Callable[[str, str], bool] = str.__eq__
) -> FieldSource:
    """Where a field came from, and what of the rest says something else, each value of a layer
    once. `same` compares a chosen value with another."""
    others: dict[tuple[Layer, str], Said] = {}
    for place, value in rest:
        if value and place != chosen[0] and not same(chosen[1], value):
            one = said(place, value)
            others.setdefault((one.layer, one.value), one)
    return FieldSource(
        field=field, layer=layer_of(chosen[0]), place=chosen[0],
        others=tuple(others.values())[:MAX_OTHERS],
    )  # fmt: skip


def first_of(
    field: str, layers: Iterable[Given], same: Callable[[str, str], bool] = str.__eq__
) -> FieldSource | None:
    """The same of layers in the order in which they are asked: the first that says something
    counts. None where none does."""
    given = [one for one in layers if one[1]]
    return source_of(field, given[0], given[1:], same) if given else None


def same_names(one: str, other: str) -> bool:
    """Whether two lists hold the same names, in whatever order."""
    first, second = (set(map(folded_name, names.split(NAMES_JOINED))) for names in (one, other))
    return first == second


def same_moment(one: str, other: str) -> bool:
    """Whether two ISO 8601 dates can be of one moment, as far as both are precise."""
    try:
        first, second = datetime.fromisoformat(one), datetime.fromisoformat(other)
    except ValueError:  # a year or a month alone
        return one.startswith(other) or other.startswith(one)
    if first.tzinfo and second.tzinfo:
        one, other = (when.astimezone(UTC).isoformat() for when in (first, second))
    length = min(len(one), len(other), len("2020-07-19T10:02"))
    return one[:length] == other[:length]
