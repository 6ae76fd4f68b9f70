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
    r"(?:(?:cet|cette|ce|l['’]|le|la)\s*)?(?:article|texte|tribune|billet|analyse|entretien|reportage|"
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
APPEARED = r"(?:appeared|published|posted|printed|ran|run|aired|written|produced|reported|released|featured|broadcast)"
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
    ("original_source", r"original\s+(?:source|article|story|post|publication)$"),
    ("original_source", r"(?:article|story)\s+source\s*:"),
    ("republished_from", r"we\s+(?:re-?publish|reprint|re-?post|cross-?post)(?:ed)?\s+(?:this|it|the)\b[^.\n]{0,40}?\s+(?:from|courtesy\s+of)"),
    ("first_published_by", rf"(?:(?:{THIS}|it)\s*,?\s*)?{WAS}\s*first\s+(?:published|posted|printed|released){AT}?\s*:?"),
    ("republished_from", rf"(?:{THIS}|it|(?:the\s+)?above)\s*,?[^.]{{0,60}}?{WAS}\s+(?:{FIRST}\s+)?{APPEARED}\s+{FIRST}{AT}\s*:?"),
    ("republished_from", rf"(?:{THIS}|it|(?:the\s+)?above)\s*,?[^.]{{0,60}}?{WAS}\s+{FIRST}\s+{APPEARED}{AT}?\s*:?"),
    ("republished_from", rf"{FIRST}\s+{APPEARED}{AT}?\s*:?"),
    ("republished_from", rf"(?:{THIS}|it)\s*,?[^.]{{0,60}}?{WAS}\s+(?:being\s+)?{COPY}{SOFT}\s+(?:from|courtesy\s+of|of)\s*:?"),
    ("republished_from", rf"(?:(?:{THIS}|it)\s*,?{WAS}\s+)?{COPY}\s+(?:here\s+)?(?:by|in|under|with|through|as\s+part\s+of)\s+(?:an?\s+)?(?:special\s+|content\s+)?(?:arrangement|agreement|partnership|collaboration)\s+(?:with|between)"),
    ("republished_from", rf"(?:this\s+is\s+)?(?:an?\s+)?{COPY}{SOFT}\s+(?:from|courtesy\s+of|permission\s+of)\s*:?"),
    ("republished_from", rf"(?:{THIS})\s+(?:comes|came|is\s+provided|was\s+provided|appears)\s+(?:to\s+us\s+|here\s+)?(?:from|by|courtesy\s+of)"),
    ("republished_from", rf"(?:{THIS}|this)\s+(?:is|was)\s+(?:originally\s+)?(?:from|courtesy\s+of)(?=\s+[A-Z])"),
    ("republished_from", r"(?:(?:article|story|text|post|content)\s+)?(?:courtesy\s+of|syndicated\s+from|taken\s+from|delivered\s+by|contributed\s+by|submitted\s+by|posted\s+from|cross-?post(?:ed)?\s+from)"),
    ("republished_from", rf"(?:(?:{THIS})\s*,?{WAS}\s+)?translated\s+(?:by\s+[^.\n]{{2,40}}\s+)?from"),
    ("republished_from", rf"this\s+is\s+(?:an?|the)\s+[^.]{{0,60}}?\b{FIRST}\s+{APPEARED}{AT}"),
    ("republished_from", r"(?:originally|content\s+(?:retrieved|sourced|taken)|copied)\s+from\s*:?"),
    ("republished_from", rf"{THIS}\s+(?:also\s+)?appeared\s+(?:in|on)"),
    # What WordPress puts below entries in feeds, in the words of its translations
    ("first_published_by", r"the\s+post\b[^\n]{0,300}?\bappeared\s+first\s+(?:on|at|in)"),
    ("first_published_by", r"der\s+beitrag\b[^\n]{0,300}?\berschien\s+zuerst\s+(?:auf|bei|in|im)"),
    ("first_published_by", r"l[’']article\b[^\n]{0,300}?\best\s+apparu\s+en\s+premier\s+sur"),
    ("first_published_by", r"(?:la\s+entrada|el\s+artículo)\b[^\n]{0,300}?\b(?:se\s+publicó|aparece|apareció)\s+primero\s+en"),
    ("first_published_by", r"l[’']articolo\b[^\n]{0,300}?\bproviene\s+da"),
    ("first_published_by", r"o\s+(?:post|conteúdo|artigo)\b[^\n]{0,300}?\bapare(?:ceu|ce)\s+primeiro\s+em"),
    ("first_published_by", r"het\s+bericht\b[^\n]{0,300}?\bverscheen\s+eerst\s+op"),
    ("first_published_by", r"(?:сообщение|запись)\b[^\n]{0,300}?\bпоявил[а-я]+\s+сначала\s+на"),
    ("first_published_by", r"artykuł\b[^\n]{0,300}?\bpochodzi\s+z\s+serwisu"),
    ("first_published_by", r"inlägget\b[^\n]{0,300}?\bdök\s+först\s+upp\s+på"),
    ("reprinted_on", rf"(?:{THIS}|it)\s*,?{WAS}\s+(?:also\s+)?(?:{COPY}|picked\s+up|also\s+published)\s+(?:on|in|at|by)"),
    ("reprinted_on", rf"(?:also\s+)?{COPY}\s+(?:on|in|at|by)"),
    ("link_to_original", r"(?:read|see|view|find|click\s+here\s+(?:for|to\s+read))\s+(?:the\s+)?(?:full\s+|entire\s+|complete\s+)?original(?:\s+(?:article|story|post|version|report|piece))?\s*(?:here)?\s*(?:on|at|in|from|by|:)?"),
    ("link_to_original", r"(?:read|continue\s+reading)\s+(?:the\s+)?(?:full|entire|complete|whole|rest\s+of\s+the)\s+(?:article|story|post|report|piece)\s+(?:on|at|in|from|by)"),
    # German
    ("original_source", r"(?:original(?:quelle|artikel|beitrag|text)|ursprungsquelle|im\s+original)\s*(?::|bei\b|auf\b|in\b|von\b|ist\b)"),
    ("original_source", r"erst(?:veröffentlichung|erscheinung|publikation)\s*:"),
    ("reprinted_on", rf"{THIS_DE}\s+(?:ist|wurde|erschien)\s+auch\s+(?:bei|im|in\s+der|in|auf|von)"),
    ("original_source", r"die\s+(?:original|ursprungs)quelle\s+(?:dieses|des)\s+\w+\s+ist\s*:?"),
    ("republished_from", rf"{THIS_DE}\s+(?:ist|wurde|erschien|stammt)\s+(?:[^.]{{0,40}}?\b)?(?:zuerst|zunächst|ursprünglich|erstmals|im\s+original)?\s*(?:am\s+[\d. \w]{{4,20}})?\s*(?:bei|im|in\s+der|in|auf|von|aus|durch)"),
    ("republished_from", r"(?:ist\s+)?(?:zuerst|zunächst|ursprünglich|erstmals)\s+(?:erschienen\s+|veröffentlicht\s+|publiziert\s+)?(?:bei|im|in\s+der|in|auf|von)"),
    ("republished_from", r"(?:erschien|erschienen|veröffentlicht|erstveröffentlicht|erstveröffentlichung)\s*:?\s*(?:zuerst|zunächst|ursprünglich|erstmals)?\s*(?:bei|im|in\s+der|in|auf|von)"),
    ("republished_from", r"(?:übernommen|nachdruck|übernahme|abdruck)(?:\s+mit\s+(?:freundlicher\s+)?genehmigung)?\s+(?:von|vom|der|des|aus|durch)"),
    ("republished_from", r"mit\s+(?:freundlicher\s+)?genehmigung\s+(?:von|vom|der|des)"),
    ("republished_from", r"(?:wir|die\s+redaktion)\s+(?:danken|dankt)(?:\s+(?:der|dem|den))?(?=[^.\n]{2,80}\s(?:genehmigung|erlaubnis|freigabe|möglichkeit)\s[^.\n]{0,30}(?:druck|veröffentlich|übern))"),
    ("republished_from", r"das\s+original\s+(?:ist|erschien|wurde)\s+(?:zuerst\s+)?(?:am\s+[\d. \w]{4,20}?\s+)?(?:bei|auf|in|im)"),
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
    ("republished_from", r"con\s+información\s+de"),
    ("republished_from", r"(?:(?:artículo|texto|nota|reportaje|entrevista|columna)\s+)?(?:publicad[oa]|apareció)\s+(?:originalmente|originariamente|por\s+primera\s+vez|primero|inicialmente)\s+(?:en|por)"),
    ("republished_from", r"(?:originalmente|inicialmente)\s+publicad[oa]\s+(?:en|por)"),
    ("republished_from", r"(?:reproducid[oa]|republicad[oa]|tomad[oa])\s+(?:con\s+(?:el\s+|la\s+)?(?:permiso|autorización)\s+de|de|desde)"),
    # Russian
    ("original_source", r"(?:первоисточник|источник\s+оригинала|оригинал(?:\s+(?:статьи|материала|публикации))?)\s*(?::|–|—|-|на\b|в\b)"),
    ("republished_from", rf"{THIS_RU}\s*(?:был[аи]?\s+)?(?:впервые|первоначально|изначально)\s+(?:был[аи]?\s+)?(?:опубликован[аоы]?|вышл?[аио]?|появил\w+)\s+(?:на\s+сайте|в|на)"),
    ("republished_from", r"(?:впервые|первоначально|изначально)\s+(?:опубликован[аоы]?|вышл?[аио]?)(?:\s+(?:на\s+сайте|в|на)|\s*:)"),
    ("republished_from", r"(?:перепечатано|перепечатка|публикуется|опубликовано|взято)\s+(?:с\s+разрешения|из|с\s+сайта)"),
    ("republished_from", r"(?:перепечатано|взято)\s+с"),
    ("republished_from", rf"(?:{THIS_RU}\s*)?опубликован[оаы]?\s+(?:на\s+сайте|в|на)"),
    ("republished_from", r"по\s+материалам(?:\s+(?:сайта|издания|газеты|портала))?\s*:?"),
    # Italian, Portuguese
    ("original_source", r"(?:fonte|articolo|artigo|texto)\s+original[ei]?\s*:|l['’]articolo\s+originale\s+è\s+(?:su|di)"),
    ("republished_from", rf"(?:{THIS_IT}\s+)?(?:è\s+(?:stato\s+)?)?(?:originariamente|inizialmente)\s+(?:pubblicato|apparso)\s+(?:su|in|da|sul|sulla)"),
    ("republished_from", rf"(?:{THIS_IT}\s+)?(?:è\s+(?:stato\s+)?)?(?:pubblicato|apparso)\s+(?:originariamente|originalmente|per\s+la\s+prima\s+volta|inizialmente)\s+(?:su|in|da|sul|sulla)"),
    ("republished_from", rf"(?:{THIS_PT}\s+(?:foi\s+)?)?(?:publicad[oa]\s+originalmente|originalmente\s+publicad[oa])\s+(?:em|no|na|por|pel[oa])"),
    # Dutch, Polish, Swedish, Danish and Norwegian
    ("republished_from", r"(?:dit|het|deze)\s+(?:artikel|stuk|verhaal|tekst|column)\s+(?:verscheen|is|werd)\s+(?:eerder|oorspronkelijk|eerst)\s+(?:verschenen\s+|gepubliceerd\s+)?(?:op|in|bij|door)"),
    ("republished_from", r"(?:artykuł|tekst)\s+(?:ten\s+)?(?:ukazał\s+się|został\s+opublikowany)\s+(?:pierwotnie|po\s+raz\s+pierwszy|oryginalnie)\s+(?:w|na|przez)"),
    ("republished_from", r"(?:denna\s+)?(?:artikeln?|texten)\s+(?:publicerades|är|har)\s+(?:först|ursprungligen|tidigare)\s+(?:publicerad\s+|publicerats\s+)?(?:på|i|av|hos)"),
    ("republished_from", r"(?:denne\s+|saken\s+|artiklen\s+|artikkelen\s+|teksten\s+)+(?:er|ble|blev|var)\s+(?:først|opprinnelig|oprindeligt)\s+(?:publisert|udgivet|bragt|trykt)\s+(?:på|i|av|af|hos)"),
)  # fmt: skip
# Phrases that credit only who is linked or known: others name a town, a book, a language.
WEAK = re.compile(
    r"originally\s+from\b|excerpt|adapted|translated|retrieved|по\s+материалам|con\s+información",
    re.IGNORECASE,
)
# Words without which a phrase says only where something stands, not where it comes from; then it
# credits only who is linked or known (`Cet article a été publié par X`).
SURE = re.compile(
    r"origin|first|initial|previous|original|re-?p|re-?post|cross-?post|syndic|excerpt|courtesy|deliver|contribut|submitted|comes|came|provided"
    r"|zuerst|zunächst|ursprüng|erst|übern|nachdruck|genehmig|abord|première|premier|republi|repris|reprodu|primer|proviene|prim[ao]\b"
    r"|впервые|первонач|изнач|перепеч|источник|разреш|сначала|оригинал|eerst|eerder|oorspronk|pierw|orygin|först|først|ursprung|opprinn|oprind|pochodzi|articolo\s|erschien|im\s+original",
    re.IGNORECASE,
)
# What stands before a phrase where it speaks of a picture and not of the text.
OF_A_PICTURE = re.compile(
    r"\b(?:photos?|images?|pictures?|video|footage|graphics?|illustrations?|charts?|maps?|cover|credits?|fotos?|bild(?:er)?|grafik|titelbild|crédits?|imagen|imágenes|фото|видео)\b(?:\s+\w+){0,3}\W*$",
    re.IGNORECASE,
)

# `Source:` alone says little; it counts only in a short last line (see `claims`).
SOURCE_LINE = re.compile(
    r"^\W{0,20}(?:sources?(?:\s+(?:link|url|article))?|quelle|fuente|fonte|источник|bron|kilde|källa|źródło|kaynak|via|h/t)(?:\s*[:：]|\s+[–—-](?=\s))\s*",
    re.IGNORECASE,
)
# The same after a translator or author in that line.
SOURCE_AFTER = re.compile(
    r"(?:[.;|]|\s[–—-])\s+(?:source|quelle|fuente|fonte|источник|bron)\s*[:：]\s*", re.IGNORECASE
)
# The same as a link and nothing beside it.
SOURCE_WORD = re.compile(
    r"\W{0,5}(?:(?:the\s+)?original(?:\s+(?:source|article|story|post|text|version))?|sources?(?:\s+(?:link|url|article))?|quelle|"
    r"original(?:artikel|quelle|beitrag|text)|fuente(?:\s+original)?|artículo\s+original|fonte(?:\s+originale?)?|articolo\s+originale|"
    r"article\s+original|источник|оригинал|bron|kilde|källa|źródło|kaynak|via|h/t)\W{0,5}",
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
    "origin", "publi", "pubblic", "provien", "primeiro", "primero", "verscheen", "verschenen", "gepubli", "opublikow", "ukazał", "pochodzi",
    "dök först", "prohib", "материалов", "free to", "may not be", "vervielfält", "weiterverbreit", "først", "först", "появил", "взято", "по материалам", "translated", "retrieved", "copied from", "con información", "опубликован", "apparu", "nachgedruckt", "arrangement", "post", "appear", "print", "courtesy", "syndicat", "delivered", "contribut",
    "source", "quelle", "ursprüng", "zuerst", "zunächst", "erschien", "übern", "nachdruck", "genehmigung",
    "repri", "reprodu", "tomad", "paru", "fuente", "fonte", "источник", "опубликован", "перепечат",
    "appars", "taken from", "provided", "comes from", "adapted", "excerpt", "via", "h/t", "aired",
    "veröffentl", "stammt", "full article", "full story", "read the", "continue reading", "оригинал", "впервые", "bron", "kilde", "källa",
    "źródło", "kaynak", "first", "permi", "licen", "creative commons", "cc by", "cc-by", "autoris",
    "accord", "разреш", "hat tip", "abdruck", "das original", "autoriz", "gefunden bei", "vu sur", "vía", "©", "(c)", "copyright", "cross-post", "crosspost",
)  # fmt: skip
VIA = re.compile(
    r"^\W{0,20}(?:authored|written|posted|submitted|published)?\s*(?:by|von|par|por)\s+(?P<author>[^\n,]{2,60}?)"
    r"(?:\s*,)?\s+\(?via\s+(?P<name>[^\n,;]{2,60}?)\s*(?:[,.;()]|$)",
    re.IGNORECASE,
)
