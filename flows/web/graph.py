"""Who took a text from whom, as a picture: originals left, copies of copies further right."""

from collections import defaultdict
from collections.abc import Mapping

from msgspec import Struct

from storage.findings import Trail, TrailArticle, Verdict

BOX_WIDTH, BOX_HEIGHT = 200, 54
ACROSS, DOWN = 290, 84
"""From one box to the next."""
SHOWN = 60  # pages; more arrows than that cannot be followed
LONGEST = 25  # letters that a box holds
SIGN: dict[Verdict, str] = {
    "confirmed": "✓", "contradicted": "✗", "unverifiable": "?", "unclaimed": "∅",
}  # fmt: skip


class Box(Struct, frozen=True, kw_only=True):
    """A page, or an original that is not archived."""

    x: int
    y: int
    outlet: str
    below: str
    archived: bool
    says: str


class Arrow(Struct, frozen=True, kw_only=True):
    """A copy: from the original to the page that took it."""

    path: str
    verdict: Verdict
    sign: str
    x: float
    y: float
    says: str


class Graph(Struct, frozen=True, kw_only=True):
    """The picture, to be put out by `graph.svg`."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    left_out: int


def graph(trail: Trail) -> Graph:
    """The picture of a trail."""
    pages = {article.url: article for article in trail.articles[:SHOWN]}
    sources: dict[str, list[str]] = defaultdict(list)
    lost: dict[str, str] = {}  # copies of which nothing of the original is archived
    copies = [copy for copy in trail.copies if copy.copy_url in pages]
    for copy in copies:
        if copy.original_url in pages:
            sources[copy.copy_url].append(copy.original_url)
        else:
            name = f"?{copy.original_url or copy.copy_url}"
            lost[name] = copy.original_url or "an original"
            sources[copy.copy_url].append(name)
    places = _places([*lost, *pages], sources)
    boxes = [
        Box(
            x=x, y=y, archived=name in pages,
            outlet=_short(pages[name].outlet if name in pages else "not archived"),
            below=_below(pages[name]) if name in pages else _short(lost[name]),
            says=pages[name].title if name in pages else lost[name],
        )
        for name, (x, y) in places.items()
    ]  # fmt: skip
    arrows = []
    for copy in copies:
        known = copy.original_url in pages
        start = copy.original_url if known else f"?{copy.original_url or copy.copy_url}"
        (x, y), (to_x, to_y) = places[start or ""], places[copy.copy_url]
        x, y, to_y = x + BOX_WIDTH, y + BOX_HEIGHT // 2, to_y + BOX_HEIGHT // 2
        middle = (x + to_x) / 2
        arrows.append(
            Arrow(
                path=f"M {x} {y} C {middle:.0f} {y} {middle:.0f} {to_y} {to_x - 8} {to_y}",
                verdict=copy.verdict, sign=SIGN[copy.verdict], x=middle, y=(y + to_y) / 2,
                says=f"{copy.verdict}: {copy.reason}",
            )
        )  # fmt: skip
    return Graph(
        width=max((x for x, _ in places.values()), default=0) + BOX_WIDTH + 20,
        height=max((y for _, y in places.values()), default=0) + BOX_HEIGHT + 20,
        boxes=tuple(boxes),
        arrows=tuple(arrows),
        left_out=len(trail.articles) - len(pages),
    )


def _places(
    names: list[str], sources: Mapping[str, list[str]]
) -> dict[str, tuple[int, int]]:  # fmt: skip
    """Each a column right of what it is from; there are no circles."""
    column: dict[str, int] = {}

    def of(name: str, above: frozenset[str]) -> int:
        if name not in column:
            found = [of(one, above | {name}) for one in sources.get(name, ()) if one not in above]
            column[name] = 1 + max(found, default=-1)
        return column[name]

    row: dict[int, int] = defaultdict(int)
    places = {}
    for name in names:
        at = of(name, frozenset({name}))
        places[name] = (10 + ACROSS * at, 10 + DOWN * row[at])
        row[at] += 1
    return places


def _below(article: TrailArticle) -> str:
    return (article.published or "undated")[:10]


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
