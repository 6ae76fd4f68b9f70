"""Reading what strangers wrote, in a process of its own with a limit of time and of memory.

Parsers are C code that no signal and no thread can stop, and that a page may crash. So pages,
feeds, sitemaps and listings are read in a child process; one that takes too long is killed, and the
next page gets a new one. The crawl goes on meanwhile, and reading uses another core.

What goes to the child and comes back is pickled: it runs our code as the same user, and so can do
nothing by a pickle that it could not do without.
"""

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from msgspec import Struct

from config.settings import Settings
from spiders.pagekind import Wall, wall
from spiders.parsers import parse
from storage.outlets import Outlets
from storage.records import Article, NotAnArticle, Page

START_SECONDS = 30.0
"""For the child to start and import its parsers; it takes 0.2 s on an idle machine."""
# Numeric libraries reserve memory for each core; one page is read on one.
ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
START = "import sys; from spiders.reader import serve; serve(*map(int, sys.argv[1:]))"
P = ParamSpec("P")
T = TypeVar("T")


class Unreadable(Exception):
    """A document could not be read within the bounds. The message says which, in words."""


class Look(Struct, frozen=True):
    """What one page is."""

    wall: Wall | None
    article: Article | NotAnArticle | None
    """None where a wall stands in its place, or where nobody asked."""


class Reader:
    """One child process; what is submitted is read one after the other. Close it in the end."""

    def __init__(self, outlets: Outlets, settings: Settings, pages: bool = True) -> None:
        """`pages`: whether pages will be read, so that the parsers are wanted from the start."""
        self._outlets = outlets
        self._seconds = settings.max_parse_seconds
        self._memory = settings.max_parse_memory
        self._pages = pages
        self._thread = ThreadPoolExecutor(1, "reader")
        self._child: subprocess.Popen[bytes] | None = None
        self._channel: Connection | None = None
        self._closed = False

    def submit(self, work: Callable[P, T], *args: P.args, **named: P.kwargs) -> Future[T]:
        """Have `work`, a function of a module, done in the child.

        The future's result is what it returns. It raises Unreadable at a bound, and ValueErrors
        that `work` raises.
        """
        return self._thread.submit(self._read, work, args, named)

    def look(self, page: Page, with_article: bool = True) -> Future[Look]:
        """What stands at a page, and the article on it."""
        return self.submit(look, page, with_article)

    def close(self) -> None:
        """End the child, whatever it is doing."""
        self._closed = True
        self._end()
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _read(self, work: Callable[..., Any], args: Any, named: Any) -> Any:
        channel = self._channel or self._start()
        try:
            channel.send((work, args, named))
            if not channel.poll(self._seconds):
                raise Unreadable(
                    f"could not be read within {self._seconds:g} s (max_parse_seconds)"
                )
            answer = channel.recv()
            if isinstance(answer, ValueError | Unreadable):
                raise answer
        except (EOFError, OSError) as error:
            raise Unreadable(self._how_it_ended()) from error
        finally:
            if sys.exc_info()[0] is not None:
                self._end()
        return answer

    def _start(self) -> Connection:
        ours, theirs = Pipe()
        with theirs:
            self._child = subprocess.Popen(
                [sys.executable, "-P", "-c", START, str(theirs.fileno()), str(int(self._pages))],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                # Whoever reads our log must not have to wait for the child's end.
                stderr=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                env=os.environ | ENVIRONMENT,
                start_new_session=True,  # Ctrl-C is for us
            )
        self._channel = ours
        if self._closed:
            self._end()
        ours.send((self._outlets, self._seconds, self._memory))
        if not ours.poll(START_SECONDS):
            raise Unreadable(f"the reading process did not start within {START_SECONDS:g} s")
        ours.recv()
        return ours

    def _how_it_ended(self) -> str:
        status = self._child.wait() if self._child else 0
        memory = f"{self._memory // 2**20} MiB of memory (max_parse_memory)"
        if status == OUT_OF_MEMORY:
            return f"could not be read within {memory}"
        if status == -signal.SIGXCPU:
            return f"could not be read within {self._seconds:g} s (max_parse_seconds)"
        how = f"signal {-status}" if status < 0 else f"status {status}"
        return f"could not be read: it broke the parser, which ended with {how}, or took {memory}"

    def _end(self) -> None:
        child, channel, self._child, self._channel = self._child, self._channel, None, None
        if child is not None:
            child.kill()
            child.wait()
        if channel is not None:
            channel.close()


# What runs in the child

OUT_OF_MEMORY = 7  # exit status
_outlets = Outlets(())


def look(page: Page, with_article: bool) -> Look:
    """What stands at a page, and the article on it."""
    stands = wall(page)
    if stands is not None or not with_article:
        return Look(stands, None)
    return Look(None, parse(page, _outlets.by_url(page.capture.page_url), _outlets))


def serve(descriptor: int, pages: int) -> None:
    """The child: do what comes, one after the other, until the parent closes its end.

    `pages`: 1 if it will be pages, else 0.
    """
    global _outlets
    if pages:  # before the first one, which has its own time
        import spiders.parsers.article  # noqa: F401

    channel = Connection(descriptor)
    sys.excepthook = lambda kind, error, _: channel.send(_broken(kind, error))
    with suppress(EOFError, ConnectionError):
        _outlets, seconds, memory = channel.recv()
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        limit = pages * resource.getpagesize() + memory
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        channel.send(None)
        while True:
            try:
                work, args, named = channel.recv()
                # Should the parent be gone, nobody else stops us.
                cpu = int(time.process_time() + seconds) + 2
                resource.setrlimit(resource.RLIMIT_CPU, (cpu, resource.RLIM_INFINITY))
                answer = work(*args, **named)
            except ValueError as error:
                answer = error
            except MemoryError:
                os._exit(OUT_OF_MEMORY)
            channel.send(answer)


def _broken(kind: type[BaseException], error: BaseException) -> Unreadable:
    """An error that should not be: it costs one page."""
    return Unreadable(f"could not be read: {kind.__name__}: {error}"[:500])
