"""Who is named in an author's place: people, outlets, agencies and desks told apart."""

import re

from spiders.parsers import agencies, jsonld
from spiders.parsers import authors as author_names
from spiders.parsers.authors import SIGNS
from spiders.parsers.body import Body
from spiders.parsers.bylines import DESK
from spiders.parsers.near import ending
from spiders.parsers.reading import Reading
from storage.outlets import folded_name
from storage.records import Claim, Credited, CreditedKind

DOMAIN = re.compile(r"(?:www\.)?[\w-]{2,}(?:\.[\w-]{2,})*\.[a-z]{2,6}", re.IGNORECASE)


# Words that organisations' names have and people's have not, at the end or the start of a name.
ORGANISATION = re.compile(
    r"(?:.*\s)?(?:news|times|magazine|zeitung|nachrichten|online|media|tv|radio|gazette|tribune|newspapers?|institute|foundation"
    r"|university|project|group|verlag|gmbh|inc|ltd|network|gazetesi|noticias|diario|jornal|notícias|notizie|новости|газета|新聞|新闻|日报|日報|신문|일보|뉴스)\.?"
    r"|(?:radio|tv|telewizja|televisión|diario|jornal|газета|канал|institut|universität|université|universidad)\s.*",
    re.IGNORECASE,
)


def credited(
    reading: Reading, body: Body, authors: tuple[str, ...], claims: list[Claim]
) -> list[Credited]:
    """The authors with their kinds, then outlets and agencies that bylines name beside them."""
    stated = reading.node.get("author")
    firms = set(map(folded_name, jsonld.organisations(stated, reading.known)))
    via = [one.target_name for one in claims if one.kind == "byline" and one.target_name]
    marked = reading.item.get("author")
    firms |= set(map(folded_name, jsonld.organisations(marked, {})))
    named = jsonld.names(stated, reading.known) + jsonld.names(marked, {})
    named += reading.meta.names.get("author", [])
    own = [name for name in author_names.names(named) if reading.own.is_name(name)]
    outlets = firms | set(map(folded_name, [*via, *_beside(reading, body)]))
    found = {name: kind_of(reading, name, outlets) for name in [*authors, *via, *own]}
    return [Credited(name, kind) for name, kind in found.items()][: author_names.MAX_AUTHORS]


def _beside(reading: Reading, body: Body) -> list[str]:
    """Who signed a text together with the page's own outlet (`Hill Post / Lake Post`)."""
    lines = [re.split(r"\s+/\s+", text) for text in ending(body) if len(text) <= 80]
    return [name for line in lines if any(map(reading.own.is_name, line)) for name in line]


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
    if ORGANISATION.fullmatch(name):
        return "outlet"
    joined = [part for part in author_names.SPLIT.split(name) if part]
    if len(joined) > 1:  # `Le Figaro et AFP`
        kinds = [kind_of(reading, part, outlets) for part in joined]
        return "person" if "person" in kinds else kinds[0]
    # `MDR Thüringen` of mdr.de, and the account `Ilanga D` of Ilanga News; a person's name begins
    # with no outlet's.
    own = (words[0], f"{words[0]} News")
    of_it = len(words) > 1 and any(map(reading.own.is_name, own))
    return "outlet" if of_it and (words[0].isupper() or len(words[-1]) < 3) else "person"
