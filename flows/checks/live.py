"""What has become of archived pages, told from the captures of their being fetched again."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from flows.checks.report import Edited, Fault, LivePage, LivePair, State
from flows.crossposts.alignment import align
from flows.crossposts.differences import diff
from flows.crossposts.edits import classify
from storage.findings import Copy
from storage.httpfields import leads_to
from storage.identity import canonical_url
from storage.lookup import GONE, MAX_REDIRECTS, MOVED
from storage.readers import comparable
from storage.records import Article, Capture, Problem

WALLS = ("challenge", "block", "consent", "login")
NOT_LET_IN = (401, 402, 403, 407, 429, 451)  # RFC 9110 §15.5, RFC 6585 §4, RFC 7725
ANSWERED = range(200, 500)
MOST = 50  # edits told of one page; `copytrail show-diff` has them all
LOOK = "`copytrail versions` and `show-diff` show what was and what is; all of it is archived."
AGAIN = "Audit with --live again later; what is archived is not touched by it."


class Then(Struct, frozen=True):
    """A page as it was before."""

    url: str
    article: Article
    seen: str
    """When that version was last seen."""


class Now(Struct, frozen=True):
    """What came when pages were fetched again."""

    captures: Sequence[Capture]
    """Of the run, in the order of time."""
    shown: Mapping[str, Article]
    """Capture → the article that it shows."""
    problems: Sequence[Problem]


def states(then: Iterable[Then], now: Now) -> list[LivePage]:
    """What each page is now."""
    by_page = {canonical_url(one.url): one for one in now.captures}
    return [_state(one, by_page, now) for one in then]


def _state(was: Then, by_page: Mapping[str, Capture], now: Now) -> LivePage:
    capture = _end(was.url, by_page)
    if capture is None or capture.status is None:
        said = (
            _said(was.url, now.problems) or (capture.error if capture else None) or "nothing came"
        )
        # Where we may not ask, nothing is asked: there is no capture, and robots.txt is named.
        forbidden = capture is None and "robots.txt" in said
        return _page(was, capture, "blocked" if forbidden else "unreachable", said)
    if capture.status not in ANSWERED:
        said = f"the server could not answer ({capture.status})"
        return _page(was, capture, "unreachable", said)
    if capture.page_kind in WALLS:
        return _page(was, capture, "blocked", f"a {capture.page_kind} page came in its place")
    if capture.status in NOT_LET_IN:
        return _page(was, capture, "blocked", f"the server did not let us in ({capture.status})")
    if capture.status in GONE or capture.page_kind == "soft-404":
        return _page(was, capture, "gone", f"it is not there any more ({capture.status})")
    moved = canonical_url(capture.url) != canonical_url(was.url)
    to = capture.url if moved else None
    article = now.shown.get(capture.id)
    if article is None:
        said = f"it leads to {to}, where no article is" if to else "no article is there any more"
        return _page(was, capture, "moved" if moved else "gone", said, to)
    return _compared(was, article, capture, to)


def _compared(was: Then, article: Article, capture: Capture, to: str | None) -> LivePage:
    edits = () if article.id == was.article.id else _edits(was.article, article)
    text = f"{len(edits)} edits since {was.seen}" if edits else f"as it was seen on {was.seen}"
    if edits and not comparable(was.article, article):
        text += f"; they may be the reader's doing: it was read by {was.article.parser} then"
    if to is not None:
        return _page(was, capture, "moved", f"it leads to {to}; {text}", to, edits)
    return _page(was, capture, "edited" if edits else "unchanged", text, None, edits)


def _page(
    was: Then, capture: Capture | None, state: State, says: str, to: str | None = None,
    edits: tuple[Edited, ...] = (),
) -> LivePage:  # fmt: skip
    return LivePage(
        url=was.url, state=state, says=says, article=was.article.id, seen=was.seen,
        capture=capture.id if capture else None, moved_to=to, edits=edits,
    )  # fmt: skip


def _edits(before: Article, after: Article) -> tuple[Edited, ...]:
    found = classify(diff(before, after), after.language)
    flat = [
        Edited(kind=one.kind, before=one.before, after=one.after) for some in found for one in some
    ]
    return tuple(flat[:MOST])


def pairs(
    copies: Iterable[Copy], then: Mapping[str, Article], now: Mapping[str, Article | None]
) -> list[LivePair]:
    """Originals against their copies. `then`, `now`: by canonical URL, the articles as they were
    and are; None: not up, or not to be had. Only pairs of which both were fetched are told."""
    found = []
    for copy in copies:
        one, other = canonical_url(copy.copy_url), canonical_url(copy.original_url or "")
        if one in now and other in now and one in then and other in then:
            before = _contained(then[one], then[other])
            after = _contained(now[one], now[other])
            found.append(
                LivePair(
                    copy_url=copy.copy_url,
                    original_url=str(copy.original_url),
                    verdict=copy.verdict,
                    contained_before=before,
                    contained_now=after,
                    says=_pair_says(now[one], now[other], before, after),
                )
            )
    return found


def _contained(copy: Article | None, original: Article | None) -> float | None:
    """The share of the copy's words that the original has."""
    if copy is None or original is None:
        return None
    if copy.id == original.id:
        return 1.0
    match = align(copy, original)
    if match is None:
        return 0.0
    return match.a_contained if match.a == copy.id else match.b_contained


def _pair_says(
    copy: Article | None, original: Article | None, before: float | None, after: float | None
) -> str:
    if copy is None or original is None:
        missing = "neither is" if copy is original else "the copy is not" if copy is None else ""
        return f"{missing or 'the original is not'} to be had now; the archive has both"
    told = f"the original has {after or 0:.0%} of the copy's words"
    return told if before == after else f"{told}, where it had {before or 0:.0%}"


def faults(found: Iterable[LivePage]) -> list[Fault]:
    """What an auditor should know of it. An edit by an outlet is no fault of the archive; what
    could not be seen is not fine."""
    told = []
    for one in found:
        if one.state != "unchanged":
            unseen = one.state in ("blocked", "unreachable")
            told.append(
                Fault(
                    check="live",
                    severity="unverifiable" if unseen else "note",
                    key="",
                    url=one.url,
                    message=f"{one.state}: {one.says}",
                    next_step=AGAIN if unseen else LOOK,
                )
            )
    return told


def _end(url: str, by_page: Mapping[str, Capture]) -> Capture | None:
    """The capture at the end of the redirects; the last one where the rest was not fetched."""
    page = canonical_url(url)
    capture = by_page.get(page)
    for _ in range(MAX_REDIRECTS):
        if capture is None or capture.status not in MOVED or not capture.location:
            break
        to = leads_to(capture.url, capture.location)
        further = by_page.get(canonical_url(to)) if to else None
        if further is None or further is capture:
            break
        capture = further
    return capture


def _said(url: str, problems: Iterable[Problem]) -> str | None:
    return next((one.what for one in problems if one.url == url), None)
