"""Sources: the outlets that we watch, one YAML file each.

Shipped files lie in `config/sources/`, the user's own in `<home>/sources/`; a user's file replaces
the shipped one of the same id.
"""

import math
import re
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from config.rules import Rules, check_rules
from config.timetable import check_cron, spans

SHIPPED = Path(__file__).parent / "sources"
ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


class SourceError(Exception):
    """A source file cannot be used. The message names the file, the place and what to do."""


class Politeness(Struct, frozen=True, forbid_unknown_fields=True):
    """How we behave towards the outlet."""

    delay: float = 1.0
    """Seconds between two requests to one host; robots.txt Crawl-delay raises it."""
    concurrency: int = 1
    """Requests under way to one host at once."""


class Listing(Struct, frozen=True, forbid_unknown_fields=True):
    """A page that lists articles, and how to go on from it."""

    url: str
    links: str = ""
    """CSS selector of the article links; "" takes every link that `articles` admits."""
    next: str = ""
    """CSS selector of the link to the next page; "" takes rel=next and the usual pagers."""


class Articles(Struct, frozen=True, forbid_unknown_fields=True):
    """Which URLs of the site are articles: regular expressions, searched in the whole URL."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


class Expect(Struct, frozen=True, forbid_unknown_fields=True):
    """What is usual; an audit says when it is not so."""

    articles_per_day: float | None = None


class Source(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One outlet."""

    id: str
    name: str
    homepage: str
    aliases: tuple[str, ...] = ()
    """Other names under which pages credit it."""
    domains: tuple[str, ...] = ()
    """Its other sites, former ones too (`southfront.org`), as `identity.site` writes them."""
    language: str | None = None
    enabled: bool = True
    """Whether `copytrail run` without names takes it."""
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    api: str = ""
    """Root of a WordPress REST API, up to and with `/wp/v2/`."""
    listings: tuple[Listing, ...] = ()
    day_pages: str = ""
    """Pages that list the articles of one day, for backfills:
    `https://outlet.example/{year}/{month}/{day}/`."""
    articles: Articles = Articles()
    rules: tuple[Rules, ...] = ()
    """What its pages do differently, by the time of the capture."""
    schedule: str = "17 */6 * * *"
    """Cron, UTC. Four visits a day: feeds of ten entries then overlap at most outlets."""
    rechecks: str | None = None
    """When its articles are fetched again after their first sight: `1h 24h 7d 30d`, or `never`.
    Default: the setting of that name."""
    politeness: Politeness = Politeness()
    media: Literal["none", "linked", "all"] = "none"
    """Files of its articles to archive: films and sounds that the text links to or plays
    (`linked`), with `all` the pictures too. A film can be larger than a year of pages."""
    requisites: Literal["none", "page"] = "none"
    """With `page`, what its articles take to look right in replay: styles, pictures, fonts, icons.
    Some dozens of requests a page, at `delay` each."""
    verify_tls: bool = True
    """Off only where an outlet's certificate is known to be broken; captures record it."""
    expect: Expect = Expect()
    note: str = ""


def parse_source(text: str, where: str) -> Source:
    """A source from YAML. Raises SourceError that names `where` and the field."""
    import yaml  # 0.03 s; most reading commands need no source file

    try:
        data: Any = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # ValueError: the 13th month
        raise SourceError(f"{where}: not valid YAML: {error}") from error
    try:
        source = msgspec.convert(data, Source)
        _check(source)
    except (msgspec.ValidationError, ValueError) as error:
        raise SourceError(f"{where}: {error}. docs/sources.md describes each field.") from error
    return source


def _check(source: Source) -> None:
    if not ID.fullmatch(source.id):
        raise ValueError(f"id `{source.id}` must be small letters, digits and hyphens")
    if not source.name.strip():
        raise ValueError("name must not be empty")
    urls = [source.homepage, *source.feeds, *source.sitemaps, *(one.url for one in source.listings)]
    for url in urls + ([source.api] if source.api else []):
        if not _is_web_address(url):
            raise ValueError(f"`{url}` is not an http(s) address")
        if "@" in urlsplit(url).netloc:
            raise ValueError(
                "an address holds a user name or password, which would stand in every capture "
                "(RFC 9110 §4.2.4): take it out"
            )
    if source.day_pages and not (
        _is_web_address(source.day_pages)
        and all(part in source.day_pages for part in ("{year}", "{month}", "{day}"))
    ):
        raise ValueError(
            f"day_pages `{source.day_pages}` must be an http(s) address with {{year}}, {{month}} "
            "and {day} in it"
        )
    for pattern in source.articles.include + source.articles.exclude:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(
                f"articles: `{pattern}` is not a regular expression: {error}"
            ) from error
    check_rules(source.rules)
    if not 0 <= source.politeness.delay < math.inf or source.politeness.concurrency < 1:
        raise ValueError("politeness: delay must be 0 or more and concurrency 1 or more")
    for name, look in (("schedule", check_cron), ("rechecks", spans)):
        if text := getattr(source, name):
            try:
                look(text)
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from error


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(re.fullmatch(r"https?://\S+", url) and parts.hostname and parts.port != 0)
    except ValueError:  # brackets that do not close, a port beyond 65535
        return False


def dump_source(source: Source) -> str:
    """The source as YAML, defaults left out."""
    import yaml

    class Dumper(yaml.SafeDumper):
        """Quotes Unicode's line breaks; PyYAML writes them in a form that reads back as spaces."""

        def represent_text(self, text: str) -> yaml.ScalarNode:
            style = '"' if re.search("[\x85\u2028\u2029]", text) else None
            return self.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    Dumper.add_representer(str, Dumper.represent_text)
    plain = msgspec.to_builtins(source, str_keys=True)
    defaults = msgspec.to_builtins(Source(id="x", name="x", homepage="x"))
    kept = {k: v for k, v in plain.items() if k in ("id", "name", "homepage") or v != defaults[k]}
    # msgspec leaves tuples as they are; YAML should show plain lists.
    lists = msgspec.json.decode(msgspec.json.encode(kept))
    return yaml.dump(lists, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=100)


class Registry:
    """All sources by id, and the way from a name or a site to one of them."""

    def __init__(self, sources: dict[str, Source], files: dict[str, Path]) -> None:
        self.sources = sources
        self.files = files

    def get(self, source_id: str) -> Source:
        """Raises SourceError if there is no such source."""
        if source_id not in self.sources:
            known = ", ".join(sorted(self.sources)) or "none"
            raise SourceError(
                f"no source `{source_id}`. Known: {known}. "
                "Add one with `copytrail sources add URL`."
            )
        return self.sources[source_id]

    def enabled(self) -> list[Source]:
        """The sources that a run without names takes, by id."""
        return [source for _, source in sorted(self.sources.items()) if source.enabled]


def load_registry(user_folder: Path, shipped: Path = SHIPPED) -> Registry:
    """Read all source files. Raises SourceError on the first that cannot be used."""
    sources: dict[str, Source] = {}
    files: dict[str, Path] = {}
    for folder in (shipped, user_folder):
        for path in sorted(folder.glob("*.y*ml")) if folder.is_dir() else []:
            if path.suffix != ".yml":
                raise SourceError(f"{path}: source files end in .yml; rename it")
            try:
                text = path.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise SourceError(f"{path}: cannot be read: {error}") from error
            source = parse_source(text, str(path))
            if source.id != path.stem:
                raise SourceError(
                    f"{path}: id `{source.id}` must be the file's name, `{path.stem}`"
                )
            sources[source.id] = source
            files[source.id] = path
    return Registry(sources, files)
