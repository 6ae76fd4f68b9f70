"""Do the records follow from the archived bytes? They are derived again and compared.

A record is held against its bytes only by the parser version that made it. What another version
made is unverifiable: that it comes out the same, or otherwise, shows nothing about who is right.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

import msgspec
from msgspec import Struct

from flows.changes import Change, changes
from flows.checks.report import Fault
from flows.crossposts.alignment import METHOD, not_shared
from spiders.parsers import PARSER
from storage.identity import sha256_hex
from storage.records import Article, Capture, Match

MOST = 20  # faults told one by one of one file
NEXT = (
    "Compare with a copy of the archive and with an earlier head. If the bytes are right, the "
    "records were not made from them: report it with this key."
)
READ_AGAIN = (
    "`copytrail read --again` has the captures read by the parser of today, and that can be "
    "verified. For the old records use the copytrail that made them."
)
Recorded = Callable[[Collection[str]], Iterable[Article]]
"""The recorded articles of these captures."""


class Maker(Struct, frozen=True, kw_only=True):
    """What records rest on beside the parser's version."""

    unlike: tuple[str, ...] = ()
    """What is not as it was when they were made, in words: a library, the source files."""

    def why_not(self) -> str:
        """Why a difference shows nothing."""
        return f"what reads is not as it was then ({', '.join(self.unlike)})"


class _Recorded(Struct):
    """A record's digest, and by which parser; records themselves would fill the memory."""

    digest: bytes
    parser: str


class FileLineage:
    """The captures of one WARC file, derived again, against the records of its run."""

    def __init__(self, key: str, file: str, maker: Maker) -> None:
        """`key`: the records' table of articles, for messages; `file`: the WARC's name."""
        self._key = key
        self._file = file
        self._maker = maker
        self._captures: dict[str, bytes] = {}
        self._articles: dict[str, _Recorded] = {}
        self._urls: dict[str, str] = {}
        self._others: Counter[str] = Counter()
        self._derived: list[Article] = []
        self._differing: list[str] = []
        self._wrong: list[tuple[str, str | None]] = []
        self._unread: set[str] = set()
        self.checked = 0

    def expect(self, captures: Iterable[Capture], articles: Iterable[Article]) -> None:
        """The records, of which those of this file count. Before anything else."""
        for capture in captures:
            if capture.warc.file == self._file:
                self._captures[_place(capture)] = _digest(capture)
        for article in articles:
            if article.warc.file == self._file:
                self._articles[_place(article)] = _Recorded(_digest(article), article.parser)
                if _place(article) not in self._captures:
                    self._wrong.append((f"an article leads to no capture ({_at(article)})", None))

    def unread(self, url: str | None) -> None:
        """A page that could not be read now, within the bounds."""
        self._unread.add(url or "")

    def take(self, capture: Capture, article: Article | None) -> None:
        """One capture as it is derived now, and what is read on it."""
        self.checked += 1
        place = _place(capture)
        recorded = self._captures.pop(place, None)
        if recorded is None:
            self._wrong.append((f"a capture is not in the records ({_at(capture)})", capture.url))
        elif recorded != _digest(capture):
            self._wrong.append((f"a capture's record is another one ({_at(capture)})", capture.url))
        was = self._articles.pop(place, None)
        if was is None and article is None:
            return
        parser = was.parser if was else ""
        if was and article is None and capture.url in self._unread:
            self._others[f"could not be read again within the bounds, made by {parser}"] += 1
        elif was and not _same_parser(parser, article):
            self._others[f"made by {parser}; this copytrail reads with {_name(article)}"] += 1
        elif was is None or article is None or was.digest != _digest(article):
            self._differ(capture, article)

    def _differ(self, capture: Capture, article: Article | None) -> None:
        self._differing.append(capture.id)
        if article is not None and len(self._derived) < MOST:
            self._derived.append(article)

    def end(self, whole: bool, recorded: Recorded) -> Iterator[Fault]:
        """What came out. `whole`: whether the file could be read to its end."""
        if whole:
            for place in self._captures:
                self._wrong.append((f"a capture is recorded that the file lacks ({place})", None))
            for place in self._articles:
                self._wrong.append((f"an article is recorded that the file lacks ({place})", None))
        yield from self._told(self._wrong)
        if self._differing:
            ids = set(self._differing[:MOST])
            before = [one for one in recorded(ids) if one.warc.file == self._file]
            for change in changes(before, [one for one in self._derived if one.capture in ids]):
                yield self._changed(change)
            if len(self._differing) > MOST:
                yield self._fault(f"{len(self._differing) - MOST} more articles come out otherwise")
        for why, number in sorted(self._others.items()):
            yield Fault(
                check="lineage",
                severity="unverifiable",
                key=self._key,
                message=f"{number} articles of {self._file} cannot be verified: {why}",
                next_step=READ_AGAIN,
            )

    def _told(self, wrong: list[tuple[str, str | None]]) -> Iterator[Fault]:
        for message, url in wrong[:MOST]:
            yield self._fault(message, url)
        if len(wrong) > MOST:
            yield self._fault(f"{len(wrong) - MOST} more records are wrong")

    def _changed(self, change: Change) -> Fault:
        what = {
            "new": "bytes of which no article is recorded give one",
            "gone": "bytes of which an article is recorded give none",
        }.get(change.what, "an article is not what its bytes give")
        fields = change.fields or {}
        names = f": {', '.join(fields)}" if fields else ""
        return self._fault(
            f"{what}{names} (capture {change.capture})",
            change.url,
            expected=_short({name: one.after for name, one in fields.items()}),
            found=_short({name: one.before for name, one in fields.items()}),
        )

    def _fault(
        self, message: str, url: str | None = None, expected: str | None = None,
        found: str | None = None,
    ) -> Fault:  # fmt: skip
        """A fault, if those who made the record read as we do; else nobody can tell."""
        told = f"{message}; but {self._maker.why_not()}" if self._maker.unlike else message
        return Fault(
            check="lineage",
            severity="unverifiable" if self._maker.unlike else "fault",
            key=self._key,
            message=f"{self._file}: {told}",
            url=url,
            expected=expected,
            found=found,
            next_step=NEXT,
        )


def strays(
    key: str, records: Iterable[Capture | Article], run: str, files: Collection[str]
) -> Iterator[Fault]:
    """Records that lead to no WARC file of their run. `key`: their table, for messages."""
    found = 0
    for one in records:
        if one.warc.run == run and one.warc.file in files:
            continue
        found += 1
        if found <= MOST:
            yield Fault(
                check="lineage",
                key=key,
                message=f"a record leads to a file that its run does not have ({_at(one)})",
                url=one.url,
                expected=f"a WARC file of run {run}",
                found=f"{one.warc.file:.200} of run {one.warc.run:.40}",
                next_step=NEXT,
            )


def unlike(then: Mapping[str, str], now: Mapping[str, str]) -> Maker:
    """What of the versions in a `run.json` is not as it is now."""
    return Maker(
        unlike=tuple(
            f"{name} {_version(then, name)}, now {_version(now, name)}"
            for name in sorted(then.keys() | now.keys())
            if then.get(name) != now.get(name)
        )
    )


def matches(
    key: str, found: Iterable[Match], texts: Callable[[set[str]], Mapping[str, Article]],
    complete: bool,
) -> Iterator[Fault]:  # fmt: skip
    """Whether each match leads to two articles that share what it says they share.

    `texts`: archived articles by id. `complete`: whether they are all that the archive has; else an
    article that is not among them may be there.
    """
    for match in found:
        articles = texts({match.a, match.b})
        missing = {match.a, match.b} - articles.keys()
        if missing:
            yield Fault(
                check="lineage",
                severity="fault" if complete else "unverifiable",
                key=key,
                message=f"a match leads to {', '.join(sorted(missing))}, which no record has",
                next_step=NEXT if complete else "`copytrail rebuild`, then audit again.",
            )
            continue
        a, b = articles[match.a], articles[match.b]
        if wrong := not_shared(a, b, match.spans):
            same = match.method == METHOD
            yield Fault(
                check="lineage",
                severity="fault" if same else "unverifiable",
                key=key,
                message=f"{len(wrong)} of {len(match.spans)} spans of the match of {match.a} and "
                f"{match.b} are not the same words in both"
                + ("" if same else f"; it was made by {match.method}, this is {METHOD}"),
                url=a.url,
                expected="the same words in both texts",
                found=f"words {wrong[0].a_start} to {wrong[0].a_end} of {a.url}, "
                f"{wrong[0].b_start} to {wrong[0].b_end} of {b.url}",
                next_step=NEXT,
            )


def _same_parser(recorded: str, derived: Article | None) -> bool:
    """Whether the parser that would read it now is the one that made the record."""
    if derived is not None:
        return recorded == derived.parser
    return recorded.rpartition("+")[2] == PARSER


def _name(derived: Article | None) -> str:
    return derived.parser if derived else PARSER


def _version(of: Mapping[str, str], name: str) -> str:
    return of.get(name, "unknown")[:20]


def _place(record: Capture | Article) -> str:
    """An imported file may hold one id twice."""
    one = record.id if isinstance(record, Capture) else record.capture
    return f"{one} at byte {record.warc.offset}"


def _at(record: Capture | Article) -> str:
    return f"{record.url:.200}, {_place(record)}"


def _digest(record: Capture | Article) -> bytes:
    return bytes.fromhex(sha256_hex(msgspec.json.encode(record, order="deterministic")))


def _short(fields: Mapping[str, object]) -> str | None:
    """Enough of the fields' values to see what it is about."""
    return msgspec.json.encode(fields).decode()[:2000] if fields else None
