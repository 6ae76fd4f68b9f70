"""The command line, `copytrail`: every flow by hand, and everything that looks.

This is a door: any error ends here as one message that says what to do, and an exit status.
"""

import atexit
import gc
import os
import sys
from importlib.metadata import version
from typing import Annotated

import typer

from config.registry import SourceError
from config.settings import SettingsError
from flows.commands import (
    audits,
    backfills,
    exporting,
    judging,
    keeping,
    keys,
    looking,
    network,
    replicas,
    reread,
    room,
    running,
    schedules,
    sources,
)
from flows.crawling import CrawlFailed
from flows.output import complain
from flows.workplace import Busy
from storage.objects import StoreError
from storage.trouble import CatalogError

EXIT_CODES = """Exit status: 0 done; 1 something was not archived, or faults were found;
2 could not be done (a message says why); 3 an audit could not verify some of it; 130 interrupted.
Each command's --help says what it means there. Settings come from copytrail.toml and from
COPYTRAIL_* in the environment: `copytrail config` lists them."""

app = typer.Typer(
    name="copytrail",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"copytrail {version('copytrail')}")
        raise typer.Exit


@app.callback()
def copytrail(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Archive news articles and their cross-posts; keep evidence of who published what, when."""


running.register(app)
backfills.register(app)
reread.register(app)
looking.register(app)
judging.register(app)
network.register(app)
room.register(app)
audits.register(app)
keeping.register(app)
keys.register(app)
replicas.register(app)
schedules.register(app)
exporting.register(app)
app.add_typer(sources.app, name="sources")

# Errors whose message is written for people: they need no traceback.
TOLD = (SettingsError, SourceError, StoreError, CatalogError, CrawlFailed, Busy)


def main() -> None:
    """Entry point of `copytrail`."""
    # The end frees all memory; to look for cycles in it first took a sixth of `articles`.
    atexit.register(gc.freeze)
    try:
        app()
    except TOLD as error:
        complain(str(error))
        sys.exit(2)
    except KeyboardInterrupt:
        complain("interrupted")
        sys.exit(130)  # 128 + SIGINT, as shells do
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        complain(f"{where}{error.strerror or error}. Make room or mend the rights, then try again.")
        sys.exit(2)
    except Exception as fault:
        if os.environ.get("COPYTRAIL_DEBUG"):
            raise
        complain(
            f"a fault in copytrail itself: {type(fault).__name__}: {fault}. "
            "Nothing sealed was changed. COPYTRAIL_DEBUG=1 shows where; please report it."
        )
        sys.exit(2)


if __name__ == "__main__":
    main()
