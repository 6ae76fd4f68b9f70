"""The files that articles ask for: which are fetched, when, how often, and what is said of them."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from spiders.job import KnownPage
from spiders.parsers import parse
from storage.identity import canonical_url
from storage.outlets import Outlets
from storage.records import Article, Capture
from storage.warcread import read_captures
from tests.spiders.child_made import SETTINGS, Crawl, source_of
from tests.spiders.small_site import Answer, Site, article, rss

DATE = "Tue, 05 Mar 2024 09:00:00 GMT"
FILM = Answer(b"\0\0\0\x18ftypisom" * 300, kind="video/mp4", headers={"ETag": '"film"'})
PNG = Answer(b"\x89PNG", kind="image/png")


@pytest.fixture
def cdn() -> Iterator[Site]:
    """The machine by its other name: another host."""
    with Site({"/robots.txt": Answer("", 404)}, name="localhost") as one:
        yield one


def offer(site: Site, *bodies: str, head: str = "") -> list[str]:
    """Articles whose texts end with these, in a feed; returns their addresses."""
    urls = []
    for number, body in enumerate(bodies):
        path = f"2024/03/the-ferry-stops-at-noon-{number}"
        page = article(f"The ferry stops at noon, part {number}", credit=body)
        text = str(page.body).replace("</head>", head + "</head>")
        site.pages["/" + path] = msgspec.structs.replace(page, body=text)
        urls.append(site.url + path)
    site.pages["/feed"] = rss(*((url, "The ferry stops at noon", DATE) for url in urls))
    return urls


def captures(folder: Path) -> dict[str, Capture]:
    return {
        one.capture.url: one.capture
        for path in sorted((folder / "warc").iterdir())
        for one in read_captures(path, "R1", max_decoded_bytes=10_000_000)
    }


def test_none_is_fetched_unless_the_source_says_so(run_job: Crawl, site: Site) -> None:
    offer(site, "<img src=/a.png><video src=/film.mp4></video>")
    heard = run_job(source=source_of(site))
    assert not {"/a.png", "/film.mp4", "/favicon.ico"} & set(site.paths())
    assert heard.closed.counts["articles"] == 1


def test_linked_media(run_job: Crawl, site: Site, cdn: Site, tmp_path: Path) -> None:
    films = ("bare.mp4", "linked.webm", "played.mp4", "moved.mp4")
    cdn.pages |= {f"/{name}": FILM for name in films[:-1]}
    cdn.pages["/moved.mp4"] = Answer("", 302, {"Location": "/there"})
    cdn.pages["/there"] = Answer(article("A page by its looks").body, kind="video/mp4")
    site.pages["/sound.mp3"] = Answer(b"ID3", kind="audio/mpeg")
    (page,) = offer(
        site,
        f"<p>{cdn.url}bare.mp4</p><p>See <a href={cdn.url}linked.webm>this</a>.</p>"
        f"<video poster=/still.png><source src={cdn.url}list.m3u8>"
        f"<source src={cdn.url}played.mp4></video><p><a href={cdn.url}moved.mp4>that</a></p>"
        "<audio src=/sound.mp3></audio><img src=/a.png><p><a href=/paper.pdf>paper</a></p>"
        "<iframe src=https://www.youtube.com/embed/x></iframe>",
    )
    heard = run_job(source=source_of(site, media="linked"))
    assert heard.problems == []
    assert heard.closed.counts["media"] == 5
    found = captures(tmp_path)
    for name in films[:-1]:
        one = found[cdn.url + name]
        assert (one.why, one.via, one.status, one.body_bytes) == ("medium", page, 200, 3600)
    assert found[site.url + "sound.mp3"].mime == "audio/mpeg"
    assert found[cdn.url + "there"].why == "medium"
    assert found[cdn.url + "there"].via == cdn.url + "moved.mp4"
    asked = {*site.paths(), *cdn.paths()}
    assert not asked & {"/a.png", "/still.png", "/list.m3u8", "/paper.pdf"}
    assert "/robots.txt" in cdn.paths()


def test_all_media(run_job: Crawl, site: Site, tmp_path: Path) -> None:
    names = ("still.png", "small.png", "large.png", "film.mp4")
    site.pages |= {f"/{name}": PNG for name in names}
    offer(
        site,
        "<video poster=/still.png src=/film.mp4></video><figure><img src=/small.png "
        'srcset="/small.png 300w, /middle.png 600w, /large.png 1200w"></figure>',
    )
    run_job(source=source_of(site, media="all"))
    files = [one for one in captures(tmp_path).values() if one.why == "medium"]
    assert {one.url for one in files} == {site.url + name for name in names}


HEAD = """<link rel=stylesheet href=/style.css><link rel="shortcut icon" href=/icon.png>
<link rel="alternate stylesheet" href=/other.css><link rel=preload as=font href=/pre.woff2>
<style>@import "/deep1.css"; h1 { background: url(/inline.png) }</style>
<script src=/x.js></script>"""
BODY = """<p style="background:url('/styled.png')">x</p><picture><source srcset="/wide.png 2x">
<img src=/shown.png data-src=/lazy.png srcset="/s1.png 300w, /s2.png 600w"></picture>
<iframe src=/frame.html></iframe>"""


def test_page_requisites(run_job: Crawl, site: Site, cdn: Site, tmp_path: Path) -> None:
    css = {
        "/style.css": f"@font-face{{ src: url({cdn.url}f.woff2) }} a{{ background: url(bg.png) }}",
        "/deep1.css": "@import url(deep2.css);",
        "/deep2.css": "@import url(deep3.css); b { background: url(deep.png) }",
        "/deep3.css": "@import url(deep4.css); b { background: url(deeper.png) }",
        "/deep4.css": "@import url(deep5.css);",
    }
    site.pages |= {path: Answer(text, kind="text/css") for path, text in css.items()}
    pages = offer(site, BODY, BODY, head=HEAD)
    heard = run_job(source=source_of(site, requisites="page"))
    assert heard.problems == []  # that pictures are missing is archived with their 404
    found = captures(tmp_path)
    files = {url: one for url, one in found.items() if one.why == "requisite"}
    wanted = [
        "style.css", "icon.png", "pre.woff2", "deep1.css", "deep2.css", "deep3.css", "deep.png",
        "deeper.png", "inline.png", "styled.png", "wide.png", "shown.png", "lazy.png", "s1.png",
        "s2.png", "bg.png",
    ]  # fmt: skip
    assert set(files) == {site.url + name for name in wanted} | {cdn.url + "f.woff2"}
    first = files[site.url + "style.css"].via
    assert first in pages
    assert files[site.url + "deep2.css"].via == site.url + "deep1.css"
    assert files[cdn.url + "f.woff2"].via == site.url + "style.css"
    paths = site.paths()
    assert len(paths) == len(set(paths))  # each file once, though both pages ask for it
    last = max(paths.index(canonical_url(page).partition("noon")[2] and page[len(site.url) - 1 :])
               for page in pages)  # fmt: skip
    assert last < min(paths.index("/" + name) for name in wanted)
    counts = heard.closed.counts
    assert (counts["requisites"], counts["requisites_missing"]) == (4, len(files) - 4)


def test_originals_and_lists(run_job: Crawl, site: Site, other: Site) -> None:
    """Files of a followed original are fetched as the crawl's source says; of lists none."""
    other.pages["/2024/03/the-ferry-stops"] = article(
        "The ferry stops at noon, part 0", "Quay", "<p><video src=/film.mp4></video></p>"
    )
    other.pages["/film.mp4"] = FILM
    site.pages["/2024/03/a-list"] = Answer("<a href=/b>b</a><video src=/no.mp4></video>")
    link = f"<a href={other.url}2024/03/the-ferry-stops>Quay</a>"
    credit = f"<p>This article was originally published on {link}.</p>"
    urls = offer(site, credit)
    site.pages["/feed"] = rss(*((url, "t", DATE) for url in [*urls, site.url + "2024/03/a-list"]))
    heard = run_job(source=source_of(site, media="linked"))
    assert "/film.mp4" in other.paths()
    assert "/no.mp4" not in site.paths()
    assert heard.closed.counts["media"] == 1


def test_what_is_a_problem(run_job: Crawl, site: Site, cdn: Site, tmp_path: Path) -> None:
    with Site(name="localhost") as dead:
        pass
    cdn.pages |= {
        "/broken.mp4": Answer("no", 503), "/wall.mp4": Answer("<p>Log in</p>"),
        "/long.mp4": Answer(b"x" * 50_000, kind="video/mp4"),
        "/huge.png": Answer(b"x" * 50_000, kind="image/png"),
    }  # fmt: skip
    names = ("gone.mp4", "broken.mp4", "wall.mp4", "long.mp4")
    dark = "".join(f"<img src={dead.url}{n}.png>" for n in range(5))
    offer(
        site,
        "".join(f"<p>{cdn.url}{name}</p>" for name in names)
        + f"<p>{dead.url}film.mp4</p><img src=/gone.png><img src={cdn.url}huge.png>{dark}",
    )
    settings = msgspec.structs.replace(
        SETTINGS, max_medium_bytes=20_000, max_requisite_bytes=10_000
    )
    source = source_of(site, media="linked", requisites="page")
    heard = run_job(source=source, settings=settings)
    told = {name: [one for one in heard.problems if name in one] for name in
            ("503", "place of a medium", "longer than", "cannot reach", "silent")}  # fmt: skip
    assert [len(found) for found in told.values()] == [1, 1, 2, 2, 1], heard.problems
    assert len(heard.problems) == 7
    found = captures(tmp_path)
    assert found[cdn.url + "gone.mp4"].status == 404
    long = found[cdn.url + "long.mp4"]
    assert (long.truncated, long.body_bytes) == ("length", 20_000)
    assert (found[cdn.url + "huge.png"].truncated, found[cdn.url + "huge.png"].body_bytes) == (
        "length",
        10_000,
    )
    # A host that does not give its robots.txt is asked for nothing else (RFC 9309 §2.3.1.4).
    assert found[dead.url + "robots.txt"].error


def test_robots_txt_of_another_host_is_obeyed(run_job: Crawl, site: Site, cdn: Site) -> None:
    cdn.pages["/robots.txt"] = Answer("User-agent: *\nDisallow: /\n", kind="text/plain")
    offer(site, f"<p>{cdn.url}film.mp4</p>")
    heard = run_job(source=source_of(site, media="linked"))
    assert cdn.paths() == ["/robots.txt"]
    assert heard.problems == []
    assert heard.closed.counts["files_forbidden"] == 1


def test_files_never_cost_an_article(run_job: Crawl, site: Site) -> None:
    site.pages |= {f"/film{n}.mp4": FILM for n in range(4)}
    urls = offer(site, *(f"<p>{site.url}film{n}.mp4</p>" for n in range(4)))
    size = 4 * 3600  # the feed and the articles have less than that in all
    settings = msgspec.structs.replace(SETTINGS, max_run_bytes=size)
    heard = run_job(source=source_of(site, media="linked"), settings=settings)
    assert heard.closed.counts["articles"] == len(urls)
    assert heard.closed.limits_reached == ("max_run_bytes",)
    assert 1 <= heard.closed.counts["media"] < 4


def test_files_are_bounded_in_number(run_job: Crawl, site: Site) -> None:
    offer(site, "".join(f"<p>{site.url}film{n}.mp4</p>" for n in range(9)))
    settings = msgspec.structs.replace(SETTINGS, max_files=2)
    heard = run_job(source=source_of(site, media="linked"), settings=settings)
    assert heard.closed.limits_reached == ("max_files",)
    assert sum("film" in path for path in site.paths()) == 2


def test_only_a_new_version_brings_its_files(run_job: Crawl, site: Site, tmp_path: Path) -> None:
    (url,) = offer(site, "<video src=/film.mp4></video>")
    site.pages["/film.mp4"] = lambda headers: (
        Answer("", 304) if headers.get("if-none-match") == '"film"' else FILM
    )
    run_job(source=source_of(site, media="linked"))
    source = source_of(site)
    (read,) = [
        parse(one.page(), source, Outlets([source]))
        for path in (tmp_path / "warc").iterdir()
        for one in read_captures(path, "R1", max_decoded_bytes=10_000_000)
        if one.capture.url == url
    ]
    assert isinstance(read, Article)
    page = KnownPage(url=url, canonical_url=canonical_url(url), due=True, version=read.id)
    film = site.url + "film.mp4"
    file = KnownPage(url=film, canonical_url=canonical_url(film), etag='"film"')
    known = tmp_path / "known"
    known.write_bytes(b"\n".join(map(msgspec.json.encode, (page, file))))
    before = len(site.asked)
    run_job(source=source_of(site, media="linked"), known=known)
    assert "/film.mp4" not in site.paths()[before:]
    offer(site, "<p>Edited since.</p><video src=/film.mp4></video>")
    heard = run_job(source=source_of(site, media="linked"), known=known)
    assert site.paths()[-1] == "/film.mp4"
    assert heard.closed.counts["files_unchanged"] == 1
