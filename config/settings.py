"""One frozen Settings object, made once at the door (CLI, flow, crawl child) and passed in.

Values come from, in rising order: the defaults below, a TOML file (`copytrail.toml` in the working
directory, or the file that `COPYTRAIL_CONFIG` names), and `COPYTRAIL_*` in the environment.
Nothing reads settings at import time.
"""

import difflib
import math
import os
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from config.timetable import NEVER, check_cron, spans

PREFIX = "COPYTRAIL_"
DEFAULT_FILE = "copytrail.toml"
MIB = 1024 * 1024
NO_SETTINGS = frozenset({"CONFIG", "DEBUG"})  # read at the door, not part of Settings
# Kubernetes gives each container the address of every service, one named `copytrail` too, as
# COPYTRAIL_SERVICE_HOST, COPYTRAIL_PORT, COPYTRAIL_PORT_80_TCP_ADDR …
KUBERNETES = re.compile(
    r"(?:SERVICE_(?:HOST|PORT(?:_\w+)?)|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_\w+)?)?)"
)
# Without any, nothing could be fetched; the others may be 0: no redirects, no revisits.
ABOVE_ZERO = frozenset({
    "max_run_bytes", "max_body_bytes", "max_exchange_seconds", "max_decoded_bytes",
    "max_crawl_memory", "max_parse_seconds", "max_parse_memory", "warc_rotate_bytes",
    "max_medium_bytes", "max_medium_seconds", "max_requisite_bytes", "schedule_runs",
    "max_run_seconds",
})  # fmt: skip
WEB_ADDRESSES = frozenset({
    "timestamp_url", "wayback_url", "cdx_url", "commoncrawl_url", "commoncrawl_data_url",
})  # fmt: skip
READERS = re.compile(r"local$|dask$|(?:tcp|tls)://[^\s/]+$")
WEB = re.compile(r"https?://[^\s/]")
HINTS: dict[Any, str] = {bool: "true or false", int: "a whole number", float: "a number"}


class SettingsError(Exception):
    """A setting cannot be used. The message names where it stands and what to do."""


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that can be set. Names are those in TOML; in the environment, in capitals
    behind `COPYTRAIL_`."""

    home: Path = Path("copytrail-data")
    """Folder for runs at work, the default store, the default catalog and your sources."""
    store: str = ""
    """A folder, or `s3://bucket/prefix`. Default: `<home>/archive`."""
    catalog: str = ""
    """A SQLAlchemy URL. Default: SQLite in `<home>/catalog.sqlite`."""
    object_lock_days: int = 0
    """Days for which nobody can delete or change what is sealed into a bucket (S3 Object Lock, mode
    COMPLIANCE). The bucket must have been made with Object Lock. 0: as the bucket itself says."""
    signing_key: str = ""
    """PEM file of the Ed25519 key that signs the log. Default: `<home>/keys/signing.pem`, where
    `copytrail keys new` has made one."""
    timestamp_url: str = ""
    """An RFC 3161 time-stamp authority. If set, nothing is sealed without its token."""
    timestamp_roots: str = ""
    """PEM file with the root certificates of time-stamp authorities."""
    publish_head: str = ""
    """Where the log's newest entry is told after each sealing: files, `git:FOLDER` and webhooks
    (`https://…`), with blanks between."""
    allow_private_addresses: bool = False
    """Let the crawler connect to loopback, private and link-local addresses."""
    contact: str = ""
    """A mail address or URL that the User-Agent gives; needed before a real outlet is crawled."""

    wayback_url: str = ""
    """A web archive that backfills may ask: what stands before `20200717100200id_/https://…` in its
    addresses, such as `https://web.archive.org/web/`."""
    cdx_url: str = ""
    """Its index (CDX server API), such as `https://web.archive.org/cdx/search/cdx`."""
    commoncrawl_url: str = ""
    """The list of the indexes of Common Crawl, or of a crawl kept like it:
    `https://index.commoncrawl.org/collinfo.json`."""
    commoncrawl_data_url: str = ""
    """Where the files lie that its indexes name, such as `https://data.commoncrawl.org/`."""

    readers: str = "local"
    """Where archived pages are read: on this machine (`local`), on a Dask cluster that is started
    on it (`dask`), or on one whose scheduler is named (`tcp://…`, `tls://…`)."""

    max_pages: int = 1000
    """Article pages that one run fetches at most. At the default delay of 1 s that is 17 minutes;
    a first visit to a large outlet takes several runs."""
    max_run_bytes: int = 2048 * MIB
    """Body bytes that one run takes: 2 MiB a page for `max_pages`, with room for feeds. Articles
    come first, then media, then page requisites. What is under way when it is reached still
    comes."""
    max_body_bytes: int = 32 * MIB
    """A longer body is cut and marked. The largest article page that we measured had 6 MiB."""
    max_exchange_seconds: float = 120.0
    """From connecting to the last byte; a server that drips is cut off here."""
    max_files: int = 10_000
    """Media and page requisites that one run asks for: three hours at a host with the default delay
    of 1 s, half the time between two visits."""
    max_medium_bytes: int = 512 * MIB
    """A longer film or sound is cut and marked: half an hour at 2.4 Mbit/s, what outlets use for
    their own films. It goes through a file, not through memory."""
    max_medium_seconds: float = 900.0
    """For one film or sound, instead of `max_exchange_seconds`: the longest at 600 kB/s."""
    max_requisite_bytes: int = 20 * MIB
    """A longer picture, style or font is cut and marked. Pictures straight from a camera have up to
    15 MB."""
    max_redirects: int = 10
    """Browsers allow 20, robots.txt 5 (RFC 9309 §2.3.1.2); outlets need at most 4."""
    max_follows: int = 200
    """Originals that one run looks for beyond its own source."""
    max_decoded_bytes: int = 64 * MIB
    """A body that unpacks to more is archived and not read: twice the largest plain body."""
    max_parse_seconds: float = 30.0
    """Reading one page, feed or sitemap, after which it is left unread. The largest of 258 real
    pages took 2 s, a sitemap of 50,000 pages with pictures 5 s."""
    max_parse_memory: int = 1024 * MIB
    """What reading one of them may take: ten times what the largest sitemap needed."""
    max_crawl_memory: int = 2048 * MIB
    """Resident bytes of the crawl child, after which it closes the crawl in good order."""
    revisit_days: int = 30
    """Articles first seen within these days are visited again by each run."""
    rechecks: str = "1h 24h 7d 30d"
    """When an article is fetched again after its first sight; `never` for not at all. Of bodies,
    15 % changed within 24 hours and 18 % within a week (GDELT)."""
    schedule_jitter: int = 30
    """Minutes by which `copytrail schedule` moves a source's cron at most, within its hour."""
    recheck_schedule: str = "*/30 * * * *"
    """Cron (UTC) by which `copytrail schedule` looks for articles that are due, or `never`. The
    first of `rechecks` is an hour: they come half of that late at most."""
    audit_schedule: str = "40 3 * * 0"
    """Cron of a full audit, or `never`: weekly, for it reads the whole archive."""
    heartbeat_schedule: str = "5 0 * * *"
    """Cron of a sign of life in the log, or `never`."""
    max_run_seconds: float = 6 * 3600.0
    """After which a flow run is ended in good order: the time between two visits by default."""
    prefect_port: int = 4200
    """Where `copytrail schedule` has its own Prefect server, on 127.0.0.1; a free port where this
    one is taken. Without effect where PREFECT_API_URL is set."""
    schedule_runs: int = 4
    """Flow runs that `copytrail schedule` has under way at once; each takes about 0.5 GB."""
    warc_rotate_bytes: int = 1024 * MIB
    """A WARC file is closed and a new one begun at this size (IIPC recommends about 1 GB)."""

    @property
    def store_url(self) -> str:
        """Where the archive is kept: a folder's path or an `s3://` URL."""
        return os.path.expanduser(self.store) or str(self.home / "archive")  # noqa: PTH111 - or a URL

    @property
    def catalog_url(self) -> str:
        """The catalog as a SQLAlchemy URL."""
        return self.catalog or f"sqlite:///{(self.home / 'catalog.sqlite').absolute()}"

    @property
    def key_file(self) -> Path:
        """The key that signs the log, if it exists; public keys lie beside it."""
        named = Path(self.signing_key).expanduser() if self.signing_key else None
        return named or self.home / "keys" / "signing.pem"

    @property
    def user_sources(self) -> Path:
        """Folder of the user's own source files."""
        return self.home / "sources"

    @property
    def user_agent(self) -> str:
        """What the crawler calls itself; robots.txt groups are matched on `copytrail`."""
        about = f" (+{self.contact})" if self.contact else ""
        return f"copytrail/0.1{about}"


class Loaded(Struct, frozen=True):
    """Settings, and for each name where its value came from."""

    settings: Settings
    origin: dict[str, str]


def load(environ: Mapping[str, str] | None = None, cwd: Path | None = None) -> Loaded:
    """Read the settings in force.

    Raises SettingsError on an unknown name, a value of the wrong type or out of its bounds, or an
    unreadable file. A `COPYTRAIL_*` in the environment that is no setting is an error like one in
    the file: a misspelt COPYTRAIL_STORE must not send an archive to the default place.
    """
    env = os.environ if environ is None else environ
    origin = dict.fromkeys(Settings.__struct_fields__, "default")
    values: dict[str, Any] = {}
    path = _file(env, cwd or Path.cwd())
    if path is not None:
        for name, value in _read_toml(path).items():
            values[name] = value
            origin[name] = str(path)
    _check_names(env)
    for name in Settings.__struct_fields__:
        if (text := env.get(PREFIX + name.upper())) not in (None, ""):
            values[name] = text
            origin[name] = f"environment {PREFIX}{name.upper()}"
    settings = _convert(values, origin)
    _check(settings, origin)
    return Loaded(settings, origin)


def _file(env: Mapping[str, str], cwd: Path) -> Path | None:
    named = env.get(PREFIX + "CONFIG")
    if named:
        return Path(named)
    found = cwd / DEFAULT_FILE
    return found if found.is_file() else None


def _check_names(env: Mapping[str, str]) -> None:
    known = {name.upper() for name in Settings.__struct_fields__} | NO_SETTINGS
    for name in sorted(one.removeprefix(PREFIX) for one in env if one.startswith(PREFIX)):
        if name not in known and not KUBERNETES.fullmatch(name):
            raise SettingsError(
                f"environment {PREFIX}{name}: no such setting{_meant(name, known, PREFIX)}. "
                "`copytrail config` lists them."
            )


def _meant(name: str, known: Iterable[str], prefix: str = "") -> str:
    close = difflib.get_close_matches(name, list(known), 1)
    return f" (did you mean {prefix}{close[0]}?)" if close else ""


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(
            f"{path}: cannot be read ({error.strerror}). Settings come from {DEFAULT_FILE} here or "
            f"from the file that {PREFIX}CONFIG names."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not valid TOML: {error}") from error
    unknown = sorted(set(values) - set(Settings.__struct_fields__))
    if unknown:
        raise SettingsError(
            f"{path}: no such setting: {', '.join(unknown)}"
            f"{_meant(unknown[0], Settings.__struct_fields__)}. `copytrail config` lists them."
        )
    return values


def _convert(values: dict[str, Any], origin: dict[str, str]) -> Settings:
    """Build the settings one by one, so that an error names the setting and its origin."""
    converted: dict[str, Any] = {}
    types = {item.name: item.type for item in msgspec.structs.fields(Settings)}
    for name, value in values.items():
        try:
            # strict=False: the environment has only text ("true", "5").
            converted[name] = msgspec.convert(
                value, types[name], strict=False, dec_hook=lambda _, text: Path(text).expanduser()
            )
        except (msgspec.ValidationError, TypeError, RuntimeError) as error:  # RuntimeError: ~nobody
            hint = f"; write {HINTS[types[name]]}" if types[name] in HINTS else ""
            raise SettingsError(f"{name} (from {origin[name]}): {error}{hint}") from error
    return Settings(**converted)


def _check(settings: Settings, origin: dict[str, str]) -> None:
    for name in Settings.__struct_fields__:
        value = getattr(settings, name)
        trouble = ""
        if type(value) in (int, float) and not 0 <= value < math.inf:  # TOML has nan and inf
            trouble = f"must not be below 0 nor without bound, is {value}"
        elif type(value) in (int, float) and value == 0 and name in ABOVE_ZERO:
            trouble = "must be above 0"
        elif type(value) is str and not value.isprintable():
            trouble = "must not have control characters"
        elif name == "contact" and not value.isascii():  # it stands in a header: RFC 9110 §5.5
            trouble = "must be a mail address or URL in ASCII"
        elif name == "readers" and not READERS.match(value):
            trouble = "must be `local`, `dask`, or a scheduler's address (tcp://…, tls://…)"
        elif name in WEB_ADDRESSES and value and not WEB.match(value):
            trouble = "must be an http(s) address"
        elif name == "timestamp_url" and value and not settings.timestamp_roots:
            trouble = "needs timestamp_roots, the PEM file with its root certificate"
        elif name == "rechecks":
            trouble = _trouble(spans, value)
        elif name.endswith("_schedule") and value != NEVER:
            trouble = _trouble(check_cron, value)
        if trouble:
            raise SettingsError(f"{name} (from {origin[name]}): {trouble}")


def _trouble(check: Callable[[str], object], text: str) -> str:
    try:
        check(text)
    except ValueError as error:
        return str(error)
    return ""
