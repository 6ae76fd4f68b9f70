"""Pages of which only a part is archived: the answer was cut off on its way.

What such a page lacks, nobody removed. So it is compared as far as it goes, and of the rest nothing
is said.
"""

from msgspec.structs import replace

from flows.text.unicode import placed
from storage.findings import CopyKind
from storage.records import Article, Match

TAIL = 8
"""Words behind all that is shared that may be the torn end of a sentence: an own passage has as
many at least (`alignment.MIN_PASSAGE`)."""

MOST = 0.5
"""Of a part's words (`alignment.COPY_SHARE`)."""


def any_part(*articles: Article) -> bool:
    """Whether one of these broke off."""
    return any(article.broke_off for article in articles)


def kind_of_part(copy: Article, original: Article, of_copy: float, of_original: float) -> CopyKind:
    """What a copy is as far as both texts go: whether it leaves parts out, or has more around it,
    would show behind the break."""
    shares = [
        share for article, share in ((copy, of_copy), (original, of_original)) if article.broke_off
    ]
    return "copy" if max(shares) >= MOST else "excerpt"


def as_far_as_both(original: Article, copy: Article, match: Match) -> tuple[Article, Article]:
    """Both texts, or of each as much as stands before the break: media and links, which do not say
    where they stand, are left out then."""
    if not any_part(original, copy):
        return original, copy
    ends = {
        match.a: max((span.a_end for span in match.spans), default=0),
        match.b: max((span.b_end for span in match.spans), default=0),
    }
    return _before(original, ends[original.id]), _before(copy, ends[copy.id])


def _before(article: Article, end: int) -> Article:
    starts, _ = placed(article.text)
    paragraphs = article.paragraphs
    # A part has all that is its own, except the word or two that were torn.
    if end < len(starts) and (not article.broke_off or len(starts) - end < TAIL):
        paragraphs = tuple(article.text[: starts[end]].rstrip().split("\n\n"))
    return replace(article, paragraphs=paragraphs, media=(), links=())
