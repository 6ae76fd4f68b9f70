"""How pages say where a text comes from, in several languages: a table, no code.

Each phrase ends where the outlet's name begins. `{this}` is what a page calls its own text; a
phrase must start a block or a sentence, so that prose about books and films says nothing.
"""

# ruff: noqa: E501  (a pattern is read whole)

import re
from typing import NamedTuple

from storage.records import ClaimKind


class Phrase(NamedTuple):
    """A kind of claim and the words that make it, up to the name."""

    kind: ClaimKind
    pattern: re.Pattern[str]


THIS = (
    r"(?:(?:the|a|an|this|our|following|above|original|news|opinion|full)\s+){1,4}(?:(?:\w+\s+)?version\s+of\s+(?:this|the)\s+)?"
    r"(?:\w+\s+)?(?:articles?|story|stories|posts?|pieces?|essays?|reports?|columns?|commentary|interview|"
    r"review|analysis|op-?ed|excerpt|content|text|page|version|video|blog|feature|investigation)"
)
THIS_DE = (
    r"(?:(?:dieser|der|das|dieses|diese|die|vorliegende[rs]?)\s+)+"
    r"(?:artikel|beitrag|text|kommentar|bericht|interview|essay|kolumne|analyse|gastbeitrag)"
)
THIS_FR = (
    r"(?:cet|cette|ce|l['’]|le|la)\s*(?:article|texte|tribune|billet|analyse|entretien|reportage|"
    r"enquête|version\s+\w+)"
)
THIS_ES = (
    r"(?:este|esta|el|la)\s+(?:artículo|texto|nota|reportaje|entrevista|columna|análisis|ensayo)"
)
THIS_RU = (
    r"(?:эта|эту|этот|данная|данный|настоящая)?\s*(?:стать[яи]|материал|текст|публикация|интервью)"
)
THIS_IT = r"(?:questo|quest['’]|l['’])\s*(?:articolo|testo|intervista|analisi)"
THIS_PT = r"(?:este|esta|o)\s+(?:artigo|texto|matéria|reportagem|entrevista)"

FIRST = r"(?:originally|first|initially|previously|also)"
APPEARED = r"(?:appeared|published|posted|printed|ran|run|aired|written|produced|reported|released|featured)"
WAS = r"(?:\s+(?:was|were|has\s+been|had\s+been|is|are))?"
AT = r"(?:\s+(?:on|in|at|by|with|for|from|through))"
COPY = (
    r"(?:re-?published|reprinted|re-?posted|cross-?posted|syndicated|reproduced|excerpted|adapted)"
)
SOFT = r"(?:\s+(?:here|with|by|kind|the|permission|special|arrangement|under|a|an?|creative|commons|license|licence|and|edited|in|full|below|first|originally|content\s+partnership)){0,8}"

# (kind, words): matched without case at the start of a block, line or sentence.
PHRASES: tuple[tuple[ClaimKind, str], ...] = (
    # English
    ("original_source", rf"the\s+original\s+source\s+(?:of|for)\s+{THIS}\s+(?:is|was)\s*:?"),
    ("original_source", r"original(?:\s+(?:source|article|story|post|publication|version))\s*(?::|–|—|is\b)"),
    ("original_source", r"(?:article|story)\s+source\s*:"),
    ("first_published_by", rf"(?:(?:{THIS}|it)\s*,?\s*)?{WAS}\s*first\s+(?:published|posted|printed|released){AT}?\s*:?"),
    ("republished_from", rf"(?:{THIS}|it|(?:the\s+)?above)\s*,?[^.]{{0,60}}?{WAS}\s+(?:{FIRST}\s+)?{APPEARED}\s+{FIRST}{AT}\s*:?"),
    ("republished_from", rf"(?:{THIS}|it|(?:the\s+)?above)\s*,?[^.]{{0,60}}?{WAS}\s+{FIRST}\s+{APPEARED}{AT}?\s*:?"),
    ("republished_from", rf"{FIRST}\s+{APPEARED}{AT}?\s*:?"),
    ("republished_from", rf"(?:{THIS}|it)\s*,?[^.]{{0,60}}?{WAS}\s+(?:being\s+)?{COPY}{SOFT}\s+(?:from|courtesy\s+of|of)\s*:?"),
    ("republished_from", rf"(?:this\s+is\s+)?(?:an?\s+)?{COPY}{SOFT}\s+(?:from|courtesy\s+of|permission\s+of)\s*:?"),
    ("republished_from", rf"(?:{THIS})\s+(?:comes|came|is\s+provided|was\s+provided|appears)\s+(?:to\s+us\s+)?(?:from|by|courtesy\s+of)"),
    ("republished_from", rf"(?:{THIS}|this)\s+(?:is|was)\s+(?:originally\s+)?(?:from|courtesy\s+of)(?=\s+[A-Z])"),
    ("republished_from", r"(?:courtesy\s+of|syndicated\s+from|taken\s+from|delivered\s+by|contributed\s+by|submitted\s+by|posted\s+from|cross-?post(?:ed)?\s+from)"),
    ("first_published_by", r"the\s+post\b[^\n]{0,300}?\bappeared\s+first\s+(?:on|at|in)"),
    ("reprinted_on", rf"(?:{THIS}|it)\s*,?{WAS}\s+(?:also\s+)?(?:{COPY}|picked\s+up|also\s+published)\s+(?:on|in|at|by)"),
    ("reprinted_on", rf"(?:also\s+)?{COPY}\s+(?:on|in|at|by)"),
    ("link_to_original", r"(?:read|see|view|find|click\s+here\s+(?:for|to\s+read))\s+(?:the\s+)?(?:full\s+|entire\s+|complete\s+)?original(?:\s+(?:article|story|post|version|report|piece))?\s*(?:here)?\s*(?:on|at|in|from|by|:)?"),
    ("link_to_original", r"(?:read|continue\s+reading)\s+(?:the\s+)?(?:full|entire|complete|rest\s+of\s+the)\s+(?:article|story|post|report|piece)\s+(?:on|at|from|by)"),
    # German
    ("original_source", r"(?:original(?:quelle|artikel|beitrag|text)|ursprungsquelle|im\s+original)\s*(?::|bei\b|auf\b|in\b|von\b|ist\b)"),
    ("original_source", r"die\s+(?:original|ursprungs)quelle\s+(?:dieses|des)\s+\w+\s+ist\s*:?"),
    ("republished_from", rf"{THIS_DE}\s+(?:ist|wurde|erschien|stammt)\s+(?:[^.]{{0,40}}?\b)?(?:zuerst|zunächst|ursprünglich|erstmals|im\s+original)?\s*(?:am\s+[\d. \w]{{4,20}})?\s*(?:bei|im|in\s+der|in|auf|von|aus|durch)"),
    ("republished_from", r"(?:ist\s+)?(?:zuerst|zunächst|ursprünglich|erstmals)\s+(?:erschienen\s+|veröffentlicht\s+|publiziert\s+)?(?:bei|im|in\s+der|in|auf|von)"),
    ("republished_from", r"(?:erschien|erschienen|veröffentlicht|erstveröffentlicht|erstveröffentlichung)\s*:?\s*(?:zuerst|zunächst|ursprünglich|erstmals)?\s*(?:bei|im|in\s+der|in|auf|von)"),
    ("republished_from", r"(?:übernommen|nachdruck|übernahme|mit\s+freundlicher\s+genehmigung)\s+(?:von|vom|der|des|aus|durch)"),
    # French
    ("original_source", r"la\s+source\s+originale\s+de\s+cet\s+article\s+est\s*:?"),
    ("original_source", r"(?:article|source|texte|version)\s+original(?:e)?\s*(?::|–|—|sur\b)|source\s+originale?\s*:"),
    ("republished_from", rf"{THIS_FR}[^.]{{0,60}}?\s(?:publiée?|parue?|diffusée?|republiée?|reproduite?)\s+(?:initialement|d['’]abord|à\s+l['’]origine|originellement|pour\s+la\s+première\s+fois|originalement)?\s*(?:le\s+[\d\w ]{{4,20}})?\s*(?:sur|dans|par|chez|à\s+partir\s+de|en|avec\s+l['’](?:aimable\s+)?(?:autorisation|accord)\s+d[eu])"),
    ("republished_from", r"(?:initialement|d['’]abord|à\s+l['’]origine)?\s*(?:publiée?|parue?)\s+(?:initialement|d['’]abord|à\s+l['’]origine|originellement|pour\s+la\s+première\s+fois)\s*(?:sur|dans|par|chez|en)"),
    ("republished_from", r"(?:initialement|d['’]abord|à\s+l['’]origine)\s+(?:publiée?|parue?)\s+(?:sur|dans|par|chez|en)"),
    ("republished_from", r"(?:republiée?|repris|reproduite?)\s+(?:à\s+partir\s+d[eu]|d[eu]|avec\s+l['’](?:aimable\s+)?(?:autorisation|accord)\s+d[eu])"),
    # Spanish
    ("original_source", r"la\s+fuente\s+original\s+de\s+este\s+artículo\s+es\s*:?"),
    ("original_source", r"(?:artículo|fuente|texto|nota|versión)\s+original\s*(?::|–|—|en\b)"),
    ("republished_from", rf"{THIS_ES}\s+(?:fue|ha\s+sido|se|apareció|es)\s*(?:publicad[oa]|publicó|apareció|reproducid[oa])?\s*(?:originalmente|originariamente|por\s+primera\s+vez|primero|inicialmente)?\s*(?:publicad[oa])?\s*(?:en|por|de)"),
    ("republished_from", r"(?:publicad[oa]|apareció)\s+(?:originalmente|originariamente|por\s+primera\s+vez|primero|inicialmente)\s+(?:en|por)"),
    ("republished_from", r"(?:originalmente|inicialmente)\s+publicad[oa]\s+(?:en|por)"),
    ("republished_from", r"(?:reproducid[oa]|republicad[oa]|tomad[oa])\s+(?:con\s+(?:el\s+)?permiso\s+de|de|desde)"),
    # Russian
    ("original_source", r"(?:первоисточник|источник\s+оригинала|оригинал(?:\s+(?:статьи|материала|публикации))?)\s*(?::|–|—|-|на\b|в\b)"),
    ("republished_from", rf"{THIS_RU}\s*(?:был[аи]?\s+)?(?:впервые|первоначально|изначально)\s+(?:был[аи]?\s+)?(?:опубликован[аоы]?|вышл?[аио]?|появил\w+)\s+(?:на\s+сайте|в|на)"),
    ("republished_from", r"(?:впервые|первоначально|изначально)\s+(?:опубликован[аоы]?|вышл?[аио]?)\s+(?:на\s+сайте|в|на)"),
    ("republished_from", r"(?:перепечатано|перепечатка|публикуется|опубликовано)\s+(?:с\s+разрешения|из|с\s+сайта)"),
    # Italian, Portuguese
    ("original_source", r"(?:fonte|articolo|artigo|texto)\s+original[ei]?\s*:|l['’]articolo\s+originale\s+è\s+(?:su|di)"),
    ("republished_from", rf"(?:{THIS_IT}\s+(?:è\s+stato\s+)?)?(?:pubblicato|apparso)\s+(?:originariamente|originalmente|per\s+la\s+prima\s+volta|inizialmente)\s+(?:su|in|da|sul|sulla)"),
    ("republished_from", rf"(?:{THIS_PT}\s+(?:foi\s+)?)?(?:publicad[oa]\s+originalmente|originalmente\s+publicad[oa])\s+(?:em|no|na|por|pel[oa])"),
)  # fmt: skip

# `Source:` alone says little; it counts only in a short last line (see `claims`).
SOURCE_LINE = re.compile(
    r"^\W{0,20}(?:sources?|quelle|fuente|fonte|источник|bron|kilde|källa|źródło|kaynak|via|h/t)\s*[:：]\s*",
    re.IGNORECASE,
)
# Short last lines that credit by a word or a bracket alone: only an outlet that is known or linked.
CREDIT_LINE = re.compile(
    r"^\W{0,5}(?:(?:via|h/t|hat\s+tip(?:\s+to)?|gefunden\s+bei|vu\s+sur|vía)\s+(?P<name>\S.{1,60}?)|\((?P<in>[^()]{2,60})\))\W{0,3}$",
    re.IGNORECASE,
)
# What introduces a quoted passage of another outlet; in running text it credits a fact, not a text.
REPORTED = re.compile(
    r"(?:^|[.!?]\s+)(?:[Aa]s\s+)?(?P<name>[A-Z](?:[^.!?]|\.(?=\w)){1,60}?)\s+"
    r"(?:reports?|reported|writes|wrote|put\s+it|has\s+it|berichtet(?:e)?|schreibt|schrieb)\s*:$"
)
# Where a statement may start: a block, a line, a sentence, after a bracket or `Editor's note:`.
STARTS = re.compile(
    r"(?:^|(?<=[.!?:;\])*•|–—\"”'’\n])\s|(?<=\n)|(?<=[(\[*]))\W{0,6}(?:(?:editor['’]?s?\s+note|note|nota|anmerkung|ndlr)\s*:\s*)?",
    re.IGNORECASE,
)
CLAIMS = tuple(
    Phrase(kind, re.compile(rf"{words}(?=\s|$|[:,.“\"'‘«])", re.IGNORECASE))
    for kind, words in PHRASES
)
# A cheap look before the patterns, in small letters: a block with none of these makes no claim.
HINTS = (
    "original", "publi", "post", "appear", "print", "courtesy", "syndicat", "delivered", "contribut",
    "source", "quelle", "ursprüng", "zuerst", "zunächst", "erschien", "übern", "nachdruck", "genehmigung",
    "repri", "reprodu", "tomad", "paru", "fuente", "fonte", "источник", "опубликован", "перепечат",
    "appars", "taken from", "provided", "comes from", "adapted", "excerpt", "via", "h/t", "aired",
    "veröffentl", "stammt", "full article", "full story", "оригинал", "впервые", "bron", "kilde", "källa",
    "źródło", "kaynak", "first", "permi", "licen", "creative commons", "cc by", "cc-by", "autoris",
    "accord", "разреш", "hat tip", "gefunden bei", "vu sur", "vía", "©", "(c)", "copyright", "cross-post", "crosspost",
)  # fmt: skip
HINT = re.compile("|".join(map(re.escape, HINTS)))
PERMISSION = re.compile(
    r"""permission\s+to\s+(?:cross-?\s?post|re-?publish|re-?print|re-?post|reproduce|share|use)
    |(?:re-?published|reprinted|re-?posted|cross-?posted|reproduced|used|shared)\b[^.]{0,40}\bwith\s+(?:\w+\s+)?permission
    |(?:re-?publishing|re-?publication|reprinting|cross-?posting|reposting)\b[^.]{0,60}\b(?:welcome|encouraged|allowed|permitted|free)
    |(?:may|can)\s+(?:be\s+)?(?:freely\s+)?(?:re-?published?|reprint(?:ed)?|re-?post(?:ed)?|cross-?post(?:ed)?|reproduced?)\b
    |(?:under|with)\s+an?\s+(?:\w+\s+){0,3}(?:creative\s+commons|cc[ -]by)|creative\s+commons\s+(?:attribution|licen[cs]e)|\bcc[ -]by\b
    |mit\s+(?:freundlicher\s+)?genehmigung | (?:nachdruck|weiterverbreitung|weiterveröffentlichung)\b[^.]{0,60}\b(?:erwünscht|erlaubt|gestattet)
    |avec\s+l['’](?:aimable\s+)?(?:autorisation|accord)\s+d | licence\s+creative\s+commons
    |con\s+(?:el\s+)?permiso\s+de | licencia\s+(?:de\s+)?creative\s+commons | (?:se\s+permite|se\s+autoriza)\s+(?:la\s+)?(?:reproducci|republicaci)
    |с\s+разрешения | перепечатка\b[^.]{0,60}\b(?:разреш|приветств)
    """,
    re.IGNORECASE | re.VERBOSE,
)  # fmt: skip
COPYRIGHT = re.compile(
    r"(?:copyright\s*(?:©|\(c\)|&copy;)?|©|\(c\)(?=\s*(?:\d{4}|[A-Z])))\s*", re.IGNORECASE
)
# What follows the holder's name in a line of copyright.
RIGHTS = re.compile(
    r"all rights|alle rechte|tous droits|todos los|\s(?:unless|except|sauf|außer)\b|\. ",
    re.IGNORECASE,
)
VIA = re.compile(
    r"^\W{0,20}(?:authored|written|posted|submitted|published)?\s*(?:by|von|par|por)\s+(?P<author>[^\n,]{2,60}?)"
    r"(?:\s*,)?\s+via\s+(?P<name>[^\n,;]{2,60}?)\s*(?:[,.;(]|$)",
    re.IGNORECASE,
)
OF_SITE = re.compile(r"\bof\s+(?:the\s+)?(?P<name>(?:www\.)?[\w-]+(?:\.[\w-]+)+)", re.IGNORECASE)
# Link words that name nothing.
GENERIC = re.compile(
    r"^\W{0,20}(?:here|this|link|click here|the original|original|original (?:article|story|post|source|version)|"
    r"source|read more|more|article|full (?:article|story)|hier|ici|aquí|здесь|website|site|this link|"
    r"the (?:article|story|post)|https?:.*|www\..*)\W{0,20}$",
    re.IGNORECASE,
)
# Where a name ends in running text.
NAME_END = re.compile(
    r"\n|[;()\[\]|•*]|[,:](?=\s|$)|[.!?](?=\s|$|[”\"'’])|\s(?:–|—|-)\s|\s(?:on|in|under|as|where|with|and\s+(?:is|was|has|re|appears|can|has)|"
    r"by|via|at|here|before|for|when|is|was|has|am|vom|und|erschienen|veröffentlicht|le|el|sous|bajo|под|"
    r"et\s+est|y\s+(?:es|se)|before|after|to)\b|\s\d{1,2}\b",
    re.IGNORECASE,
)
ARTICLE = re.compile(
    r"^(?:der|die|das|dem|den|im|l['’]|le|la|les|el|los|las|il|lo|o|a|an)\s*(?=[A-ZÀ-Ý«\"“])"
)
DATE_START = re.compile(
    r"^\W{0,20}(?:\d|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b|(?:january|february|march|april|may|june|july|"
    r"august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?\s+\d)",
    re.IGNORECASE,
)

# Sites that host everybody: a link to one names no outlet.
HOSTS = frozenset(
    [
        "facebook.com",
        "twitter.com",
        "x.com",
        "instagram.com",
        "t.me",
        "telegram.me",
        "linkedin.com",
        "youtube.com",
        "youtu.be",
        "patreon.com",
        "paypal.com",
        "paypal.me",
        "pinterest.com",
        "reddit.com",
        "whatsapp.com",
        "tiktok.com",
        "vk.com",
        "threads.net",
        "bsky.app",
        "flipboard.com",
        "getpocket.com",
        "google.com",
        "disqus.com",
        "gofundme.com",
        "buymeacoffee.com",
        "ko-fi.com",
        "donorbox.org",
        "wikipedia.org",
        "flickr.com",
        "amazon.com",
        "apple.com",
        "spotify.com",
        "soundcloud.com",
    ]
)
