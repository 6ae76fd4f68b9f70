"""What `doctor` looks at: whether this copytrail can do its work, and what to do where not."""

import os
import shutil
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version

from msgspec import Struct

from config.registry import SourceError
from config.settings import SettingsError
from flows.context import Context, open_context
from flows.redaction import without_password
from flows.workplace import pending
from storage import log
from storage.objects import Protecting, Protection, StoreError
from storage.trouble import CatalogError

LEAST_FREE = (
    5 * 1024**3
)  # bytes: one run takes 2 GiB at most, and is there twice while it is sealed
PARTS = (
    "copytrail",
    "scrapy",
    "twisted",
    "prefect",
    "isal",
    "msgspec",
    "lxml",
    "sqlalchemy",
    "boto3",
)


class Health(Struct, frozen=True, kw_only=True):
    """One thing that was looked at."""

    what: str
    ok: bool
    detail: str
    next_step: str = ""


def examine() -> list[Health]:
    """Look at everything; trouble with one thing does not keep the others from being looked at."""
    try:
        context = open_context()
    except SettingsError as error:
        return [Health(what="settings", ok=False, detail=str(error), next_step="mend the setting")]
    looks: tuple[Callable[[Context], Health], ...] = (
        _parts, _home, _sources, _contact, _store, _protection, _catalog, _waiting, _prefect,
    )  # fmt: skip
    return [look(context) for look in looks]


def _parts(_: Context) -> Health:
    missing = [name for name, found in _versions() if found is None]
    shown = ", ".join(f"{name} {found}" for name, found in _versions() if found)
    return Health(
        what="installed",
        ok=not missing,
        detail=f"missing: {', '.join(missing)}" if missing else shown,
        next_step="make install" if missing else "",
    )


def _versions() -> Iterator[tuple[str, str | None]]:
    for name in PARTS:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            yield name, None


def _home(context: Context) -> Health:
    home = context.settings.home
    there = next(path for path in (home.absolute(), *home.absolute().parents) if path.exists())
    free = shutil.disk_usage(there).free
    writable = os.access(there, os.W_OK)
    roomy = free >= LEAST_FREE
    return Health(
        what="home",
        ok=writable and roomy,
        detail=f"{home}: {'writable' if writable else 'not writable'}, {free // 1024**3} GiB free",
        next_step=""
        if writable and roomy
        else "make room, or set COPYTRAIL_HOME to another folder",
    )


def _sources(context: Context) -> Health:
    try:
        count, enabled = len(context.registry.sources), len(context.registry.enabled())
    except SourceError as error:
        return Health(what="sources", ok=False, detail=str(error), next_step="mend the file")
    return Health(
        what="sources",
        ok=enabled > 0,
        detail=f"{count} known, {enabled} enabled",
        next_step="" if enabled else "copytrail sources add URL",
    )


def _contact(context: Context) -> Health:
    contact = context.settings.contact
    return Health(
        what="contact",
        ok=bool(contact),
        detail=contact or "none: outlets on the real web will not be crawled",
        next_step=""
        if contact
        else "set COPYTRAIL_CONTACT to your mail address or a page about you",
    )


def _store(context: Context) -> Health:
    name = context.settings.store_url
    try:
        head = log.head(context.store)
    except StoreError as error:
        return Health(what="store", ok=False, detail=str(error), next_step="see the message")
    detail = f"{name}: " + (f"{head.seq} log entries" if head.seq else "nothing sealed yet")
    return Health(what="store", ok=True, detail=detail)


def _protection(context: Context) -> Health:
    """Of a bucket: what keeps those who have the keys from deleting. Of a folder nothing does."""
    raw, days = context.store.raw, context.settings.object_lock_days
    if not isinstance(raw, Protecting):
        return Health(what="protection", ok=True, detail="a folder: only its owner's rights")
    try:
        found = raw.protection()
    except StoreError as error:
        return Health(what="protection", ok=False, detail=str(error), next_step="see the message")
    lacking = days > 0 and found.locks is False
    return Health(
        what="protection",
        ok=not lacking,
        detail=", ".join(_protected(found, days)),
        next_step="object_lock_days is set: make a bucket with Object Lock, or unset it"
        if lacking
        else "",
    )


def _protected(found: Protection, days: int) -> Iterator[str]:
    unknown = "unknown (we may not ask)"
    yield "versioning " + {True: "on", False: "off", None: unknown}[found.versioning]
    yield "Object Lock " + {True: "on", False: "off", None: unknown}[found.locks]
    if found.locks is not False and days:
        yield f"sealed objects are retained for {days} days (COMPLIANCE)"
    elif found.retained_days:
        yield f"new objects are retained for {found.retained_days} days ({found.mode})"
    else:
        yield "nothing is retained: whoever may delete can"


def _catalog(context: Context) -> Health:
    name = without_password(context.settings.catalog_url)
    try:
        taken = context.catalog.last_seq()
        head = log.head(context.store)
    except CatalogError as error:
        return Health(what="catalog", ok=False, detail=str(error), next_step="copytrail rebuild")
    except StoreError:
        return Health(what="catalog", ok=True, detail=f"{name}: {taken} log entries taken in")
    behind = head.seq - taken
    return Health(
        what="catalog",
        ok=behind == 0,
        detail=f"{name}: " + (f"{behind} log entries behind" if behind else "up to date"),
        next_step="copytrail rebuild" if behind else "",
    )


def _waiting(context: Context) -> Health:
    waiting = pending(context.settings.home)
    return Health(
        what="runs waiting",
        ok=not waiting,
        detail=", ".join(sorted(waiting)) or "none",
        next_step="they are at work, or the next `copytrail run` seals them" if waiting else "",
    )


def _prefect(_: Context) -> Health:
    url = os.environ.get("PREFECT_API_URL", "")
    return Health(
        what="Prefect",
        ok=True,
        detail=f"server {url}" if url else "no server configured; runs by hand need none",
    )
