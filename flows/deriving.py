"""The records of sealed runs derived again from their WARC files, one file after the other."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path

from flows.checks import lineage
from flows.checks.report import Fault
from flows.context import Context
from flows.finishing import versions
from flows.reading import hired, read_each
from flows.sealedrun import NotAsSealed, SealedRun
from spiders.reader import Reader
from storage import layout, tables
from storage.log import Entry
from storage.objects import NotAnObject, NotThere
from storage.records import Article, Capture, Match, Problem, Run, parse_run

Show = Callable[[int, int, str], None]
Picks = Callable[[str, Collection[str]], Collection[str]]
Texts = Callable[[Collection[str]], Mapping[str, Article]]
READS = ("copytrail", "lxml", "py3langid", "python", "sources")
"""What of a run's versions a reading rests on, beside the parser's own."""
CAPTURES, ARTICLES, MATCHES = (
    f"records/{name}.parquet" for name in ("captures", "articles", "matches")
)


def check(
    context: Context, sealed: Mapping[str, Entry], picks: Picks, texts: Texts, complete: bool,
    folder: Path, show: Show,
) -> tuple[int, list[Fault]]:  # fmt: skip
    """How many records were looked at, and what is wrong.

    `picks`: which of a run's objects are looked at; `texts`: articles by id; `complete`: whether
    they are all. A run that is not as it was sealed is left out, and that is told.
    """
    work = _Deriving(context, sealed, picks, texts, complete, folder)
    runs = _described(context, sealed)
    newest = {run.id: run for run in runs.values()}
    for run in runs.values():  # in the order of the log
        if run.kind == "reading":
            newest[str(run.asked.get("run"))] = run
    with hired(context.outlets, context.settings) as readers:
        for number, run in enumerate(runs.values()):
            show(number, len(runs), run.id)
            try:
                work.run(run, newest[run.id], readers)
            except (NotAsSealed, NotThere, NotAnObject, ValueError) as error:
                work.found.append(_left_out(run.id, error))
    if work.replaced:
        work.found.append(_replaced(work.replaced))
    return work.checked, work.found


class _Deriving:
    """What is found along the way."""

    def __init__(
        self, context: Context, sealed: Mapping[str, Entry], picks: Picks, texts: Texts,
        complete: bool, folder: Path,
    ) -> None:  # fmt: skip
        self._context = context
        self._sealed = sealed
        self._picks = picks
        self._texts = texts
        self._complete = complete
        self._folder = folder
        self._now = _reading(versions(context))
        self.checked = self.replaced = 0
        self.found: list[Fault] = []

    def run(self, run: Run, newest: Run, readers: list[Reader]) -> None:
        """One run: its captures by its newest reading, and its matches."""
        of_run = SealedRun(self._context.store, run.id, self._sealed[run.id].seq)
        prefix = layout.run_prefix(run.id)
        picked = self._picks(prefix, of_run.paths)
        warcs = sorted(path for path in picked if path.startswith("warc/"))
        if warcs:
            records = SealedRun(self._context.store, newest.id, self._sealed[newest.id].seq)
            for path in (CAPTURES, ARTICLES):
                records.fetch(path, self._local(path))
            self.replaced += newest.id != run.id
            names = {path.rpartition("/")[2] for path in of_run.paths if path.startswith("warc/")}
            key = layout.run_prefix(newest.id)
            captures = tables.read(self._local(CAPTURES), Capture)
            self.found += lineage.strays(key + CAPTURES, captures, run.id, names)
            articles = tables.read(self._local(ARTICLES), Article)
            self.found += lineage.strays(key + ARTICLES, articles, run.id, names)
        for path in warcs:
            of_run.fetch(path, self._local(path))
            self._file(run.id, newest, path, readers)
            self._local(path).unlink()
        if MATCHES in picked:
            of_run.fetch(MATCHES, self._local(MATCHES))
            self.found += lineage.matches(
                prefix + MATCHES, self._counted(tables.read(self._local(MATCHES), Match)),
                self._texts, self._complete,
            )  # fmt: skip

    def _file(self, run: str, newest: Run, path: str, readers: list[Reader]) -> None:
        local = self._local(path)
        maker = lineage.unlike(_reading(newest.versions), self._now)
        key = layout.object_key(newest.id, ARTICLES)
        work = lineage.FileLineage(key, local.name, maker)
        work.expect(
            tables.read(self._local(CAPTURES), Capture), tables.read(self._local(ARTICLES), Article)
        )
        whole = True

        def note(problem: Problem) -> None:
            nonlocal whole
            whole = whole and problem.url is not None  # without a page, it is the file's
            work.unread(problem.url)

        context = self._context
        for capture, article in read_each(
            run, [local], context.outlets, context.settings, readers, note
        ):
            work.take(capture, article)
        self.checked += work.checked
        self.found += work.end(whole, self._recorded)

    def _recorded(self, captures: Collection[str]) -> Iterator[Article]:
        for article in tables.read(self._local(ARTICLES), Article):
            if article.capture in captures:
                yield article

    def _counted(self, matches: Iterable[Match]) -> Iterator[Match]:
        for match in matches:
            self.checked += 1
            yield match

    def _local(self, path: str) -> Path:
        return self._folder / path.rpartition("/")[2]


def _described(context: Context, sealed: Mapping[str, Entry]) -> dict[str, Run]:
    """What each run says of itself, in the order of the log; those that say nothing left out, for
    the other checks tell of them."""
    found = {}
    for run in sealed:
        try:
            data = context.store.get(layout.run_key(run))
            found[run] = parse_run(data)
        except (NotThere, NotAnObject, ValueError):
            continue
    return found


def _reading(of: Mapping[str, str]) -> dict[str, str]:
    return {name: of[name] for name in READS if name in of}


def _left_out(run: str, error: Exception) -> Fault:
    return Fault(
        check="lineage",
        severity="unverifiable",
        key=layout.run_prefix(run),
        message=f"the records of run {run} were not derived again: {error}",
        next_step="Restore what is damaged, then audit again.",
    )


def _replaced(runs: int) -> Fault:
    return Fault(
        check="lineage",
        severity="note",
        key=layout.RUNS,
        message=f"the captures of {runs} runs were read again later; the records of their newest "
        "readings were checked in place of the first",
        next_step="The older records stay sealed; nothing rests on them any more.",
    )
