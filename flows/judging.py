"""A person's judgment of a match: evidence beside the rest, in a sealed run of its own."""

import re
import unicodedata

from msgspec import Struct

from flows import sealing, workplace
from flows.context import Context
from flows.finishing import QUIET, Done, catch_up, kept, seal, versions
from flows.gathering import trail_of
from storage.histories import History
from storage.identity import canonical_url, now
from storage.records import Judgment, JudgmentVerdict, Run

MAX_REASON, MAX_NAME = 2000, 200  # characters: a page of text, and a name with its institution
MATCH = re.compile(r"([0-9a-f]{32}):([0-9a-f]{32})")


class NoSuchMatch(Exception):
    """There is nothing to judge. The message says why, and what to do."""


class BadJudgment(Exception):
    """A reason or a name that cannot be kept."""


class Pair(Struct, frozen=True):
    """Two pages that share text."""

    copy: History
    original: History


def find(context: Context, copy: str, original: str | None) -> Pair:
    """The pair that is meant: by a match (`COPY-ARTICLE:ORIGINAL-ARTICLE`), by two addresses, or by
    a copy's address alone, where its trail gives it one original. Raises NoSuchMatch."""
    if match := MATCH.fullmatch(copy):
        found = context.catalog.articles_by_id([match[1], match[2]])
        if len(found) < 2:
            raise NoSuchMatch(
                f"{copy}: no such articles. `copytrail trails --json` gives both ids of a match: "
                "copy_article:original_article"
            )
        copy, original = found[match[1]].url, found[match[2]].url
    elif original is None:
        original = _only_original(context, copy)
    pages = [canonical_url(url) for url in (copy, original)]
    if pages[0] == pages[1]:
        raise NoSuchMatch(f"{copy} and {original} are one page: name another one")
    histories = context.catalog.histories(pages)
    for url, page in zip((copy, original), pages, strict=True):
        if page not in histories:
            raise NoSuchMatch(f"{url}: not in the catalog. `copytrail follow {url}` archives it.")
    pair = Pair(histories[pages[0]], histories[pages[1]])
    if not _share_text(context, pair):
        raise NoSuchMatch(f"{copy} and {original} share no text: there is no match to judge")
    return pair


def judge(context: Context, pair: Pair, verdict: JudgmentVerdict, reason: str, name: str) -> Done:
    """Seal what a person says of a pair.

    Raises BadJudgment; NotSealed where the archive cannot be written: it is kept, and the next run
    seals it.
    """
    reason, name = _line(reason, "reason", MAX_REASON), _line(name, "name", MAX_NAME)
    catch_up(context)
    with workplace.new(context.settings.home) as place:
        judgment = Judgment(
            id=place.run,
            verdict=verdict,
            reason=reason,
            name=name,
            at=now(),
            copy_url=pair.copy.current.url,
            original_url=pair.original.current.url,
            copy_versions=tuple(one.id for one in pair.copy.versions),
            original_versions=tuple(one.id for one in pair.original.versions),
        )
        lock = context.settings.home / "locks" / "sealing.lock"
        with kept(place):
            sealing.write_records(place, _run(context, judgment), judgments=[judgment])
            with workplace.locked(lock, "the sealing of a run", workplace.SEALING_PATIENCE):
                return seal(context, place, QUIET)


def _only_original(context: Context, copy: str) -> str:
    page = canonical_url(copy)
    trail = trail_of(context.catalog, list(context.registry.sources.values()), page)
    originals = [
        row.original_url
        for row in (trail.copies if trail else ())
        if canonical_url(row.copy_url) == page and row.original_article and row.original_url
    ]
    if len(originals) == 1:
        return originals[0]
    if originals:
        raise NoSuchMatch(f"{copy}: it has several originals; name one: {', '.join(originals)}")
    raise NoSuchMatch(
        f"{copy}: no copy of an archived original. Name the other page: "
        "`copytrail judge COPY-URL ORIGINAL-URL …`"
    )


def _share_text(context: Context, pair: Pair) -> bool:
    ids = {one.id for one in pair.copy.versions}
    others = {one.id for one in pair.original.versions}
    found = context.catalog.matches_of(ids)
    return any({a, b} & ids and {a, b} & others for a, b in found)


def _run(context: Context, judgment: Judgment) -> Run:
    return Run(
        id=judgment.id,
        kind="judge",
        source="judge",
        asked={
            "copy": judgment.copy_url,
            "original": judgment.original_url,
            "verdict": judgment.verdict,
            "name": judgment.name,
        },
        started_at=judgment.at,
        ended_at=now(),
        outcome="complete",
        counts={"judgments": 1},
        versions=versions(context),
        config_digest="",
    )


def _line(text: str, what: str, longest: int) -> str:
    """One line of plain text; it will be shown to others."""
    plain = " ".join(text.split())
    if not plain:
        raise BadJudgment(f"the {what} is empty: others will want to know it")
    if len(plain) > longest:
        raise BadJudgment(f"the {what} has {len(plain)} characters; {longest} are the most")
    if any(unicodedata.category(char) in ("Cc", "Cs") for char in plain):
        raise BadJudgment(f"the {what} has control characters in it; write it as plain text")
    return plain
