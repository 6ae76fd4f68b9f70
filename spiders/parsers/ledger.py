"""The claims of one page, each kept once, with whom it is about."""

from collections.abc import Iterable

from spiders.parsers.base import Document, fold
from spiders.parsers.claim_names import HOSTS
from spiders.parsers.own import Own
from spiders.parsers.targets import LINK, MAX_NAME, Finder
from storage.identity import site
from storage.outlets import folded_name
from storage.records import Claim, ClaimKind, Terms

MAX_CLAIMS = 100
"""A page with more has been made to have them."""
MAX_HREF = 4096
"""Characters; as long as an address may be that is followed (`base.absolute`)."""


class Ledger(Finder):
    """Keeps what is claimed."""

    def __init__(self, doc: Document, own: Own, titles: Iterable[str] = ()) -> None:
        super().__init__(doc, own, titles)
        self.found: dict[tuple[str, str, str | None], Claim] = {}

    def add(
        self, kind: ClaimKind, text: str, name: str | None, url: str | None, where: str,
        href: str | None = None, mine: bool = False, terms: Terms | None = None,
    ) -> None:  # fmt: skip
        """Keep a claim, once, and see whom it is about; `mine`: that is known already."""
        hosted = site(url) if url else ""
        if hosted in HOSTS and kind not in ("permission", "canonical"):
            url = None
            words = (name or "").split()
            host_name = folded_name(hosted.partition(".")[0])
            # `Ann Marsh on Twitter` is what stands there, and no outlet.
            if not words or LINK.match(words[0]) or folded_name(words[-1]) == host_name:
                return
        name = fold(name or "")[:MAX_NAME] or None
        about = "self" if mine or self.own.about(name, url) else "other"
        claim = Claim(
            kind=kind, text=fold(text)[:1000], target_name=name, target_url=url,
            href=fold(href)[:MAX_HREF] if href is not None else url,
            about="self" if about == "self" else "other", place=where,
            terms=terms,
        )  # fmt: skip
        if len(self.found) < MAX_CLAIMS:
            self.found.setdefault((kind, claim.text, name), claim)
