"""The parent's end of a crawl: start the child, hear it out, and never leave it behind."""

import os
import re
import selectors
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from msgspec import Struct

from config.registry import Source
from config.settings import Settings
from spiders.job import (
    AnyEvent,
    Closed,
    Discovered,
    Finding,
    Job,
    JobKind,
    Trouble,
    decode_event,
    encode,
)
from storage.identity import new_run_id

MAX_LINE = 4 * 1024 * 1024
"""Bytes of one event; `closed` with 1,000 problems of 2 KiB is the longest."""
MAX_STDERR = 64 * 1024  # the end of the child's log, for the error message
POLL_SECONDS = 0.5  # how soon a wish to stop is seen
STOP_SECONDS = 25.0
"""Longer than the child's own bound (`spiders.child.STOP_SECONDS`); then it is killed."""


class CrawlFailed(Exception):
    """The crawl child did not end in order. What it had captured is in the run's folder."""


class Look(Struct, frozen=True):
    """What `discover` and `check` saw. `source` is None where no site answered."""

    source: Source | None
    findings: tuple[Finding, ...]
    problems: tuple[str, ...]


def crawl(
    job: Job,
    on_event: Callable[[AnyEvent], None],
    should_stop: Callable[[], bool] | None = None,
    keep_open: tuple[int, ...] = (),
) -> Closed:
    """Run one crawl in a child process and hand on its events, `closed` included.

    The child inherits the descriptors in `keep_open`: a lock on one lasts until it has gone.
    When `should_stop` says so, the child is asked to end in good order. An exception from
    `on_event`, KeyboardInterrupt or a cancelled flow end the child too, and then go on. Raises
    CrawlFailed when the child ends without `closed` or with another status than 0.
    """
    with _child(job, keep_open) as child:
        closed: Closed | None = None
        log = _Tail()
        for line in _lines(child, log, should_stop):
            event = _event(line)
            if isinstance(event, Closed):
                closed = event
            on_event(event)
        status = child.wait(STOP_SECONDS)
    if closed is None or status != 0:
        raise CrawlFailed(_why(status, log.text()))
    return closed


def discover(url: str, settings: Settings, sources: tuple[Source, ...] = ()) -> Look:
    """Look at a site by its address: what it offers, and a source file for it.

    Without a scheme, https is tried and then http. Raises CrawlFailed; ValueError for what is no
    http(s) address.
    """
    form = re.fullmatch(r"(?:https?://)?[^\s/:?#@]+(?::(\d{1,5}))?(?:[/?#]\S*)?", url)
    if form is None or int(form[1] or 0) > 65535:
        raise ValueError(f"`{url}` is not an http(s) address, such as https://example.org/")
    return _look("discover", settings, sources, (url,), None)


def check(source: Source, settings: Settings) -> Look:
    """Whether what the source file says works. Raises CrawlFailed."""
    return _look("check", settings, (source,), (), source)


def _look(
    kind: JobKind,
    settings: Settings,
    sources: tuple[Source, ...],
    urls: tuple[str, ...],
    source: Source | None,
) -> Look:
    findings: list[Finding] = []
    found: list[Source] = [source] if source else []
    problems: list[str] = []

    def hear(event: AnyEvent) -> None:
        if isinstance(event, Finding):
            findings.append(event)
        elif isinstance(event, Discovered):
            found.append(event.source)
        elif isinstance(event, Trouble):
            problems.append(event.what)

    # A look is no visit: its captures are not kept.
    with tempfile.TemporaryDirectory(prefix="copytrail-look-") as folder:
        job = Job(
            run=new_run_id(),
            folder=Path(folder),
            kind=kind,
            settings=settings,
            sources=sources,
            source=source,
            urls=urls,
        )
        crawl(job, hear)
    return Look(found[-1] if found else None, tuple(findings), tuple(problems))


class _Tail:
    """The last bytes of a stream."""

    def __init__(self) -> None:
        self._bytes = b""

    def add(self, data: bytes) -> None:
        self._bytes = (self._bytes + data)[-MAX_STDERR:]

    def text(self) -> str:
        return self._bytes.decode("utf-8", "replace").strip()


@contextmanager
def _child(job: Job, keep_open: tuple[int, ...]) -> Iterator[subprocess.Popen[bytes]]:
    """The started child with its job. On leaving, however it comes, it is gone."""
    child = subprocess.Popen(
        # -P: a folder `spiders` where the user stands must not be taken for ours.
        [sys.executable, "-P", "-m", "spiders.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=keep_open,
        # Ctrl-C on the terminal reaches us alone; we close the child's stdin and wait for it.
        start_new_session=True,
    )
    try:
        _tell(child, job)
        yield child
    except KeyboardInterrupt:
        child.kill()  # whoever presses Ctrl-C twice means now; what was written is whole
        raise
    finally:
        _end(child)


def _tell(child: subprocess.Popen[bytes], job: Job) -> None:
    try:
        if child.stdin is not None:
            child.stdin.write(encode(job))
            child.stdin.flush()
    except BrokenPipeError:
        return  # it died at its start; its status and stderr say why


def _end(child: subprocess.Popen[bytes]) -> None:
    _close_stdin(child)
    try:
        # The child may be writing to a pipe that nobody reads any more.
        for stream in (child.stdout, child.stderr):
            if stream is not None:
                stream.close()
        if child.poll() is None:
            child.terminate()
            child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        pass
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()


def _close_stdin(child: subprocess.Popen[bytes]) -> None:
    try:
        if child.stdin is not None and not child.stdin.closed:
            child.stdin.close()
    except BrokenPipeError:
        return


def _lines(
    child: subprocess.Popen[bytes], log: _Tail, should_stop: Callable[[], bool] | None
) -> Iterator[bytes]:
    """The child's lines as they come, until both its streams end."""
    rest = b""
    asked = False
    with selectors.DefaultSelector() as streams:
        for stream in (child.stdout, child.stderr):
            if stream is not None:
                streams.register(stream, selectors.EVENT_READ)
        while streams.get_map():
            if not asked and should_stop is not None and should_stop():
                asked = True
                _close_stdin(child)
            for key, _ in streams.select(POLL_SECONDS):
                data = os.read(key.fd, 65536)
                if not data:
                    streams.unregister(key.fileobj)
                elif key.fileobj is child.stderr:
                    log.add(data)
                else:
                    *lines, rest = (rest + data).split(b"\n")
                    yield from lines
                    if len(rest) > MAX_LINE:
                        raise CrawlFailed("the crawl child wrote a line without end")


def _event(line: bytes) -> AnyEvent:
    try:
        return decode_event(line)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise CrawlFailed(f"the crawl child said something unknown: {error}") from error


def _why(status: int, log: str) -> str:
    how = {
        2: "could not read its job",
        3: "failed",
        5: "found no room for its captures",
        4: "had to end itself when it was told to stop",
    }.get(status, f"was killed by signal {-status}" if status < 0 else f"ended with {status}")
    last = "\n".join(log.splitlines()[-20:])
    return f"the crawl child {how}." + (f" Its last words:\n{last}" if last else "")
