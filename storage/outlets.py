"""From a name or an address on a page to the outlet that is meant."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from config.registry import Source
from storage.identity import canonical_url, site

# What publishers' names carry that a credit leaves out, or the other way round.
LEADING = re.compile(r"^(?:the|www\.)\s*", re.IGNORECASE)
TRAILING = re.compile(
    r"\.(?:com|org|net|info|news|press|ca|de|fr|es|ru|co\.uk|uk|us|eu|tv|io)$", re.IGNORECASE
)


def folded_name(name: str) -> str:
    """A name as it is compared: `The South-Front.org` and `SouthFront` are the same."""
    plain = unicodedata.normalize("NFKC", name).strip(" \t\n\r.,:;|–—-\"'“”")
    plain = TRAILING.sub("", LEADING.sub("", plain))
    return "".join(char for char in plain.casefold() if char.isalnum())


def _address(domain: str) -> str:
    """A domain as people write it (`www.example.org`, `https://example.org/`), as an address."""
    return domain if "://" in domain else f"http://{domain}"


class Outlets:
    """The registered sources, found by site or by name, and where archived redirects lead."""

    def __init__(
        self, sources: Iterable[Source], redirects: Mapping[str, str] | None = None
    ) -> None:
        """`redirects`: canonical URL → canonical URL, as archived; see `Lookup.redirects`."""
        self._redirects = redirects or {}
        self._by_site: dict[str, Source] = {}
        self._by_name: dict[str, Source] = {}
        for source in sources:
            for place in (source.homepage, *map(_address, source.domains)):
                self._by_site.setdefault(site(place), source)
            for name in (source.name, *source.aliases, source.id, site(source.homepage)):
                if folded := folded_name(name):
                    self._by_name.setdefault(folded, source)

    def by_url(self, url: str) -> Source | None:
        """The source that a URL belongs to."""
        return self._by_site.get(site(url))

    def by_name(self, name: str) -> Source | None:
        """The source that goes by this name or one of its aliases."""
        return self._by_name.get(folded_name(name))

    def key(self, url: str) -> str:
        """The id of the URL's source, or its site where none is registered."""
        source = self.by_url(url)
        return source.id if source else site(url)

    def same(self, one: str, other: str) -> bool:
        """Whether two URLs belong to one publisher, as far as the sources say."""
        return self.key(one) == self.key(other)

    def page(self, url: str) -> str:
        """The canonical URL of the page that an address leads to, archived redirects followed."""
        page = canonical_url(url)
        return self._redirects.get(page, page)
