"""What people judged, by the two pages: the newest judgment of a pair counts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from storage.identity import canonical_url
from storage.records import Judgment

Pair = tuple[str, str]
"""Two pages, the lesser canonical URL first."""
Judgments = Mapping[Pair, tuple[Judgment, ...]]
"""The newest first."""
NONE_JUDGED: Judgments = {}


def pair_of(one: str, other: str) -> Pair:
    """Two pages in either order, by their canonical URLs."""
    return (min(one, other), max(one, other))


def by_pair(judgments: Iterable[Judgment]) -> Judgments:
    """All judgments of each pair. A clock that is wrong is evidence, too: `at` alone decides, and
    of two of one moment the run that is later in the order of the log's names."""
    found: dict[Pair, list[Judgment]] = defaultdict(list)
    for one in judgments:
        found[pair_of(canonical_url(one.copy_url), canonical_url(one.original_url))].append(one)
    return {
        pair: tuple(sorted(some, key=lambda one: (one.at, one.id), reverse=True))
        for pair, some in found.items()
    }


def is_rejected(pair: Pair, judgments: Judgments) -> bool:
    """Whether a person said that these two share no text, and nobody said otherwise since."""
    found = judgments.get(pair, ())
    return bool(found) and found[0].verdict == "reject"


def is_confirmed(pair: Pair, judgments: Judgments) -> bool:
    """Whether a person said that these two do share the text, and nobody said otherwise since."""
    found = judgments.get(pair, ())
    return bool(found) and found[0].verdict == "confirm"


def of_page(judgments: Sequence[Judgment], url: str) -> list[Judgment]:
    """Those about a page."""
    page = canonical_url(url)
    return [
        one
        for one in judgments
        if page in (canonical_url(one.copy_url), canonical_url(one.original_url))
    ]
