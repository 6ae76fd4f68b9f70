"""A live line for the run at work, on stderr; plain lines where stderr is no terminal."""

import signal
from types import FrameType, TracebackType

from rich.progress import Progress as Bars
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

from flows.finishing import Watch
from flows.output import cell, clean, messages
from spiders.job import AnyEvent, Fetched, Log, Trouble
from spiders.job import Progress as Pages

STAGES = {
    "crawling": "crawling",
    "reading": "reading the archived bytes",
    "comparing": "looking for copies",
    "sealing": "sealing",
}


class Progress:
    """Shows what a run does, and turns the first Ctrl-C into an orderly stop.

    A second Ctrl-C interrupts at once; what was captured then waits for the next run.
    """

    def __init__(self) -> None:
        self._console = messages()
        self._bars = Bars(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
        )
        self._task = self._bars.add_task("", total=None, visible=False)
        self._name = ""
        self._stage = ""
        self._fetched = 0
        self._pages = (0, 0)
        self.interrupted = False

    def watch(self, name: str) -> Watch:
        """What the pipeline tells its progress to."""
        self._name, self._stage, self._fetched, self._pages = name, "starting", 0, (0, 0)
        return Watch(
            on_event=self._on_event,
            on_stage=self._on_stage,
            on_note=self._on_note,
            should_stop=lambda: self.interrupted,
        )

    def _on_stage(self, stage: str) -> None:
        self._stage = STAGES.get(stage, stage)
        if not self._console.is_terminal:
            self._console.print(cell(f"{self._name}: {self._stage}"), soft_wrap=True)
        self._show()

    def _on_note(self, note: str) -> None:
        self._console.print(cell(f"  ! {note}", "yellow"), soft_wrap=True)

    def _on_event(self, event: AnyEvent) -> None:
        match event:
            case Fetched():
                self._fetched += 1
            case Pages(done=done, queued=queued):
                self._pages = (done, queued)
            case Trouble(what=what, url=url):
                where = f" ({url})" if url and url not in what else ""
                self._console.print(cell(f"  ! {what}{where}", "yellow"), soft_wrap=True)
            case Log(level="warning", message=message):
                self._console.print(cell(f"  {message}", "dim"), soft_wrap=True)
        self._show()

    def _show(self) -> None:
        done, queued = self._pages
        pages = f", {done} of {done + queued} pages" if done + queued else ""
        text = f"{self._name}: {self._stage} ({self._fetched} exchanges archived{pages})"
        self._bars.update(self._task, description=clean(text), visible=True)

    def __enter__(self) -> "Progress":
        self._before = {
            number: signal.signal(number, self._stop) for number in (signal.SIGINT, signal.SIGTERM)
        }
        self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bars.stop()
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        if self.interrupted:
            raise KeyboardInterrupt
        self.interrupted = True
        self._console.print("stopping: what was captured is sealed first; again: stop at once")
