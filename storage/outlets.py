"""From a name or an address on a page to the outlet that is meant."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from config.registry import Source
from storage.identity import canonical_url, host, site

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


# A name that is a domain: letters of any script, dots, an optional scheme.
DOMAIN = re.compile(r"(?:https?://)?[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")


def _bare(host: str) -> str:
    return host.removeprefix("www.")


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
        self._by_host: dict[str, Source] = {}
        self._by_site: dict[str, list[Source]] = {}
        self._by_name: dict[str, Source] = {}
        for source in sources:
            for place in (source.homepage, *map(_address, source.domains)):
                self._by_host.setdefault(_bare(host(place)), source)
                mine = self._by_site.setdefault(site(place), [])
                mine += [source] if source not in mine else []
            for name in (source.name, *source.aliases, source.id, site(source.homepage)):
                if folded := folded_name(name):
                    self._by_name.setdefault(folded, source)

    def by_url(self, url: str) -> Source | None:
        """The source that a URL belongs to: the one with the longest host that its host ends in.

        A host beside all of them (`shop.example.org`) is the publisher's where there is only one
        source on the registrable domain; of several it is nobody's.
        """
        whole = site(url)
        name = _bare(host(url))
        while len(name) > len(whole) and name not in self._by_host:
            name = name.partition(".")[2]
        if known := self._by_host.get(name):
            return known
        sources = self._by_site.get(whole, [])
        return sources[0] if len(sources) == 1 else None

    def by_name(self, name: str) -> Source | None:
        """The source that goes by this name, one of its aliases, or a name of its sites."""
        if known := self._by_name.get(folded_name(name)):
            return known
        domain = name.strip(" \t\n.,:;/").lower()
        # `müller-post.de`: as an address, so that an IDN is one with its ASCII form.
        return self.by_url(_address(domain)) if DOMAIN.fullmatch(domain) else None

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
