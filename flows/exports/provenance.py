"""A trail as W3C PROV: who made what from what, as statements that both notations share.

Entities are captures, articles (each version) and copies (each finding that one was taken from
another); activities are the runs that captured and read; agents are the outlets, and copytrail in
each version that was at work. `prov_json` and `turtle` write it down.
"""

from collections.abc import Iterator
from typing import Literal
from urllib.parse import quote

from msgspec import Struct

from flows.exports.dossier import Dossier, Held
from storage.findings import Copy
from storage.records import Article, Capture, Run

PREFIXES = {
    "capture": "urn:uuid:",  # the WARC-Record-ID
    "article": "urn:copytrail:article:",
    "copy": "urn:copytrail:copy:",
    "run": "urn:copytrail:run:",
    "outlet": "urn:copytrail:outlet:",
    "software": "urn:copytrail:software:",
    "ct": "urn:copytrail:term:",
}
"""Ours, beside `prov` and `xsd`. Under `ct` are the facts, by the names that docs/json.md has."""


class Name(Struct, frozen=True):
    """What something is called: `local` is escaped already."""

    prefix: str
    local: str

    @property
    def short(self) -> str:
        """`run:01JD…`."""
        return f"{self.prefix}:{self.local}"

    @property
    def iri(self) -> str:
        """In full."""
        return PREFIXES[self.prefix] + self.local


class Url(Struct, frozen=True):
    """A fact that is an address."""

    text: str


Fact = str | int | float | Url


class Node(Struct, frozen=True, kw_only=True):
    """An entity, an activity or an agent."""

    kind: Literal["entity", "activity", "agent"]
    name: Name
    types: tuple[str, ...]
    """Names in PROV, `Organization`, or of ours, `ct:Capture`."""
    label: str
    started: str | None = None
    ended: str | None = None
    facts: dict[str, Fact]


RelationKind = Literal[
    "wasGeneratedBy", "used", "wasDerivedFrom", "wasRevisionOf", "wasAttributedTo",
    "wasAssociatedWith",
]  # fmt: skip


class Relation(Struct, frozen=True):
    """One statement; `time` is that of a generation."""

    kind: RelationKind
    subject: Name
    object: Name
    time: str | None = None


Statement = Node | Relation


def statements(found: Dossier, software: str) -> list[Statement]:
    """All that is known of how the trail came about. `software` is the version at work now."""
    made = [*_runs(found), *_copies(found, software)]
    for page in found.pages:
        made += _page(found, page)
    return list(_once(made))


def _once(made: list[Statement]) -> Iterator[Statement]:
    """Each node once: an outlet and a version of copytrail are met many times."""
    names: set[Name] = set()
    for one in made:
        if isinstance(one, Relation) or one.name not in names:
            if isinstance(one, Node):
                names.add(one.name)
            yield one


def _name(prefix: str, local: str) -> Name:
    return Name(prefix, quote(local, safe="-._~"))


def _facts(**values: Fact | None) -> dict[str, Fact]:
    return {name: value for name, value in values.items() if value is not None}


def _url(text: str | None) -> Url | None:
    return None if text is None else Url(text)


def _agent(version: str) -> Node:
    return Node(
        kind="agent", name=_name("software", version), types=("SoftwareAgent",),
        label=f"copytrail {version}", facts={},
    )  # fmt: skip


def _runs(found: Dossier) -> Iterator[Statement]:
    for seq, run in found.runs.values():
        yield _run(seq, run)
        agent = _agent(run.versions.get("copytrail", "unknown"))
        yield agent
        yield Relation("wasAssociatedWith", _name("run", run.id), agent.name)


def _run(seq: int, run: Run) -> Node:
    return Node(
        kind="activity",
        name=_name("run", run.id),
        types=("ct:Run",),
        label=f"run {run.id}: {run.kind} of {run.source}",
        started=run.started_at,
        ended=run.ended_at,
        facts=_facts(kind=run.kind, source=run.source, outcome=run.outcome, log_entry=seq),
    )


def _page(found: Dossier, page: Held) -> Iterator[Statement]:
    captures = {one.id for one in page.captures}
    for capture in page.captures:
        yield _capture(capture)
        run = _name("run", capture.warc.run)
        yield Relation("wasGeneratedBy", _name("capture", capture.id), run, capture.fetched_at)
    before: Name | None = None
    for version in page.versions:
        name = _name("article", version.id)
        yield _article(version)
        outlet = _name("outlet", version.source)
        yield Node(
            kind="agent", name=outlet, types=("Organization",), label=version.outlet,
            facts=_facts(source=version.source),
        )  # fmt: skip
        yield Relation("wasAttributedTo", name, outlet)
        reader = _name("run", found.read_in[version.id])
        yield Relation("wasGeneratedBy", name, reader)
        if version.capture in captures:
            yield Relation("used", reader, _name("capture", version.capture))
            yield Relation("wasDerivedFrom", name, _name("capture", version.capture))
        if before:
            yield Relation("wasRevisionOf", name, before)
        before = name


def _capture(capture: Capture) -> Node:
    place = capture.warc
    return Node(
        kind="entity",
        name=_name("capture", capture.id),
        types=("ct:Capture",),
        label=f"capture of {capture.url}",
        facts=_facts(
            url=Url(capture.url),
            route=capture.route,
            why=capture.why,
            via=_url(capture.via),
            status=capture.status,
            mime=capture.mime,
            payload_digest=capture.payload_digest,
            warc=f"runs/{place.run}/warc/{place.file}",
            offset=place.offset,
            length=place.length,
            error=capture.error,
        ),
    )


def _article(article: Article) -> Node:
    return Node(
        kind="entity",
        name=_name("article", article.id),
        types=("ct:Article",),
        label=article.title,
        facts=_facts(
            url=Url(article.url),
            published_at=article.published_at,
            language=article.language,
            words=article.words,
            parser=article.parser,
        ),
    )


def _copies(found: Dossier, software: str) -> Iterator[Statement]:
    if not found.trail or not found.trail.copies:
        return
    agent = _agent(software)
    yield agent
    for copy in found.trail.copies:
        node = _copy(copy)
        yield node
        yield Relation("wasAttributedTo", node.name, agent.name)
        taker = _name("article", copy.copy_article)
        yield Relation("wasDerivedFrom", node.name, taker)
        if copy.original_article:
            original = _name("article", copy.original_article)
            yield Relation("wasDerivedFrom", node.name, original)
            yield Relation("wasDerivedFrom", taker, original)


def _copy(copy: Copy) -> Node:
    return Node(
        kind="entity",
        name=_name("copy", f"{copy.copy_article}-{copy.original_article or 'not-archived'}"),
        types=("ct:Copy",),
        label=copy.reason,
        facts=_facts(
            copy_url=Url(copy.copy_url),
            original_url=_url(copy.original_url),
            kind=copy.kind,
            contained_in_original=copy.contained_in_original,
            contains_of_original=copy.contains_of_original,
            verdict=copy.verdict,
            compared=copy.compared,
        ),
    )
