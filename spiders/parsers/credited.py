"""Who is named in an author's place: people, outlets, agencies and desks told apart."""

import re

from spiders.parsers import agencies, jsonld
from spiders.parsers import authors as author_names
from spiders.parsers.authors import DESK, SIGNS
from spiders.parsers.reading import Reading
from storage.outlets import folded_name
from storage.records import Claim, Credited, CreditedKind

DOMAIN = re.compile(r"(?:www\.)?[\w-]{2,}(?:\.[\w-]{2,})*\.[a-z]{2,6}", re.IGNORECASE)


def credited(reading: Reading, authors: tuple[str, ...], claims: list[Claim]) -> list[Credited]:
    """The authors with their kinds, then outlets and agencies that bylines name beside them."""
    stated = reading.node.get("author")
    firms = set(map(folded_name, jsonld.organisations(stated, reading.known)))
    via = [one.target_name for one in claims if one.kind == "byline" and one.target_name]
    marked = reading.item.get("author")
    firms |= set(map(folded_name, jsonld.organisations(marked, {})))
    named = jsonld.names(stated, reading.known) + jsonld.names(marked, {})
    named += reading.meta.names.get("author", [])
    own = [name for name in author_names.names(named) if reading.own.is_name(name)]
    outlets = firms | set(map(folded_name, via))
    found = {name: kind_of(reading, name, outlets) for name in [*authors, *via, *own]}
    return [Credited(name, kind) for name, kind in found.items()][: author_names.MAX_AUTHORS]


def kind_of(reading: Reading, name: str, outlets: set[str]) -> CreditedKind:
    """What a name in an author's place is; `outlets` are names known to be no person's."""
    words = re.split(r"[\s/,]+", name)
    if agencies.is_one(name):
        return "agency"
    if words[0].lower() in agencies.AGENCIES and words[0].isupper() and len(words) < 3:
        return "agency"  # `AFP Deutschland`
    if SIGNS.fullmatch(name) and words[0] in agencies.AGENCIES:
        return "agency"  # `dpa/lno`
    if DESK.search(name) or SIGNS.fullmatch(name):
        return "desk"
    known = reading.own.is_name(name) or reading.outlets.by_name(name) is not None
    if known or folded_name(name) in outlets or DOMAIN.fullmatch(name):
        return "outlet"
    # `MDR Thüringen` of mdr.de; a person's name begins with no outlet's.
    branch = len(words) > 1 and words[0].isupper() and reading.own.is_name(words[0])
    return "outlet" if branch else "person"
