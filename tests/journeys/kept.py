"""The small sealed archives that are kept as test data: `python -m tests.journeys.kept` makes one.

Each format of the archive leaves one behind in `tests/data/`; it is never made anew, for what
counts is that later versions still audit what earlier ones sealed.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from config.registry import Politeness, Source, dump_source
from tests.authority import timestamp_authority
from tests.journeys.copytrail import Copytrail
from tests.journeys.small import small
from tests.spiders.small_site import Answer, Site, article, rss

DATA = Path(__file__).parents[1] / "data"
LATEST = DATA / "sealed-1"
PUBLIC, ROOTS = "key.pub.pem", "roots.pem"


def make(folder: Path, into: Path) -> None:
    """Two outlets, of which one copies the other, visited twice; an edit, an import, a judgment, a
    heartbeat; every entry signed and time-stamped."""
    with (
        timestamp_authority(folder / "authority") as authority,
        Site() as lenne,
        Site(name="localhost") as gull,
    ):
        for name, site, title in (("lenne", lenne, "Lenne Courier"), ("gull", gull, "Gull Post")):
            watch(folder / "work" / "home", name, title, site.url)
        copytrail = small(folder / "work")  # it begins with an import, not signed yet
        copytrail.env |= {
            "COPYTRAIL_TIMESTAMP_URL": authority.url,
            "COPYTRAIL_TIMESTAMP_ROOTS": str(authority.roots),
        }
        copytrail.well("keys", "new")
        original, copy = lenne.url + "2024/03/ferry", gull.url + "taken/ferry"
        credit = f'<p>This story originally appeared on <a href="{original}">Lenne Courier</a>.</p>'
        lenne.pages |= {
            "/feed": rss((original, "The ferry stops", "Tue, 05 Mar 2024 09:00:00 GMT")),
            "/2024/03/ferry": article("The ferry stops"),
        }
        gull.pages |= {
            "/feed": rss((copy, "Ferry stops", "Wed, 06 Mar 2024 09:00:00 GMT")),
            "/taken/ferry": article("Ferry stops", "Gull Post", credit, "2024-03-06"),
        }
        copytrail.well("run")
        edited = article("The ferry stops", credit="<p>The part came on Friday.</p>")
        lenne.pages["/2024/03/ferry"] = edited
        gull.pages["/taken/ferry"] = Answer("gone", 410)
        copytrail.well("run")
        copytrail.well(
            "judge", copy, original, "--confirm", "--reason", "word for word", "--name", "A. Tester"
        )
        copytrail.well("heartbeat")
        # No run is to be expected of these outlets later on.
        for name in ("lenne", "gull"):
            copytrail.well("sources", "disable", name)
        shutil.copytree(copytrail.store, into / "archive", ignore=shutil.ignore_patterns(".tmp"))
        shutil.copytree(copytrail.home / "sources", into / "sources")
        (public,) = (copytrail.home / "keys").glob("*.pub.pem")
        shutil.copy(public, into / PUBLIC)
        shutil.copy(authority.roots, into / ROOTS)


def watch(home: Path, name: str, title: str, url: str) -> None:
    folder = home / "sources"
    folder.mkdir(parents=True, exist_ok=True)
    source = Source(
        id=name, name=title, homepage=url, feeds=(url + "feed",), politeness=Politeness(delay=0.05)
    )
    (folder / f"{name}.yml").write_text(dump_source(source))


def at_home(kept: Path, folder: Path) -> Copytrail:
    """A kept archive as the archive of a home, with the key and roots that vouch for it."""
    copytrail = Copytrail(folder, COPYTRAIL_TIMESTAMP_ROOTS=str(kept / ROOTS))
    shutil.copytree(kept / "archive", copytrail.store)
    shutil.copytree(kept / "sources", copytrail.home / "sources")
    (copytrail.home / "keys").mkdir()
    shutil.copy(kept / PUBLIC, copytrail.home / "keys" / PUBLIC)
    return copytrail


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        make(Path(name), Path(sys.argv[1]))
