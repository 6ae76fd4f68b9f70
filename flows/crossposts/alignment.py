"""Alignment: the runs of words that two articles share, and what they amount to.

Seed and extend: five-word sequences that both texts have are joined along diagonals into runs of
equal words, the longest are taken first, each word once on either side, and runs that only a small
edit divides make one passage. Time grows with the number of words, not with their product.

Quoted speech and the outlets' boilerplate are found but not counted (DESIGN §7.3).
"""

from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from flows.crossposts.fillings import Facts, Run, can_be_filled_in, filled_in
from flows.crossposts.fingerprints import GRAM, Hashes, chosen, gram_hashes, sampled, word_hashes
from flows.text.names import NO_CASE_FOR_NAMES
from flows.text.quotes import quoted
from flows.text.unicode import CHARACTER_WEIGHT, has_unspaced, norms, weight
from storage.identity import canonical_url
from storage.records import Article, Match, Span

METHOD = "align/5"

MIN_PASSAGE = 8.0
"""Words of a passage (DESIGN §7.3); shorter ones are idiom."""

MAX_GAP = 6
"""Words on either side that an edit within a passage may span: a name with title and age."""

COPY_SHARE = 0.5
"""Of the shorter's own words, from which on the pair is a copy (DESIGN §7.3)."""

COPY_WORDS = 20.0
"""A copy has at least so many words of its own: below it are captions and stock notices. With fewer
than an excerpt has, it must be a copy with all the speech counted, too."""

EXCERPT_WORDS = 40.0
EXCERPT_SHARE = 0.15
"""What an excerpt has at least, of the shorter's own words (DESIGN §7.3)."""

LONG_EXCERPT_WORDS = 2 * EXCERPT_WORDS
"""An excerpt whatever its share: that both articles are long makes no quotation of two paragraphs
in the same words."""

MIXED_OWN, MIXED_WORDS = 20.0, 60.0
"""Of a report that is mostly speech, an excerpt has at least so many own words, and so many with
the speech between them. Two reporters share the speech; they do not share what stands between."""

WHOLE_SHARE = 0.8
"""Share of a text from which on it is there whole: editors cut a last paragraph, seldom more."""

MAX_REPEATS = 4
"""Places of one sequence that are tried: more would let a text of one repeated line take time
that grows with its square."""

STEP = 16
"""Words that are looked at when a run goes on; then twice as many, and so on."""

MAX_RUNS = 20_000
"""Runs that are looked at, longest first: texts of 200,000 words had 3,000 at most."""

SHORT = 100_000
"""Characters of a text that is kept as it was read, in case that it is aligned again."""

Mask = NDArray[np.bool_]
Numbers = NDArray[np.int64]
Kind = Literal["copy", "excerpt", "embedded", "digest", "form", "quotation"]


class _Text:
    """One text, made ready as far as it is asked for: most texts of a run are aligned with none."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.hashed = word_hashes(text)
        self.grams = gram_hashes(self.hashed)

    @cached_property
    def weights(self) -> NDArray[np.float64]:
        """What each word counts (`Word.weight`)."""
        weights = np.ones(len(self.hashed))
        if has_unspaced(self._text):
            read = norms(self._text)
            light = {norm for norm in set(read) if weight(norm) != 1}
            weights[[norm in light for norm in read]] = CHARACTER_WEIGHT
        return weights

    @cached_property
    def quoted(self) -> Mask:
        """Which words are quoted speech. Quotation marks divide words, so what stands between two
        of them can be counted by itself."""
        mask = np.zeros(len(self.hashed), dtype=np.bool_)
        count, place = 0, 0
        for start, end in quoted(self._text):
            first = count + len(norms(self._text[place:start]))
            count = first + len(norms(self._text[start:end]))
            mask[first:count] = True
            place = end
        return mask

    @cached_property
    def facts(self) -> Facts:
        """Its names and numbers."""
        return Facts(self._text)


def align(
    a: Article,
    b: Article,
    boilerplate_a: frozenset[int] = frozenset(),
    boilerplate_b: frozenset[int] = frozenset(),
) -> Match | None:
    """The text that two articles share, or None where it is less than a long quotation.

    `boilerplate_a`, `boilerplate_b`: hashes that the outlet of each repeats (`Index.boilerplate`).
    The result is the same with the articles given the other way round.
    """
    if b.id < a.id:
        return align(b, a, boilerplate_b, boilerplate_a)
    one, two = _read(a.text), _read(b.text)
    own_a = ~_boilerplate(one, boilerplate_a)
    own_b = ~_boilerplate(two, boilerplate_b)
    runs = [run for run in _passages(one, two) if _counted(run, own_a, own_b).any()]
    speech_a, speech_b = _shared_speech(runs, one.quoted, two.quoted)
    total_a = float(one.weights[own_a & ~speech_a].sum())
    total_b = float(two.weights[own_b & ~speech_b].sum())
    shared, count = 0.0, 0
    for run in runs:
        inside = _counted(run, own_a & ~speech_a, own_b & ~speech_b)
        shared += float(one.weights[run[0] : run[0] + run[2]][inside].sum())
        count += int(inside.sum())
    whole = sum(float(one.weights[i : i + n].sum()) for i, _, n in runs)
    kind = _kind(shared, whole, total_a, total_b)
    if kind in ("copy", "embedded") and shared < EXCERPT_WORDS:
        # An agency's background sentence in a page that is otherwise all speech is no copy of it.
        both = sum(
            float(one.weights[i : i + n][_counted((i, j, n), own_a, own_b)].sum())
            for i, j, n in runs
        )
        shorter = min(float(one.weights[own_a].sum()), float(two.weights[own_b].sum()))
        kind = kind if both >= COPY_SHARE * shorter else "quotation"
    if kind == "quotation":
        if min(total_a, total_b) < COPY_WORDS and _all_of(runs, own_a, own_b):
            kind = "copy"
        elif whole < EXCERPT_WORDS:
            return None
    elif can_be_filled_in(runs, shared):
        named = not {a.language, b.language}.intersection(NO_CASE_FOR_NAMES)
        filled = filled_in(one.facts, two.facts, runs, shared, named=named)
        # Who says that it is from this very page, has its text: numbers grow while news is new.
        if filled and not (_points_to(a, b) or _points_to(b, a)):
            kind = "form"
    return Match(
        a=a.id,
        b=b.id,
        kind=kind,
        words=count,
        a_contained=_share(shared, total_a),
        b_contained=_share(shared, total_b),
        spans=tuple(Span(i, i + n, j, j + n) for i, j, n in runs),
        method=METHOD,
    )


def _points_to(one: Article, other: Article) -> bool:
    """Whether a page names the other's address: as its source, or by a link in its text."""
    said = one.republished_from
    urls = {*one.links, *(claim.target_url for claim in one.claims), said.url if said else None}
    return any(canonical_url(url) == other.canonical_url for url in urls if url)


def not_shared(a: Article, b: Article, spans: Iterable[Span]) -> list[Span]:
    """Those spans of a match that are not the same words in both texts."""
    one, two = _read(a.text).hashed, _read(b.text).hashed
    return [
        span
        for span in spans
        if not 0 <= span.a_start < span.a_end <= len(one)
        or not 0 <= span.b_start < span.b_end <= len(two)
        or not np.array_equal(one[span.a_start : span.a_end], two[span.b_start : span.b_end])
    ]


def sample(article: Article) -> Numbers:
    """The hashes of an article's fingerprint (`fingerprints.fingerprint`); its text is kept at hand
    for the alignment."""
    return chosen(_read(article.text).grams)


def _kind(shared: float, whole: float, total_a: float, total_b: float) -> Kind:
    """What a pair is, direction left open: `trails` narrows it once it knows who took from whom."""
    lesser, greater = sorted((_share(shared, total_a), _share(shared, total_b)))
    if greater >= COPY_SHARE and shared >= COPY_WORDS:
        return "embedded" if greater >= WHOLE_SHARE and lesser < COPY_SHARE else "copy"
    enough = shared >= EXCERPT_WORDS or (shared >= MIXED_OWN and whole >= MIXED_WORDS)
    if shared >= LONG_EXCERPT_WORDS or (greater >= EXCERPT_SHARE and enough):
        return "excerpt"
    return "quotation"


def _share(shared: float, total: float) -> float:
    return min(1.0, shared / total) if total > 0 else 0.0


def _all_of(runs: list[Run], own_a: Mask, own_b: Mask) -> bool:
    """Whether two texts that are all speech (a statement, a letter) are the same throughout."""
    shared = sum(int(_counted(run, own_a, own_b).sum()) for run in runs)
    return shared >= max(COPY_WORDS, WHOLE_SHARE * max(int(own_a.sum()), int(own_b.sum())))


def _read(text: str) -> _Text:
    return _read_short(text) if len(text) <= SHORT else _read_long(text)


@lru_cache(maxsize=4)
def _read_long(text: str) -> _Text:
    return _Text(text)


@lru_cache(maxsize=512)  # a run's articles are aligned with many: 25 MB, and 200 MB at most
def _read_short(text: str) -> _Text:
    return _Text(text)


def _boilerplate(text: _Text, repeated: frozenset[int]) -> Mask:
    """The words that the outlet repeats.

    Only sampled sequences are known as repeated. Where two of them follow each other with no other
    sampled one between, what lies between is taken to be repeated too.
    """
    mask = np.zeros(len(text.hashed), dtype=np.bool_)
    if not repeated:
        return mask
    places = np.flatnonzero(sampled(text.grams))
    known = [value in repeated for value in text.grams[places].tolist()]
    edges = np.flatnonzero(np.diff(np.array([False, *known, False], dtype=np.int8)))
    for first, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        mask[places[first] : places[end - 1] + GRAM] = True
    return mask


def _counted(run: Run, mask_a: Mask, mask_b: Mask) -> Mask:
    i, j, n = run
    both: Mask = mask_a[i : i + n] & mask_b[j : j + n]
    return both


def _shared_speech(runs: Iterable[Run], in_a: Mask, in_b: Mask) -> tuple[Mask, Mask]:
    """Speech on either side; a shared word is speech on both if it is marked on one.

    So a copy that drops the quotation marks is measured like one that keeps them.
    """
    speech_a, speech_b = in_a.copy(), in_b.copy()
    for i, j, n in runs:
        either = in_a[i : i + n] | in_b[j : j + n]
        speech_a[i : i + n] = either
        speech_b[j : j + n] = either
    return speech_a, speech_b


def _passages(one: _Text, two: _Text) -> list[Run]:
    """Runs of equal words that belong to passages of at least `MIN_PASSAGE`, in order of a."""
    if len(one.hashed) >= GRAM and np.array_equal(one.hashed, two.hashed):
        return [(0, 0, len(one.hashed))]  # also where nearly all of it is repetition
    chosen = _choose(_runs(_seeds(one.grams, two.grams)), one.hashed, two.hashed)
    kept: list[Run] = []
    passage: list[Run] = []
    for run in sorted(chosen):
        if passage and not _continues(passage[-1], run):
            kept += passage if _weight(passage, one) >= MIN_PASSAGE else []
            passage = []
        passage.append(run)
    return kept + (passage if _weight(passage, one) >= MIN_PASSAGE else [])


def _weight(passage: list[Run], text: _Text) -> float:
    return sum(float(text.weights[i : i + n].sum()) for i, _, n in passage)


def _continues(run: Run, following: Run) -> bool:
    gap_a = following[0] - (run[0] + run[2])
    gap_b = following[1] - (run[1] + run[2])
    return 0 <= gap_a <= MAX_GAP and 0 <= gap_b <= MAX_GAP


def _seeds(a: Hashes, b: Hashes) -> tuple[Numbers, Numbers]:
    """Places in a and b that have the same sequence, at most `MAX_REPEATS` in a for one in b."""
    order = np.argsort(a, kind="stable")
    ranked = a[order]
    low = np.searchsorted(ranked, b, side="left")
    count = np.minimum(np.searchsorted(ranked, b, side="right") - low, MAX_REPEATS)
    in_b = np.repeat(np.arange(len(b)), count)
    step = np.arange(len(in_b)) - np.repeat(np.cumsum(count) - count, count)
    return order[np.repeat(low, count) + step], in_b


def _runs(seeds: tuple[Numbers, Numbers]) -> list[Run]:
    """Seeds that follow each other on one diagonal, as runs, longest first."""
    in_a, in_b = seeds
    if len(in_a) == 0:
        return []
    order = np.lexsort((in_a, in_a - in_b))
    in_a, in_b = in_a[order], in_b[order]
    breaks = np.flatnonzero((np.diff(in_a) != 1) | (np.diff(in_b) != 1)) + 1
    starts = np.concatenate(([0], breaks))
    lengths = np.diff(np.concatenate((starts, [len(in_a)]))) + GRAM - 1
    found = np.lexsort((in_b[starts], in_a[starts], -lengths))[:MAX_RUNS]
    return list(
        zip(
            in_a[starts][found].tolist(),
            in_b[starts][found].tolist(),
            lengths[found].tolist(),
            strict=True,
        )
    )


def _choose(runs: list[Run], a: Hashes, b: Hashes) -> list[Run]:
    """Longest first, each word once on either side; a run that overlaps keeps its free part."""
    used_a, used_b = np.zeros(len(a), dtype=np.bool_), np.zeros(len(b), dtype=np.bool_)
    chosen: list[Run] = []
    for i, j, n in runs:
        taken = used_a[i : i + n] | used_b[j : j + n]
        start, length = (0, n) if not taken.any() else _longest_free(taken)
        if length >= GRAM:
            i, j = i + start, j + start
            # Sequences that come again and again are no seeds everywhere: there it goes on.
            more = _equal(
                a[i + length :], b[j + length :], used_a[i + length :], used_b[j + length :]
            )
            less = _equal(a[:i][::-1], b[:j][::-1], used_a[:i][::-1], used_b[:j][::-1])
            i, j, length = i - less, j - less, less + length + more
            used_a[i : i + length] = True
            used_b[j : j + length] = True
            chosen.append((i, j, length))
    return chosen


def _equal(a: Hashes, b: Hashes, used_a: Mask, used_b: Mask) -> int:
    """How many words from the beginning are the same and free."""
    count, step, most = 0, STEP, min(len(a), len(b))
    while count < most:
        end = min(count + step, most)
        here = slice(count, end)
        differs = (a[here] != b[here]) | used_a[here] | used_b[here]
        if differs.any():
            return count + int(np.argmax(differs))
        count, step = end, 2 * step
    return count


def _longest_free(taken: Mask) -> tuple[int, int]:
    edges = np.flatnonzero(np.diff(np.concatenate(([True], taken, [True])).astype(np.int8)))
    starts, ends = edges[::2], edges[1::2]
    if len(starts) == 0:
        return 0, 0
    best = int(np.argmax(ends - starts))
    return int(starts[best]), int(ends[best] - starts[best])
