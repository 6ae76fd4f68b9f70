"""Bad input and bad luck: a message that names the thing and the next step, the right exit status,
and what was captured before is kept."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import servers
from tests.journeys.copytrail import PROGRAM, Copytrail, Ended
from tests.journeys.outages import (
    OUTLET,
    Ferry,
    captured,
    kept,
    left_in_work,
    watch_outlet,
    working,
)
from tests.spiders.small_site import Answer

GOOD = f"id: {OUTLET}\nname: Lenne Courier\nhomepage: http://127.0.0.1:9/\n"


@pytest.fixture
def copytrail(tmp_path: Path) -> Copytrail:
    return Copytrail(tmp_path / "here")


@pytest.fixture
def dead() -> str:
    """An address where nobody listens."""
    return f"http://127.0.0.1:{servers.free_ports(1)[0]}/"


def check(ended: Ended, code: int, *words: str) -> None:
    """The status, and what the message must name."""
    told = ended.stdout + ended.stderr
    assert ended.code == code, ended
    for word in words:
        assert word in told, f"{word!r} is not in:\n{told}"
    assert "Traceback" not in told
    assert "fault in copytrail itself" not in told


def test_an_outlet_that_does_not_answer(copytrail: Copytrail, dead: str) -> None:
    host = dead.removeprefix("http://").rstrip("/")
    check(copytrail.run("sources", "add", dead), 2, host, "connection refused", "Check the address")
    watch_outlet(copytrail, dead)
    ended = copytrail.run("run")
    check(ended, 1, host, "connection refused", f"sources check {OUTLET}")
    copytrail.audit()


def test_one_outlet_of_two_does_not_answer(copytrail: Copytrail, dead: str) -> None:
    with Ferry(2) as site:
        watch_outlet(copytrail, dead, "aaa")
        watch_outlet(copytrail, site.url, "bbb")
        check(copytrail.run("run"), 1, "Aaa: failed", "Bbb: complete")
    assert captured(copytrail) == set(site.articles)
    assert copytrail.audit()["runs"] == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GOOD + "feedz: []\n", ("feedz", "docs/sources.md")),
        (GOOD + "feeds: [\n", ("not valid YAML", "line 5")),
        (GOOD + "articles: {include: ['(']}\n", ("`(`", "regular expression")),
        (GOOD + "politeness: {delay: soon}\n", ("politeness.delay", "float")),
        (GOOD.replace("lenne\n", "other\n"), ("other", "file's name")),
    ],
)
def test_a_source_file_with_a_typo(copytrail: Copytrail, text: str, words: tuple[str, ...]) -> None:
    file = copytrail.home / "sources" / f"{OUTLET}.yml"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    check(copytrail.run("run"), 2, str(file), *words)
    assert not left_in_work(copytrail)


def test_words_that_mean_nothing(copytrail: Copytrail) -> None:
    check(copytrail.run("run", "nobody"), 2, "nobody", "globalresearch", "sources add")
    check(copytrail.run("run", "--from", "nonsense"), 2, "--from nonsense", "2020-07-19")
    reversed_window = ("run", "--from", "2021-01-02", "--to", "2021-01-01")
    check(copytrail.run(*reversed_window), 2, "2021-01-02", "after")
    check(copytrail.run("follow", "ftp://example.org/"), 2, "ftp://example.org/", "http://")
    check(copytrail.run("sources", "add", "not an address"), 2, "not an address", "https://")
    check(copytrail.run("import", "missing.warc"), 2, "missing.warc", "no such file")
    (copytrail.folder / "page.html").write_text("<html>")
    check(copytrail.run("import", "page.html"), 2, "page.html", "not a WARC")


def test_settings_that_cannot_be_used(copytrail: Copytrail) -> None:
    check(copytrail.run("run", COPYTRAIL_STROE="x"), 2, "COPYTRAIL_STROE", "COPYTRAIL_STORE")
    check(copytrail.run("run", COPYTRAIL_MAX_PAGES="many"), 2, "COPYTRAIL_MAX_PAGES", "number")
    file = copytrail.folder / "copytrail.toml"
    file.write_text("stroe = 'x'\n")
    check(copytrail.run("run"), 2, str(file), "did you mean store?")
    file.write_text("store = [\n")
    check(copytrail.run("run"), 2, str(file), "not valid TOML")
    check(copytrail.run("run", COPYTRAIL_CONFIG="gone.toml"), 2, "gone.toml", "COPYTRAIL_CONFIG")


def test_loopback_only_where_it_is_allowed(copytrail: Copytrail) -> None:
    with Ferry(2) as site:
        watch_outlet(copytrail, site.url)
        refused = {"COPYTRAIL_ALLOW_PRIVATE_ADDRESSES": "false"}
        named = ("127.0.0.1", "COPYTRAIL_ALLOW_PRIVATE_ADDRESSES=true")
        check(copytrail.run("run", **refused), 1, *named)
        check(copytrail.run("sources", "add", site.url, **refused), 2, *named)
        assert site.asked == []


def test_a_name_that_does_not_exist(copytrail: Copytrail) -> None:
    # RFC 2606 §2: `.invalid` never resolves, so nothing is contacted.
    watch_outlet(copytrail, "http://outlet.invalid/")
    check(copytrail.run("run"), 1, "outlet.invalid")
    check(copytrail.run("sources", "add", "http://outlet.invalid/"), 2, "outlet.invalid")


def test_a_warc_that_changes_while_it_is_copied(copytrail: Copytrail) -> None:
    (copytrail.folder / "growing.warc").write_bytes(b"WARC/1.1\r\n" * 100)
    code = (
        "import shutil; shutil.copyfile = lambda a, b: b.write_bytes(a.read_bytes()[:500]); "
        "from flows.cli import main; main()"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, "import", "growing.warc"],
        env=copytrail.env, cwd=copytrail.folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    told = Ended(ended.returncode, ended.stdout, ended.stderr)
    check(told, 1, "growing.warc", "changed while it was copied")
    assert not left_in_work(copytrail)


# --- the store ----------------------------------------------------------------------------------


def test_a_wrong_bucket_or_key_is_told_before_the_crawl(
    copytrail: Copytrail, seaweed_server: servers.Seaweed
) -> None:
    env = {**seaweed_server.env, "COPYTRAIL_STORE": "s3://no-such-bucket/prefix"}
    with Ferry(2) as site:
        watch_outlet(copytrail, site.url)
        check(copytrail.run("run", **env), 2, "no-such-bucket", "COPYTRAIL_STORE")
        env["COPYTRAIL_STORE"] = f"s3://{servers.BUCKET}/x"
        env["AWS_SECRET_ACCESS_KEY"] = "wrong"
        check(copytrail.run("run", **env), 2, servers.BUCKET, "AWS_SECRET_ACCESS_KEY")
        assert site.asked == []
    assert not left_in_work(copytrail)


def test_a_store_that_is_away_keeps_nobody_from_capturing(
    copytrail: Copytrail, s3_bucket: tuple[str, dict[str, str]]
) -> None:
    store, env = s3_bucket
    copytrail.env.update(env, COPYTRAIL_STORE=store)
    away = f"http://127.0.0.1:{servers.free_ports(1)[0]}"
    with Ferry(2) as site:
        watch_outlet(copytrail, site.url)
        ended = copytrail.run("run", AWS_ENDPOINT_URL=away)
        check(ended, 1, away, "does not answer", "kept in", "next `copytrail run`")
        assert site.answered() == set(site.articles)
        # Seals what waited, then visits again.
        check(copytrail.run("run"), 0, "sealed what an earlier run left", "2 articles")
    assert captured(copytrail) == set(site.articles)
    assert not left_in_work(copytrail)
    assert copytrail.audit()["runs"] == 2


def test_one_that_cannot_be_sealed_keeps_no_other_from_it(copytrail: Copytrail) -> None:
    with Ferry(2) as site:
        watch_outlet(copytrail, site.url)
        copytrail.well("run")
        broken = copytrail.home / "work" / "01M82KDCNQEJPB3QZM9RCA0KM4"
        (broken / "run" / "warc").mkdir(parents=True)
        (broken / "run" / "warc" / "x.warc.gz").write_bytes(b"something")
        (broken / "job.json").write_bytes(b"{")
        check(copytrail.run("run"), 1, broken.name, "import", "Lenne: complete")
    assert (broken / "run" / "warc" / "x.warc.gz").read_bytes() == b"something"
    copytrail.audit()


# --- the catalog --------------------------------------------------------------------------------


def test_the_catalog_of_another_archive(copytrail: Copytrail, tmp_path: Path) -> None:
    other = Copytrail(tmp_path / "other")
    with Ferry(2) as site:
        for one in (copytrail, other):
            watch_outlet(one, site.url)
            one.well("run")
        asked = len(site.asked)
        catalog = f"sqlite:///{other.home / 'catalog.sqlite'}"
        check(copytrail.run("run", COPYTRAIL_CATALOG=catalog), 2, "belong", "copytrail rebuild")
        assert len(site.asked) == asked
    assert not left_in_work(copytrail)
    assert copytrail.audit()["runs"] == 1


def test_a_catalog_that_does_not_answer(copytrail: Copytrail) -> None:
    port = servers.free_ports(1)[0]
    url = f"postgresql+psycopg://me:secret@127.0.0.1:{port}/catalog"
    with Ferry(2) as site:
        watch_outlet(copytrail, site.url)
        ended = copytrail.run("run", COPYTRAIL_CATALOG=url)
        check(ended, 2, str(port), "refused")
        assert "secret" not in ended.stderr
        assert site.asked == []
    assert not left_in_work(copytrail)


# --- room ---------------------------------------------------------------------------------------


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    """A file system of this size on `folder`; `mount -o remount,size=` makes it larger."""
    folder.mkdir(parents=True)
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if made.returncode:
        pytest.skip(f"a small disk needs root and the right to mount: {made.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def grow(folder: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=64m", str(folder)], check=True)


def heavy(site: Ferry, kib: int) -> None:
    """Make each article this much longer, by what does not compress."""
    for path, page in list(site.pages.items()):
        if path != "/feed" and isinstance(page, Answer):
            noise = os.urandom(kib * 1024).hex()
            site.pages[path] = Answer(f"{page.body!s}<!-- {noise} -->")


@pytest.mark.parametrize("size", ["700k", "1300k"])
def test_a_full_disk(copytrail: Copytrail, size: str) -> None:
    """In the crawl, in the reading, in the sealing, in the catalog: all have this one disk."""
    with small_disk(copytrail.home, size), Ferry(12) as site:
        watch_outlet(copytrail, site.url)
        heavy(site, 60)
        ended = copytrail.run("run")
        check(ended, 1, "no room", "kept in", "next `copytrail run`")
        assert copytrail.run("audit").code == 0  # though it cannot keep what it found
        there = kept(copytrail.home)
        # The last one that was asked for may have found no room.
        assert set(there.values()) >= site.answered() - {site.url.rstrip("/") + site.paths()[-1]}
        grow(copytrail.home)
        check(copytrail.run("run"), 0, "sealed what an earlier run left")
        assert kept(copytrail.store).keys() >= there.keys()
        assert captured(copytrail) == set(site.articles)
        assert not left_in_work(copytrail)
        copytrail.audit()


def test_a_file_size_limit(copytrail: Copytrail) -> None:
    with Ferry(12) as site:
        watch_outlet(copytrail, site.url)
        heavy(site, 60)
        ended = subprocess.run(
            ["bash", "-c", 'ulimit -f 300; exec "$@"', "-", PROGRAM, "run"],
            env=copytrail.env, cwd=copytrail.folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        check(Ended(ended.returncode, ended.stdout, ended.stderr), 1, "no room")
        copytrail.audit()


# --- two at once --------------------------------------------------------------------------------


def test_two_at_once_on_different_outlets(copytrail: Copytrail) -> None:
    with Ferry(8) as one, Ferry(8) as two:
        watch_outlet(copytrail, one.url, "one")
        watch_outlet(copytrail, two.url, "two")
        with working(copytrail, "run", "one") as first, working(copytrail, "run", "two") as second:
            codes = [first.end().code, second.end().code]
    assert codes == [0, 0]
    assert captured(copytrail) == {*one.articles, *two.articles}
    assert copytrail.audit()["entries"] == 2
    # Both carry the same texts: whichever was sealed last was compared with the first.
    assert len(copytrail.rows("trails")) == 8
    assert not left_in_work(copytrail)


def test_two_at_once_on_the_same_outlet(copytrail: Copytrail) -> None:
    with Ferry(400) as site:
        watch_outlet(copytrail, site.url, delay=0.1)
        with working(copytrail, "run") as first:
            first.child()
            check(copytrail.run("run"), 1, f"source {OUTLET}", "wait until it has ended")
            assert first.process.poll() is None
