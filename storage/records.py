"""The domain model: what copytrail knows, as plain frozen records.

Every record is a `msgspec.Struct`: typed, immutable, compared by value, and written as JSON with
`msgspec.json.encode`. Times are ISO 8601 strings. Our own (`fetched_at`, `captured_at`, run times)
are UTC with microseconds and a `Z` (WARC 1.1 §5.4 allows that precision). Dates that a page printed
stay as precise as they were printed: a date without a zone stays without one.

The words are those of `docs/layout.md`: capture, article, claim, match, trail, run.
"""

from typing import Literal

import msgspec
from msgspec import Struct, field

Route = Literal["live", "recheck", "follow", "import", "backfill-site", "backfill-wayback"]
"""How a capture came to us, kept for ever. `live`: a visit to a source; `recheck`: to a page known
before; `follow`: for another page's sake; `backfill-site`: long afterwards, from its own outlet.
`backfill-wayback` is a copy in a web archive and `import` a record that somebody else captured:
neither is a first sight of ours."""

FILES = frozenset(("medium", "requisite"))
"""The `why` of captures that a page asked for: what its story is about, and what it takes to look
right. They are never read as articles; a redirect of theirs stays one of them."""

LOOKS = frozenset({"robots", "discovery"}) | FILES
# Notes of a reading by which other rooms know that the page was not there as a whole.
CUT_OFF = "the capture was cut off"
IN_A_TAG = "the page breaks off inside a tag"
ENDLESS = "the page has no end; it may have been cut off"
"""The `why` of captures that were made to find pages, or for the sake of one; whatever they hold,
they are not read as articles."""

Precision = Literal["year", "month", "day", "minute", "second"]

DateKind = Literal["published", "updated", "original"]
"""`original`: a date that the page prints for the text that it took from somebody else."""

ClaimKind = Literal[
    "original_source",  # "The original source of this article is X"
    "republished_from",  # "This story originally appeared on X"
    "first_published_by",  # "First published by X"
    "first_published_on",  # a date, not an outlet
    "reprinted_on",  # the other direction: this page is the original
    "copyright",
    "byline",
    "canonical",  # rel=canonical on another site
    "syndication_source",  # <meta name="syndication-source"> and its kin
    "based_on",  # JSON-LD isBasedOn
    "counter_pixel",  # a republication counter, such as The Conversation's
    "permission",
    "link_to_original",
]

Stance = Literal["given", "used", "refused"]
"""Of a permission: the page gives it, made use of it, or refuses it."""
Grant = Literal[
    "republish", "cross-post", "reprint", "reproduce", "share", "translate", "adapt", "use"
]
Condition = Literal[
    "attribution", "link", "unchanged", "non-commercial", "share-alike", "ask", "notice"
]
"""`ask`: the holder must be asked; `notice`: the line of copyright must be kept."""

CreditedKind = Literal["person", "outlet", "agency", "desk"]
"""`desk`: an outlet's own people, who are not named (`Redaktion`, `Staff`)."""

NoticeKind = Literal["feed", "sitemap", "news-sitemap", "api", "web-archive"]
EvidenceKind = Literal[NoticeKind, "printed", "first-sight", "import"]
"""What says when a page was there. `first-sight`: our own first capture; `import`: the earliest
capture by somebody else, in a WARC file that was taken in."""

PageKind = Literal["challenge", "block", "consent", "login", "soft-404"]
"""What a server gives in an article's place (see `spiders.pagekind`)."""

CharsetFrom = Literal["http", "meta", "bom", "detected", "default"]
"""Who said in which charset a page is (see `spiders.charsets`)."""

Layer = Literal[
    "rule",  # the source's own rules
    "json-ld",
    "microdata",
    "opengraph",
    "meta",
    "link",  # link relations of the head
    "page",  # what is in sight
    "script",  # text that a page holds as data for its scripts
    "url",
    "source",  # the source's file
    "detected",  # told by the text itself
]
"""Where on a page, or beside it, a field was read from."""

JudgmentVerdict = Literal["confirm", "reject", "unknown"]
"""A person's judgment of a match."""


class WarcPlace(Struct, frozen=True):
    """Where the bytes of a capture's response record lie: `offset` and `length` in bytes."""

    run: str
    file: str
    offset: int
    length: int


class Capture(Struct, frozen=True, kw_only=True):
    """One HTTP exchange at one moment; the bytes themselves are in the WARC at `warc`.

    `id` is the WARC-Record-ID of the response record (of the metadata record, where the exchange
    failed before there was a response), without `<urn:uuid:` and `>`.
    """

    id: str
    url: str
    fetched_at: str
    route: Route
    why: str
    """What led here: `feed`, `sitemap`, `api`, `listing` (that is where the address stood),
    `known`, `claim`, `search`, `asked`, `import`, `redirect`; `robots` and `discovery` are looks at
    robots.txt and at the feeds, lists and searches themselves, which are never read as articles;
    `medium` and `requisite` see `FILES`."""
    via: str | None = None
    """The URL that led here; of a file, the page (or stylesheet) of this run that asked first."""
    source: str = ""
    """Id of the registered source, or the site (see `identity.site`) when there is none."""
    method: str = "GET"
    status: int | None = None
    """None: no response came; `error` says why."""
    mime: str | None = None
    payload_digest: str | None = None
    """`sha256:` + hex of the entity body, transfer coding removed, content coding kept."""
    body_bytes: int = 0
    ip: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    location: str | None = None
    memento_of: str | None = None
    """Of a copy in a web archive (`backfill-wayback`): the page that it is a copy of."""
    memento_at: str | None = None
    """And when the archive captured that, ISO 8601 UTC; `fetched_at` is our exchange with it."""
    truncated: str | None = None
    error: str | None = None
    page_kind: PageKind | None = None
    """Set where something else stands in the page's place; then it is no version of an article and
    no sign of its removal. None for all other answers, 404 and errors too."""
    warc: WarcPlace

    @property
    def page_url(self) -> str:
        """The page that the capture shows, wherever it was fetched from."""
        return self.memento_of or self.url

    @property
    def shown_at(self) -> str:
        """When the page was as the capture shows it: an archive's time for its copies."""
        return self.memento_at or self.fetched_at

    @property
    def whole(self) -> bool:
        """Whether nothing of the answer is missing but what a limit of ours cut, which would cut
        it the next time, too."""
        return self.truncated in (None, "length")


class Page(Struct, frozen=True, kw_only=True):
    """What a parser reads: one captured response, content coding removed."""

    capture: Capture
    headers: tuple[tuple[str, str], ...]
    """As received, Latin-1 decoded (RFC 9110 §5.5), in order, duplicates kept."""
    body: bytes
    notes: tuple[str, ...] = ()
    """What was wrong with the codings of the body, in words."""


class NotAnArticle(Struct, frozen=True):
    """What a parser says of a page that carries no article, and why."""

    reason: str


class PrintedDate(Struct, frozen=True, kw_only=True):
    """One date that the page gives, in sight or in its markup."""

    raw: str
    value: str | None
    """ISO 8601, only as precise as printed; None where it could not be understood."""
    precision: Precision | None
    says: DateKind
    where: str
    """The layer that gave it: `jsonld:datePublished`, `meta:article:published_time`, `text` …"""
    by: str | None = None
    """The outlet that the date is printed for ("South Front 17 July 2020")."""
    zone: str | None = None
    """The zone as an offset (`Z`, `+02:00`), or as printed where its name means more than one
    (`ET`); None where none is printed."""


class Terms(Struct, frozen=True, kw_only=True):
    """What a permission says, as facts; the words themselves are the claim's `text`."""

    stance: Stance
    by: str | None = None
    """Who grants, as named; None where the page names nobody (then it is mostly itself)."""
    what: str | None = None
    """What may be done with what and where, in the page's words."""
    grants: tuple[Grant, ...] = ()
    conditions: tuple[Condition, ...] = ()
    licence: str | None = None
    """A Creative Commons licence: `CC BY-NC-ND 4.0`; without version where none is given."""
    licence_url: str | None = None


class Claim(Struct, frozen=True, kw_only=True):
    """One statement on a page about where its text comes from or what may be done with it."""

    kind: ClaimKind
    text: str
    """Verbatim, white space folded."""
    target_name: str | None = None
    target_url: str | None = None
    """Absolute; None where the page gives no link or one that leads nowhere (`#`)."""
    href: str | None = None
    """The link as the page gives it (`#`, relative); None where there is none."""
    about: Literal["self", "other"] = "other"
    """Whether the outlet that is named is the page's own."""
    place: str
    """Where in the capture: an XPath, `jsonld:…`, `meta:…` or `link:…`."""
    terms: Terms | None = None
    """Of a permission: what it grants, on which conditions."""


class Medium(Struct, frozen=True, kw_only=True):
    """A picture, a film or a sound that belongs to the article."""

    kind: Literal["image", "video", "audio", "embed"]
    url: str
    caption: str | None = None
    poster: str | None = None
    """Of a film: the address of the picture that stands for it."""
    others: tuple[str, ...] = ()
    """Further files of the same medium: a film's other encodings, the largest picture of a srcset.
    """


class Credited(Struct, frozen=True):
    """One who is named in an author's place, and what kind of author it is."""

    name: str
    kind: CreditedKind


class Said(Struct, frozen=True):
    """What one layer says of a field."""

    layer: Layer
    place: str
    """Where in the layer: `jsonld:headline`, `meta:og:title`, `text`, an XPath …"""
    value: str
    """White space folded, cut at 300 characters; of several names joined by `; `."""


class FieldSource(Struct, frozen=True, kw_only=True):
    """Where a field of an article came from, and which layers say something else."""

    field: str
    """The article's field; a kind of its taxonomy with a dot: `taxonomy.section`."""
    layer: Layer
    place: str
    others: tuple[Said, ...] = ()
    """Layers that were passed over and disagree, in the order in which they are asked."""


class Origin(Struct, frozen=True):
    """What the page itself says that its text was taken from."""

    name: str | None
    url: str | None


class Article(Struct, frozen=True, kw_only=True):
    """What a parser read out of one capture: each field as printed, and beside it normalized.

    `id` names a version: the same URL with the same content has the same id, however often it was
    captured (see `identity.article_id`).
    """

    id: str
    capture: str
    source: str
    outlet: str
    """The publisher's name as the source file or the page gives it; else the site."""
    url: str
    canonical_url: str
    """`identity.canonical_url(url)`: the key under which visits to one page are gathered. Never
    the page's own rel=canonical, which is a claim."""
    stated_canonical: str | None = None
    """The page's own rel=canonical (or og:url where it has none), absolute."""
    title: str
    title_prefix: str | None = None
    """As printed with its sign (`Video:`): prefix, a blank and title make the headline."""
    subtitle: str | None = None
    authors: tuple[str, ...] = ()
    """Names in the author's place as printed; an outlet's only where no person is named."""
    credited: tuple[Credited, ...] = ()
    """The authors with what they are; after them outlets and agencies that bylines name, too."""
    published_at: str | None = None
    """The page's own date of publication: the best of `published`."""
    published: tuple[PrintedDate, ...] = ()
    language: str | None = None
    taxonomy: dict[str, tuple[str, ...]] = {}
    paragraphs: tuple[str, ...] = ()
    """Lead, subheadings and body in order, as printed, white space folded."""
    words: int = 0
    """Words in `paragraphs`; of scripts without spaces each sign counts."""
    boilerplate: tuple[str, ...] = ()
    """Blocks of the page's main part that are not the text; claims live there."""
    media: tuple[Medium, ...] = ()
    links: tuple[str, ...] = ()
    """Absolute http(s) links out of the body to other sites."""
    claims: tuple[Claim, ...] = ()
    republished_from: Origin | None = None
    captured_at: str
    parser: str
    """Name and version, `generic/3`; in front of it the source's own rules, where it has some for
    the time of the capture: `kestrel/2019-01-01.5f2c81d0+generic/3`."""
    charset: str | None = None
    """The charset that the page was read in, by its name in the WHATWG Encoding Standard."""
    charset_from: CharsetFrom | None = None
    notes: tuple[str, ...] = ()
    """What could not be read, in words."""
    provenance: tuple[FieldSource, ...] = ()
    """Where each field came from. Dates, claims and the charset say so themselves, too. Empty in
    records of `generic/2` and before. No part of the id: it is about the reading."""
    warc: WarcPlace

    @property
    def text(self) -> str:
        """The paragraphs, joined by blank lines."""
        return "\n\n".join(self.paragraphs)

    @property
    def broke_off(self) -> bool:
        """Whether the answer was cut off on its way, and the page lacks its end. Servers that state
        a wrong Content-Length send whole pages that look cut off."""
        cut = any(note.startswith(CUT_OFF) and "length" not in note for note in self.notes)
        return cut and not {IN_A_TAG, ENDLESS}.isdisjoint(self.notes)


class Span(Struct, frozen=True):
    """A run of words that two articles share: word positions, end exclusive."""

    a_start: int
    a_end: int
    b_start: int
    b_end: int


class Posting(Struct, frozen=True, gc=False, array_like=True):
    """An article that has a hash of a fingerprint, as far as candidates are told by that. Tens of
    thousands come at once, as JSON arrays: the collector need not look at them."""

    article: str
    """Id of the version."""
    page: str
    """Its canonical URL: versions of one page count once."""
    source: str
    hashes: int
    """How many hashes that article has in all."""


class Match(Struct, frozen=True, kw_only=True):
    """The evidence that two articles share text. It has no direction: `a` is the lesser id."""

    a: str
    b: str
    kind: Literal["copy", "excerpt", "embedded", "digest", "form", "quotation", "boilerplate"]
    """`form`: both fill in one form, and the names and numbers in it are others. `boilerplate`: a
    later run has seen that what was held for shared text is what one of the outlets prints on its
    pages. The newest match of a pair counts; the older one stays sealed."""
    words: int
    """Words in the shared spans, quoted speech and boilerplate left out."""
    a_contained: float
    """Share of a's own words that lie in the spans, 0 to 1."""
    b_contained: float
    spans: tuple[Span, ...]
    method: str
    """Name and version of the alignment, `align/5`."""


class Notice(Struct, frozen=True, kw_only=True):
    """What an outlet says of one of its pages elsewhere than on the page, and when: in a feed, a
    sitemap or its API; or that a web archive had the page. Read out of the capture `capture`."""

    url: str
    """The page, as the document gives it."""
    kind: NoticeKind
    says: Literal["published", "updated", "captured"]
    raw: str
    value: str
    """ISO 8601: UTC where the document gives a zone; without a zone where it gives none."""
    precision: Precision
    place: str
    """Where in the document: `entry 3: published`, `url 12: lastmod`, `header: Memento-Datetime`.
    """
    capture: str
    seen_at: str
    """When the document was captured."""


class Judgment(Struct, frozen=True, kw_only=True):
    """What a person says of the text that two pages share. Nothing is overwritten: a later one
    stands beside it, and the newest counts."""

    id: str
    """The run that seals it."""
    verdict: JudgmentVerdict
    reason: str
    name: str
    at: str
    copy_url: str
    original_url: str
    """As the person sees it; it counts for the pair, whoever took from whom."""
    copy_versions: tuple[str, ...]
    """Ids of the versions that were archived when the person judged, oldest first."""
    original_versions: tuple[str, ...]


class Problem(Struct, frozen=True, kw_only=True):
    """Something that was not archived or not read as asked."""

    what: str
    url: str | None = None


class Run(Struct, frozen=True, kw_only=True):
    """One execution of the pipeline over one source and window; `run.json`."""

    id: str
    kind: Literal["archive", "backfill", "follow", "recheck", "import", "reading", "judge"]
    """`recheck`: archived pages fetched again, by an audit or when due; `reading`: captures of the
    earlier run `asked["run"]` read again; `judge`: what a person said of a match. The last two have
    no WARC files."""
    source: str
    asked: dict[str, str | int | float | bool | None]
    """Window, limits, URLs: what was asked for."""
    started_at: str
    ended_at: str
    outcome: Literal["complete", "partial", "failed"]
    """`partial`: something was not archived; `problems` says what."""
    counts: dict[str, int]
    problems: tuple[Problem, ...] = ()
    versions: dict[str, str]
    """copytrail, Python and the libraries that the result rests on."""
    config_digest: str
    limits_reached: tuple[str, ...] = field(default=())
    compared_to: int | None = None
    """Log entry up to which everything was known when this run was compared. Runs that were sealed
    between that one and this are compared with it by the next run."""


def parse_run(data: bytes) -> Run:
    """What a `run.json` says. Raises ValueError, whatever is in it."""
    try:
        return msgspec.json.decode(data, type=Run)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
