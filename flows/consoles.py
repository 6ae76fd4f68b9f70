"""rich's console, patient with a reader that goes away. Apart, for rich takes 0.05 s to import."""

from rich.console import Console

from flows.output import let_go


class Patient(Console):
    """A console that goes on when nobody reads it any more: work is not done for its output."""

    def on_broken_pipe(self) -> None:
        """Print to nowhere from now on; rich itself would end the process with status 1."""
        let_go(self.file)
