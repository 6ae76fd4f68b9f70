"""WARC files of other tools go the same way as a crawl of our own."""

import gzip
import re
import shutil
import subprocess
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from urllib.request import urlopen

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from tests.journeys.bundled import Bundled, what_was_read
from tests.journeys.copytrail import Copytrail, Ended
from tests.servers import missing

MIRROR_SECONDS = 60  # it takes 1 to 3


@dataclass(frozen=True)
class Files:
    """One outlet each, in the way of one tool each."""

    wget_gzip: Path
    wget_plain: Path
    warcio: Path

    def all(self) -> tuple[str, ...]:
        return str(self.wget_gzip), str(self.wget_plain), str(self.warcio)


@pytest.fixture(scope="module")
def files(bundled: Bundled, tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The outlets as they were on the first visit, kept by wget and by warcio."""
    folder = tmp_path_factory.mktemp("warcs")
    with bundled.again() as outlets:
        return Files(
            wget_gzip=wget(outlets.urls["kestrel-daily"], folder / "kestrel"),
            wget_plain=wget(
                outlets.urls["steppe-front"], folder / "steppe", "--no-warc-compression"
            ),
            warcio=by_warcio(bundled, outlets.urls["common-inquiry"], folder / "inquiry.warc.gz"),
        )


def wget(url: str, name: Path, *more: str) -> Path:
    """Mirror a site with wget, which writes a WARC as it goes."""
    if not (program := shutil.which("wget")):
        missing("no wget: apt-get install wget")
    words = [
        program, "--quiet", "--no-config", "--no-proxy", "--recursive", "--level=inf",
        # wget takes all ports of a host for one site.
        "--execute=robots=off", f"--accept-regex=^{url}/", "--reject-regex=wp-json|images|uploads",
        # Only the WARC counts; and `/latest` cannot be a file and a folder.
        "--no-directories", "--delete-after", f"--directory-prefix={name}-pages",
        f"--warc-file={name}", *more, f"{url}/",
    ]  # fmt: skip
    # 8: some page answered with an error; the outlets have dead links, as the web has.
    ended = subprocess.run(words, timeout=MIRROR_SECONDS, check=False, cwd=name.parent)
    assert ended.returncode in (0, 8)
    suffix = ".warc" if "--no-warc-compression" in more else ".warc.gz"
    return name.with_name(name.name + suffix)


def by_warcio(bundled: Bundled, url: str, path: Path) -> Path:
    """The articles of one outlet, fetched plainly and written by warcio's own writer."""
    with path.open("wb") as out:
        writer = WARCWriter(out, gzip=True, warc_version="WARC/1.0")
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "warcio"}))
        for page in bundled.truth(1)["articles"]:
            if not page.startswith(url):
                continue
            with urlopen(page) as reply:
                head = StatusAndHeaders("200 OK", reply.getheaders(), protocol="HTTP/1.1")
                body = BytesIO(reply.read())
            writer.write_record(
                writer.create_warc_record(page, "response", payload=body, http_headers=head)
            )
    return path


@pytest.fixture(scope="module")
def imported(
    bundled: Bundled, files: Files, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Copytrail, Ended]:
    """An archive of nothing but the three files."""
    copytrail = Copytrail(tmp_path_factory.mktemp("imported"))
    shutil.copytree(bundled.copytrail.home / "sources", copytrail.home / "sources")
    return copytrail, copytrail.run("import", *files.all(), "--json")


def test_articles_are_those_of_a_live_crawl(
    bundled: Bundled, imported: tuple[Copytrail, Ended]
) -> None:
    copytrail, ended = imported
    assert ended.code == 0, ended
    assert [done["run"]["kind"] for done in ended.rows()] == ["import"] * 3
    live = what_was_read(bundled.visits[1].articles)
    read = what_was_read(copytrail.rows("articles"))
    assert {one: read.get(one) for one in live} == live
    copytrail.audit()


def test_lists_in_a_mirror_are_no_articles(
    bundled: Bundled, imported: tuple[Copytrail, Ended]
) -> None:
    """A mirror holds every page of the site; a crawl fetches hardly any but articles."""
    articles = {row["url"] for row in bundled.visits[1].articles}
    read = {row["url"] for row in imported[0].rows("articles")}
    assert sorted(read - articles) == []


def test_copies_are_those_of_a_live_crawl(
    bundled: Bundled, imported: tuple[Copytrail, Ended]
) -> None:
    same = ("copy_url", "original_url", "kind", "verdict", "contained_in_original")
    copies = [
        copy for trail in imported[0].rows("trails") for copy in trail["copies"]
    ]  # fmt: skip
    found = {tuple(copy[name] for name in same) for copy in copies}
    assert found == {tuple(copy[name] for name in same) for copy in bundled.visits[1].copies()}


def test_an_import_is_told_from_a_crawl(
    bundled: Bundled, imported: tuple[Copytrail, Ended], files: Files
) -> None:
    copytrail, ended = imported
    asked = {done["run"]["asked"]["file"] for done in ended.rows()}
    assert asked == {Path(name).name for name in files.all()}
    copy = bundled.truth(1)["cases"]["credited_copy"]["copy"]
    (trace,) = copytrail.rows("trace", copy)
    for step in trace["steps"]:
        assert {(one["route"], one["why"]) for one in step["captures"]} == {("import", "import")}


def test_files_are_kept_as_they_are_where_records_can_be_reached(
    imported: tuple[Copytrail, Ended], files: Files
) -> None:
    kept = {path.read_bytes() for path in imported[0].store.glob("runs/*/warc/*")}
    assert {Path(name).read_bytes() for name in files.all()} <= kept


def test_records_in_one_gzip_member_are_parted(
    bundled: Bundled, files: Files, tmp_path: Path
) -> None:
    plain = files.wget_plain
    single = tmp_path / "single.warc.gz"
    single.write_bytes(gzip.compress(plain.read_bytes()))
    read = []
    for name, path in (("single", single), ("plain", plain)):
        copytrail = Copytrail(tmp_path / name)
        shutil.copytree(bundled.copytrail.home / "sources", copytrail.home / "sources")
        assert copytrail.run("import", str(path)).code == 0
        read.append(what_was_read(copytrail.rows("articles")))
        copytrail.audit()
    assert read[0] == read[1]


def test_a_second_import_adds_nothing(imported: tuple[Copytrail, Ended], files: Files) -> None:
    copytrail, _ = imported
    before = copytrail.audit()["head"]
    ended = copytrail.run("import", *files.all())
    assert ended.code == 0
    for name in files.all():
        assert f"{name}: imported before" in ended.stderr
    assert copytrail.audit()["head"] == before


def test_a_damaged_file_is_read_up_to_the_damage(
    bundled: Bundled, files: Files, tmp_path: Path
) -> None:
    whole = files.wget_gzip.read_bytes()
    at = len(whole) * 2 // 3
    damaged = tmp_path / "damaged.warc.gz"
    damaged.write_bytes(whole[:at] + bytes(64) + whole[at + 64 :])
    copytrail = Copytrail(tmp_path / "archive")
    shutil.copytree(bundled.copytrail.home / "sources", copytrail.home / "sources")
    ended = copytrail.run("import", str(damaged), "--json")
    assert ended.code == 1
    (done,) = ended.rows()
    assert done["run"]["outcome"] == "partial"
    (problem,) = done["run"]["problems"]
    assert "damaged.warc.gz" in problem["what"]
    (told,) = re.findall(r"byte (\d+)", problem["what"])
    # The record that is damaged begins before the damage, and none is that long.
    assert at - 50_000 < int(told) <= at, problem
    read = what_was_read(copytrail.rows("articles"))
    live = what_was_read(bundled.visits[1].articles)
    both = read.keys() & live.keys()
    assert len(both) > 3
    assert [read[one] for one in both] == [live[one] for one in both]
    (kept,) = copytrail.store.glob("runs/*/warc/*")
    assert kept.read_bytes() == damaged.read_bytes()
    copytrail.audit()


@pytest.mark.parametrize(
    ("name", "content"),
    [("page.warc", b"<!doctype html><title>no</title>"), ("empty.warc.gz", b""), ("none", None)],
)
def test_what_is_no_warc_is_refused(tmp_path: Path, name: str, content: bytes | None) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    copytrail = Copytrail(tmp_path / "archive")
    ended = copytrail.run("import", str(path))
    assert ended.code == 2
    assert str(path) in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not list(copytrail.home.rglob("*.json"))
