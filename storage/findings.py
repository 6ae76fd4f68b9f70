"""What is found in the archive: first publications and trails.

Computed from records whenever somebody asks, and never stored: a later run or a better method may
find otherwise, and nothing that is sealed changes by it.
"""

from typing import Literal

from msgspec import Struct

from storage.records import EvidenceKind, Judgment, Precision

CopyKind = Literal["copy", "excerpt", "embedded", "digest"]
Verdict = Literal["confirmed", "contradicted", "unverifiable", "unclaimed"]


class DateEvidence(Struct, frozen=True, kw_only=True):
    """One statement about when a page was first published, and the time that it covers."""

    kind: EvidenceKind
    says: Literal["published", "updated", "captured"]
    """`published` bounds the time on both sides; by `updated` and `captured` it was there."""
    raw: str
    earliest: str
    latest: str
    precision: Precision
    zoned: bool
    """Whether it was given with a zone."""
    capture: str | None = None
    place: str = ""


class FirstPublished(Struct, frozen=True, kw_only=True):
    """When a page was first published: in [earliest, latest), UTC, as far as the evidence tells."""

    earliest: str | None
    """None: nothing says that it was not there long before `latest`."""
    latest: str
    decided: bool
    """False where the evidence contradicts itself, or bounds one side only."""
    basis: str
    precision: Precision | None
    evidence: tuple[DateEvidence, ...] = ()
    contradictions: tuple[str, ...] = ()


class Attribution(Struct, frozen=True, kw_only=True):
    """How a copy credits its original, as facts; never a legal conclusion."""

    source_named: bool
    copyright_line: str | None
    """The line that names somebody else than the copy's own outlet."""
    hyperlink: str | None
    """The link to the named original, as the page gives it."""
    hyperlink_leads_to: Literal["article", "elsewhere", "nowhere", "unknown"] | None
    author_kept: bool | None
    """None where the original names no author."""
    terms_of_copy: tuple[str, ...] = ()
    terms_of_original: tuple[str, ...] = ()


class Signal(Struct, frozen=True, kw_only=True):
    """One reason for a direction: which signal, what it rests on, how far it is to be trusted."""

    name: Literal["credit", "canonical", "claimed_date", "published", "first_seen"]
    says: str
    original: str
    """URL of the article that this signal takes for the original."""
    confidence: float


Compared = Literal["only", "up", "possible", "unseen", "no-fit"]
"""How it is known which version of the original a copy was made from. `only`: there is one. `up`:
it was seen before and after. `possible`: several could have been up; the best-matching of them.
`unseen`: nobody saw the page before the copy was made (or after); the nearest. `no-fit`: none that
could have been up has the text; the best-matching of all."""


class Drift(Struct, frozen=True, kw_only=True):
    """An edit of the original's text, or of the copy's, after the copy was made."""

    side: Literal["original", "copy"]
    kind: str
    """`edit`, `silent-edit` or `revert`."""
    after: str
    """When the text was last seen as it was; and by which capture."""
    after_capture: str
    before: str
    """When it was first seen changed; and by which capture."""
    before_capture: str
    from_article: str
    to_article: str
    edits: dict[str, int]
    """How many edits of each kind."""
    followed: bool | None
    """Whether the other side has the edit, too; None where that cannot be told."""


class Copy(Struct, frozen=True, kw_only=True):
    """One directed copy in a trail: who took it from whom, and what the claim is worth."""

    copy_url: str
    original_url: str | None
    """Where nothing of the original is archived: the link that the credit gives, if any."""
    kind: CopyKind | None
    """None, like the shares, where nothing of the original is archived to compare with."""
    contained_in_original: float | None
    """Share of the copy's words that the original has."""
    contains_of_original: float | None
    """Share of the original's words that the copy has."""
    verdict: Verdict
    reason: str
    attribution: Attribution
    signals: tuple[Signal, ...] = ()
    copy_article: str
    """Id of the version that was compared."""
    original_article: str | None
    title_changed: bool = False
    compared: Compared = "only"
    edits: dict[str, int] = {}
    """How many edits of each kind made the copy out of its original."""
    drift: tuple[Drift, ...] = ()
    """What was edited since, on either side, in the order of time."""
    judgments: tuple[Judgment, ...] = ()
    """What people said of this pair, the newest first; that one counts."""


class TrailArticle(Struct, frozen=True, kw_only=True):
    """One page in a trail."""

    url: str
    source: str
    outlet: str
    title: str
    published: str | None
    captured: str
    """When we first captured it."""
    versions: int
    state: Literal["live", "edited", "gone"]
    gone_at: str | None = None
    """The first capture that found it gone (404 or 410) since it was last seen."""
    article: str
    """Id of the newest version."""
    incomplete: bool = False
    """Whether only a part of it is archived: each answer was cut off before the page's end."""
    first_published: FirstPublished | None = None


class Trail(Struct, frozen=True, kw_only=True):
    """The articles that carry one text, and their directed copies."""

    id: str
    articles: tuple[TrailArticle, ...]
    copies: tuple[Copy, ...]
