"""`make demo`: the main job on the bundled outlets, with the commands that a person would type.

Everything happens on 127.0.0.1 and in the folder `copytrail-demo/`, which is made anew each time.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from rich.console import Console

from flows.commands.room import PORT
from tests.outlets.expected import expected
from tests.outlets.server import Outlets

HOME = Path("copytrail-demo")
CONFIG = HOME / "copytrail.toml"
COPYTRAIL = Path(sys.executable).with_name("copytrail")
SETTINGS = f'''# Made by `make demo`.
home = "{HOME}"
# The bundled outlets are on 127.0.0.1, where copytrail goes only when it is told so.
allow_private_addresses = true
'''
console = Console(highlight=False)


def main() -> None:
    """Crawl twice, show the trails and check the archive; exits with the audit's status."""
    began = time.monotonic()
    if CONFIG.exists():  # ours; a folder of that name that is not ours is left alone
        shutil.rmtree(HOME)
    HOME.mkdir()
    CONFIG.write_text(SETTINGS, encoding="utf-8")
    with Outlets(visit=1) as outlets:
        say("Three invented outlets are being served here. Add each by its address:")
        for url in outlets.urls.values():
            run("sources", "add", url, "--media", "linked", "--requisites", "page")
        say("Crawl them, follow cross-posts to their originals, and seal the runs:")
        run("run", may_end_with=1)
        say("Later, one article has been edited and one original has gone. Visit them again:")
        outlets.visit = 2
        run("run", may_end_with=1)
    say("The outlets are switched off now. Who took what from whom, and are the claims true?")
    run("trails")
    film = expected(outlets.urls)["cases"]["seed_like"]["copy"]
    say("From one copy to its original, to the film that it is about, and to the bytes:")
    run("trace", film)
    say("Is everything in the archive as it was sealed?")
    run("audit")
    shown = f"COPYTRAIL_CONFIG={CONFIG} {Path('.venv/bin/copytrail')}"
    say(f"That took {time.monotonic() - began:.0f} seconds. Look around:")
    truth = expected(outlets.urls)
    original = truth["articles"][truth["cases"]["seed_like"]["original"]]["title"]
    console.print(f"  {shown} serve", soft_wrap=True)
    console.print(
        f"      opens http://127.0.0.1:{PORT}/ in any browser; there, click on", soft_wrap=True
    )
    console.print(f"      “{original}”: who took it from whom, and the evidence", soft_wrap=True)
    for words in ("articles", "trails --json", "doctor", "--help"):
        console.print(f"  {shown} {words}", soft_wrap=True)


def say(text: str) -> None:
    """A line of the story."""
    console.print(f"\n[bold cyan]{text}[/]", soft_wrap=True)


def run(*words: str, may_end_with: int = 0) -> None:
    """Run copytrail as a person would, and stop the demo when it fails."""
    console.print(f"[dim]$ copytrail {' '.join(words)}[/]", soft_wrap=True)
    # Settings of the person who runs the demo must not lead it to their own archive.
    env = {name: value for name, value in os.environ.items() if not name.startswith("COPYTRAIL_")}
    ended = subprocess.run(
        [COPYTRAIL, *words], env=env | {"COPYTRAIL_CONFIG": str(CONFIG)}, check=False
    ).returncode
    if ended not in (0, may_end_with):
        console.print(f"[bold red]`copytrail {' '.join(words)}` ended with {ended}.[/]")
        sys.exit(ended)


if __name__ == "__main__":
    main()
