"""Walls in the place of articles: told from articles, archived, flagged, never a version."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.registry import Politeness, Source, dump_source
from config.settings import Loaded, Settings
from flows.context import Context
from flows.gathering import state
from flows.pipeline import Done, archive
from spiders.pagekind import wall
from storage.identity import canonical_url
from storage.records import Page
from tests.spiders.reading_help import DATA, page
from tests.spiders.small_site import PARAGRAPHS, Answer, Site, article, rss

SHELL = "<html><head><title>{}</title></head><body><nav>{}</nav>{}</body></html>"
NAV = "<a href=/a>Politics</a> <a href=/b>World</a> " * 30


def shell(title: str, body: str = "", nav: str = NAV) -> str:
    return SHELL.format(title, nav, body)


CLOUDFLARE = shell(
    "Just a moment...",
    "<h1>news.example</h1><p>Verifying you are human. This may take a few seconds.</p>"
    "<script>window._cf_chl_opt={cvId:'3'}</script><noscript>Enable JavaScript</noscript>",
)
WALLS = {
    "Cloudflare": (CLOUDFLARE, "challenge"),
    "Cloudflare, German": (shell("Einen Moment…", "<p>Sicherheit wird geprüft</p>"), "challenge"),
    "DataDome": (
        shell("news.example", "<script src='https://geo.captcha-delivery.com/c.js'></script>"),
        "challenge",
    ),
    "Imperva": (
        "<html><body><iframe src='/_Incapsula_Resource?CWUDNSAI=9'>Request unsuccessful. Incapsula "
        "incident ID: 0-1</iframe></body></html>",
        "challenge",
    ),
    "Anubis": (
        shell("Making sure you're not a bot!", "<script id=anubis_challenge>{}</script>"),
        "challenge",
    ),
    "captcha": (shell("News", "<p>Are you there?</p><div class='g-recaptcha'></div>"), "challenge"),
    "Akamai": (
        "<html><head><title>Access Denied</title></head><body><h1>Access Denied</h1>You don't have "
        "permission to access this page. Reference #18.2</body></html>",
        "block",
    ),
    "country": (shell("Not available in your region", "<p>We are sorry.</p>"), "block"),
    "Russian block": (shell("Доступ запрещён", "<p>Обратитесь к администратору</p>"), "block"),
    "consent": (
        shell("Before you continue", "<p>We use cookies for purposes.</p>" * 150),
        "consent",
    ),
    "login": (
        shell("Log in to continue | News", "<form><input type=email><input type=password></form>"),
        "login",
    ),
    "soft 404": (shell("Lenne Courier | Page not found", "<p>It may have moved.</p>"), "soft-404"),
    "soft 404, heading": (shell("Lenne Courier", "<h1>404</h1><p>Sorry.</p>"), "soft-404"),
    "soft 404, French": (shell("Page introuvable - Le Courrier", "<p>Désolé.</p>"), "soft-404"),
}
PROSE = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS * 3)
ARTICLES = {
    "plain": article("The ferry stops at noon").body,
    "about a wall": shell("Access denied: how the ferry lost its pier", PROSE),
    "about 404": shell("404 Not Found: the story of a missing ship", PROSE),
    "guarded": shell("The ferry", PROSE + "<script>_pxAppId='x'</script><p class=g-recaptcha>"),
    "brief in a guarded site": shell(
        "Ferry stops", f"<p>{PARAGRAPHS[0]} {PARAGRAPHS[1]}</p><script>_Incapsula_Resource</script>"
    ),
    "consent is the subject": shell("Consent to search was given, court says", PROSE),
    "with a login box": shell("The ferry", PROSE + "<form><input type=password></form>"),
}


@pytest.mark.parametrize("name", WALLS)
def test_walls_are_told(name: str) -> None:
    body, kind = WALLS[name]
    found = wall(page(body))
    assert found is not None
    assert found.kind == kind
    assert found.reason


@pytest.mark.parametrize("name", ARTICLES)
def test_articles_are_no_walls(name: str) -> None:
    assert wall(page(ARTICLES[name])) is None


def test_headers_tell_too() -> None:
    bare = page("", status=403)
    answer = Page(capture=bare.capture, headers=(("CF-Mitigated", "challenge"),), body=b"")
    found = wall(answer)
    assert found is not None
    assert found.kind == "challenge"


def test_where_a_redirect_leads_tells_too() -> None:
    form = shell("Le Courrier", "<p>Bonjour</p>")
    assert wall(page(form, "https://consent.news.test/x")) is None
    found = wall(page(form, "https://consent.news.test/x", why="redirect"))
    assert found is not None
    assert found.kind == "consent"


def test_a_plain_404_is_no_soft_one() -> None:
    assert wall(page(shell("404 Not Found"), status=404)) is None


@pytest.mark.parametrize(
    "body", [b"", b"<" * 2_000_000, b"<a>" * 500_000, b"<div>" * 200_000, b"\x00\xff" * 1000]
)
def test_hostile_bytes_are_taken(body: bytes) -> None:
    assert wall(page(body)) is None


def test_real_articles_are_no_walls() -> None:
    files = sorted((DATA / "pages").rglob("*.html.gz"))
    if not files:
        pytest.skip("no shared data: ../shared/data/pages has real pages")
    taken = [path.name for path in files if wall(page(gzip.decompress(path.read_bytes())))]
    assert len(files) > 100
    assert taken == []


# Whole runs


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as one:
        one.pages["/feed"] = rss((one.url + "2024/03/story", "The ferry stops at noon", ""))
        one.pages["/2024/03/story"] = article("The ferry stops at noon")
        yield one


class Archive:
    """A source's archive, run by run."""

    def __init__(self, site: Site, folder: Path) -> None:
        settings = Settings(home=folder, allow_private_addresses=True)
        self.source = Source(
            id="lenne", name="Lenne", homepage=site.url, feeds=(site.url + "feed",),
            politeness=Politeness(delay=0.01),
        )  # fmt: skip
        settings.user_sources.mkdir(parents=True)
        (settings.user_sources / "lenne.yml").write_text(dump_source(self.source))
        self.context = Context(Loaded(settings, {}))
        self.page = canonical_url(site.url + "2024/03/story")

    def run(self) -> Done:
        return archive(self.context, self.source)

    def kinds(self) -> list[str | None]:
        return [one.page_kind for one in self.context.catalog.captures(page=self.page)]

    def state(self) -> tuple[str, int]:
        history = self.context.catalog.histories([self.page])[self.page]
        return state(history), len(history.versions)


def test_a_known_article_behind_a_wall_is_neither_edited_nor_gone(
    site: Site, tmp_path: Path
) -> None:
    mine = Archive(site, tmp_path / "home")
    assert mine.run().run.outcome == "complete"
    answers = {
        "challenge": Answer(CLOUDFLARE, 403),
        "block": Answer(WALLS["Akamai"][0], 404),  # some firewalls hide behind a 404
        "soft-404": Answer(WALLS["soft 404"][0]),
        "consent": Answer(WALLS["consent"][0]),
        "login": Answer(WALLS["login"][0]),
    }
    for kind, answer in answers.items():
        site.pages["/2024/03/story"] = answer
        done = mine.run().run
        assert mine.kinds()[-1] == kind
        assert mine.state() == ("live", 1)
        # Somebody has to know that the page was not had; that it is gone, the outlet itself says.
        assert done.outcome == ("complete" if kind == "soft-404" else "partial")
        if kind != "soft-404":
            assert done.problems[0].what.startswith(f"a {kind} page came in its place")
    site.pages["/2024/03/story"] = Answer("<h1>Gone</h1>", 410)
    mine.run()
    assert mine.state() == ("gone", 1)
    assert mine.kinds() == [None, *answers, None]


def test_a_wall_is_no_first_version_either(site: Site, tmp_path: Path) -> None:
    site.pages["/2024/03/story"] = Answer(CLOUDFLARE, headers={"ETag": '"wall"'})
    mine = Archive(site, tmp_path / "home")
    done = mine.run().run
    assert done.counts["articles"] == 0
    assert mine.kinds() == ["challenge"]
    site.pages["/2024/03/story"] = article("The ferry stops at noon")
    assert mine.run().run.counts["articles"] == 1
    assert "if-none-match" not in site.asked[-1].headers
