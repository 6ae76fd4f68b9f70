"""One page with the whole trail that it is in: what a WACZ and a PROV document are made of."""

from msgspec import Struct

from flows.context import Context
from flows.tracing import Step, whole
from storage.findings import Trail
from storage.records import Article, Capture, Run


class Held(Struct, frozen=True, kw_only=True):
    """A page of the trail, and all that the archive has of it."""

    step: Step
    versions: tuple[Article, ...]
    """Every reading that stands, in the order of capture."""

    @property
    def captures(self) -> list[Capture]:
        """Of the page, then of its media and of what it takes to look right; none twice."""
        media = [one.capture for one in self.step.media if one.capture]
        found = (*self.step.captures, *media, *self.step.requisites)
        return list({one.id: one for one in found}.values())


class Dossier(Struct, frozen=True, kw_only=True):
    """A page, its trail, and the runs that any of it came from."""

    url: str
    trail: Trail | None
    pages: tuple[Held, ...]
    """The page that was asked for first, then the others in the order of the trail."""
    runs: dict[str, tuple[int, Run]]
    """Run → number of its log entry, and what it says of itself."""
    read_in: dict[str, str]
    """Article → the run in whose records it stands."""

    @property
    def title(self) -> str:
        """Of the page that was asked for."""
        return self.pages[0].step.article.title or self.url


def dossier(context: Context, url: str) -> Dossier | None:
    """The dossier of a page; None where the catalog does not have it."""
    found = whole(context, url)
    if found is None:
        return None
    trail, steps = found
    held = [
        Held(step=one, versions=tuple(context.catalog.articles(page=one.article.canonical_url)))
        for one in steps
    ]
    read_in = {
        one.id: context.catalog.recorded_in(one.id) or one.warc.run
        for page in held
        for one in page.versions
    }
    names = {one.warc.run for page in held for one in page.captures} | set(read_in.values())
    runs = {run.id: (seq, run) for seq, run in context.catalog.runs() if run.id in names}
    return Dossier(url=url, trail=trail, pages=tuple(held), runs=runs, read_in=read_in)
