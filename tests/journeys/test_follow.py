"""`copytrail follow URL`: one page, its original, and what the claim is worth."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.copytrail import Copytrail
from tests.servers import free_ports
from tests.spiders.small_site import PARAGRAPHS, Answer, Site, article

ORIGINAL = "/news/ferry-stops"
COPY = "/blog/ferry"
ALONE = "/blog/alone"
OTHER = (
    "The bakery on Tollgate Row has sold the same rye loaf since the year of the great frost, and "
    "its owner sees no reason to bake another one now that the flour has become dear again.",
    "She says that people come for the crust, which is black on the one side, because the oven "
    "leans, and that whoever wants an even loaf may go to the supermarket by the bus depot.",
    "Last winter a man from the trade board measured the oven, wrote down three numbers, and left "
    "with two loaves under his coat, since when nobody has heard from the board at all.",
)


@pytest.fixture(scope="module")
def courier() -> Iterator[Site]:
    """The outlet that has the original."""
    with Site({ORIGINAL: article("The ferry stops", date="2024-03-05")}) as site:
        yield site


@pytest.fixture(scope="module")
def blog(courier: Site) -> Iterator[Site]:
    """A site that nobody registered."""
    url = courier.url.rstrip("/") + ORIGINAL
    credit = f'<p>This article was originally published by <a href="{url}">Lenne Courier</a>.</p>'
    alone = article("A loaf that leans", "Harbour Blog", date="2024-04-01")
    assert isinstance(alone.body, str)
    text = "".join(f"<p>{paragraph}</p>" for paragraph in OTHER)
    before = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    pages = {
        COPY: article("The ferry stops", "Harbour Blog", credit, "2024-03-08"),
        ALONE: Answer(alone.body.replace(before, text)),
    }
    with Site(dict(pages)) as site:
        yield site


@pytest.fixture(scope="module")
def copytrail(tmp_path_factory: pytest.TempPathFactory) -> Copytrail:
    """One archive for all; no source is registered."""
    return Copytrail(tmp_path_factory.mktemp("follow"))


def at(site: Site, path: str) -> str:
    return site.url.rstrip("/") + path


def test_a_credited_copy_and_its_original(copytrail: Copytrail, courier: Site, blog: Site) -> None:
    copy, original = at(blog, COPY), at(courier, ORIGINAL)
    ended = copytrail.run("follow", copy)
    assert ended.code == 0, ended
    # What a person sees names both outlets and the verdict.
    for words in ("Harbour Blog", "Lenne Courier", "confirmed"):
        assert words in ended.stdout
    (trail,) = copytrail.rows("trails", "--url", copy)
    (row,) = trail["copies"]
    assert (row["copy_url"], row["original_url"]) == (copy, original)
    assert (row["kind"], row["verdict"]) == ("copy", "confirmed")
    assert row["attribution"]["hyperlink_leads_to"] == "article"
    assert {article["url"] for article in trail["articles"]} == {copy, original}
    (trace,) = copytrail.rows("trace", copy)
    assert [step["article"]["url"] for step in trace["steps"]] == [copy, original]
    assert [step["captures"][0]["why"] for step in trace["steps"]] == ["asked", "claim"]
    copytrail.audit()


def test_a_page_without_original(copytrail: Copytrail, blog: Site) -> None:
    url = at(blog, ALONE)
    ended = copytrail.run("follow", url)
    assert ended.code == 0, ended
    assert "No original was found" in ended.stderr
    (row,) = copytrail.rows("articles", "--url", url)
    assert row["title"] == "A loaf that leans"
    assert row["text"] == "\n\n".join(OTHER)
    assert row["republished_from"] is None
    assert copytrail.rows("trails", "--url", url) == []


def test_a_dead_address(copytrail: Copytrail) -> None:
    (port,) = free_ports(1)
    url = f"http://127.0.0.1:{port}/gone"
    ended = copytrail.run("follow", url)
    assert ended.code == 1
    assert f"127.0.0.1:{port}" in ended.stdout + ended.stderr
    assert "connection refused" in ended.stdout + ended.stderr
    assert copytrail.rows("articles", "--url", url) == []
    copytrail.audit()


def test_a_page_that_is_not_there(copytrail: Copytrail, blog: Site) -> None:
    url = at(blog, "/blog/never-was")
    ended = copytrail.run("follow", url)
    assert ended.code == 1
    assert "404" in ended.stdout + ended.stderr


@pytest.mark.parametrize("url", ["ftp://example.org/a", "example.org", "/etc/passwd"])
def test_what_is_no_address(tmp_path: Path, url: str) -> None:
    copytrail = Copytrail(tmp_path)
    ended = copytrail.run("follow", url)
    assert ended.code == 2
    assert url in ended.stderr
    assert "http" in ended.stderr
    assert not copytrail.home.exists()
