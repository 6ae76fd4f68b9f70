"""The page's own outlet: what is said about it is about nobody else."""

import re
from dataclasses import dataclass, field

from spiders.parsers.claim_names import OURS
from storage.identity import label, site
from storage.outlets import Outlets, folded_name

LONG_NAME = 5
"""Letters of a name by which longer names start; `The Sun` starts too many."""


@dataclass
class Own:
    """The page's own outlet: every name it goes by, and its sites."""

    url: str
    outlets: Outlets
    names: set[str] = field(default_factory=set)

    def is_name(self, name: str) -> bool:
        """Whether a name is the page's own outlet's."""
        folded = folded_name(name)
        if not folded:
            return False
        known = self.outlets.by_name(name)
        mine = self.outlets.by_url(self.url)
        if known is not None:
            return (mine is not None and known.id == mine.id) or folded in self.names
        if "." in name.strip(". ") and " " not in name.strip():
            bare = "http://" + re.sub(r"^https?://", "", name.strip(" ."))
            if site(bare) == site(self.url) and self.is_url(bare):
                return True
        return folded in self.names

    def owns(self, name: str) -> bool:
        """Whether a name is a longer form of the outlet's own (`North Post Media Ltd`)."""
        folded = folded_name(name)
        return any(len(own) >= LONG_NAME and folded.startswith(own) for own in self.names)

    def is_url(self, url: str) -> bool:
        """Whether an address is on one of the outlet's own sites."""
        if self.outlets.same(url, self.url):
            return True
        known, mine = self.outlets.by_url(url), self.outlets.by_url(self.url)
        if known is not None and mine is not None:
            return False  # two sources on one domain
        name = label(url)  # bbc.com and bbc.co.uk are one publisher's
        return bool(name) and (name == label(self.url) or folded_name(name) in self.names)

    def about(self, name: str | None, url: str | None) -> bool:
        """Whether a claim about this name and address is about the outlet itself."""
        if name:
            if self.is_name(name) or (OURS.match(name) and (url is None or self.is_url(url))):
                return True
            if self.outlets.by_name(name) is not None:
                return False
            # A deep link on the same site is a page about the one that is named (`/writer/grist`).
            here = url is not None and site(url) == site(self.url) and _deep(url)
            return bool(url and self.is_url(url) and not here)
        return bool(url and self.is_url(url))


def _deep(url: str) -> bool:
    return bool(re.sub(r"^https?://[^/]+/?", "", url))
