"""What a site says to its readers between and below its texts, in the languages of its readers.

Newsletters, channels, donations, paywalls, consent to embedded content, comments, tips, errors. Told
by how a block begins, or by words that stand together in one short block (`newsletter` and `sign
up`); prose has one of them, hardly ever both and the site's own `us` or `you`.
"""

# ruff: noqa: E501  (a pattern is read whole)

import re

# Characters of a block; real appeals have up to 380, and long prose has any words together.
MAX_APPEAL = 400
BEGINS = re.compile(
    r"""\W{0,20}(?:
    # paywalls
    subscribe\s+(?:now\s+|today\s+)?to\s+(?:continue|keep|read|unlock|get|access)\b
    |already\s+(?:a\s+|an?\s+)?(?:subscriber|subscribed|member|registered|have\s+an\s+account)\b
    |(?:this|the)\s+(?:article|story|post|content|page)\s+is\s+(?:only\s+|exclusively\s+)?(?:available\s+)?(?:for|to)\s+(?:paying\s+|our\s+)?(?:subscribers|members)\b
    |(?:sie|du)\s+(?:möchten|möchtest|wollen|willst)\s+(?:den\s+(?:ganzen\s+)?(?:artikel|beitrag)\s+)?(?:weiter)?lesen\b
    |(?:dieser|der|diesen?)\s+(?:\w+\s+)?(?:artikel|beitrag|inhalt|text)\s+(?:ist|lesen)\s+(?:nur\s+|exklusiv\s+)?(?:für|mit)\s+(?:unsere[rn]?\s+)?(?:abonn|plus|mitglied|registrierte)
    |(?:cet\s+article|ce\s+contenu|la\s+suite|l['’]accès)\b[^.]{0,40}\bréservée?s?\s+(?:à\s+nos\s+|aux\s+)abonnés
    |(?:este|esta)\s+(?:contenido|artículo|noticia)\s+es\s+(?:exclusiv[oa]|s[oó]lo)\b | ya\s+eres\s+suscriptor | déjà\s+abonnée?
    |(?:questo|il)\s+(?:contenuto|articolo)\s+è\s+(?:riservato|disponibile\s+solo) | sei\s+già\s+abbonato
    |(?:этот\s+)?материал\s+доступен\s+только
    # donations
    |(?:please\s+)?consider\s+(?:making\s+a\s+)?(?:donat|support|contribut|becoming\s+a\s+(?:member|paid|subscriber))
    |if\s+you\s+(?:value|like|enjoy|appreciate|found|liked|enjoyed)\s+(?:our|this|what|the\s+(?:article|story|post))\b
    |did\s+you\s+(?:like|enjoy|find)\s+this\s+(?:article|story|post|piece)\b | thank(?:s|\s+you)\s+for\s+reading\b.{0,60}(?:!|subscri|support)
    |hat\s+(?:ihnen|dir|euch)\s+(?:dieser|der|unser)\s+(?:artikel|beitrag|text)\s+gefallen | unterstützen?\s+(?:sie|du)\s+(?:uns|unser|bitte)
    |soutenez-nous | (?:vous\s+avez\s+aimé|vous\s+aimez)\s+(?:cet\s+article|nos) | faites\s+un\s+don
    |¿?te\s+(?:ha\s+gustado|gustó)\s+(?:este|esta|el|la) | apoya\s+(?:a\s+)?nuestro | ti\s+è\s+piaciuto\s+(?:questo|l) | gostou\s+d(?:o|a|este|esta)\s+(?:artigo|matéria|texto|post|conteúdo|notícia)
    |понравил(?:ась|ся)\s+(?:статья|материал|текст|вам) | поддержите\s+(?:нас|наш|проект|редакцию)
    # consent, players, scripts
    |empfohlener\s+(?:redaktioneller|externer)\s+inhalt | externer\s+inhalt\b | an\s+dieser\s+stelle\s+(?:finden\s+sie|befindet\s+sich|steht|würden\s+wir)
    |(?:please\s+)?(?:enable|turn\s+on|activate|allow)\s+(?:javascript|cookies)\b | javascript\s+(?:is|must|muss|ist)\b | to\s+(?:view|play|watch)\s+this\s+video,?\s+please
    |your\s+browser\s+(?:does\s+not|doesn['’]t|is\s+not)\b | bitte\s+(?:aktivieren|schalten)\s+sie\s+(?:javascript|cookies) | veuillez\s+activer | ihr\s+browser\s+unterstützt | tu\s+navegador\s+no
    |allow\s+\S+(?:\s\S+)?\s+content\? | we\s+need\s+your\s+(?:consent|permission)\b
    # comments, tips, errors
    |what\s+do\s+you\s+think\?.{0,120}$ | have\s+your\s+say\b | let\s+us\s+know\s+(?:in\s+the\s+comments|what\s+you\s+think) | join\s+the\s+(?:conversation|discussion|debate)\b.{0,80}$
    |do\s+you\s+have\s+(?:a|any)\s+(?:story|tips?|news\s+tip|information|question)\b | have\s+you\s+(?:got\s+)?(?:a\s+(?:story|tip)|been\s+affected) | (?:was|wie)\s+(?:denken|meinen|halten)\s+sie\b.{0,60}\?.{0,120}$ | diskutieren\s+sie\s+mit
    |(?:если|якщо)\s+(?:вы|ви)\s+(?:нашли|заметили|обнаружили|знайшли|помітили) | (?:нашли|заметили)\s+(?:ошибку|опечатку) | fehler\s+(?:gefunden|entdeckt)\b | (?:did\s+you\s+)?(?:find|found|spot(?:ted)?)\s+an?\s+(?:error|mistake|typo)\b.{0,10}\?
    # the content system itself
    |this\s+entry\s+was\s+posted\s+(?:on|in|by)\b | posted\s+in\s+\S.{0,80}(?:\||tagged|permalink) | dieser\s+(?:eintrag|beitrag)\s+wurde\s+(?:veröffentlicht|am\s.{0,40}veröffentlicht|unter)\b | esta\s+entrada\s+fue\s+publicada
    |(?:von|by)\s.{2,40}\s(?:am|on)\s\d.{4,20}\.\s*(?:abgelegt|filed)\s+(?:unter|under) | our\s+standards\s*: | our\s+community\s+(?:rules|guidelines)
    |mit\s+(?:material|informationen)\s+(?:von|der|des|aus)\b.{0,60}(?:agentur|dpa|afp|reuters|\bap\b) | (?:image|photo|header|cover)\s+(?:credit|courtesy|by|via|source)\b.{0,100}$
    |jetzt\s+(?:\S+\s+){0,6}(?:app|testen|abonnieren|anmelden|spenden)\b.{0,40}$ | folgst\s+du\s | hier\s+(?:können\s+sie|kannst\s+du)\s.{0,60}(?:abonnieren|anmelden|teilen)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
# Pairs of words of which one alone is prose.
LETTER = (
    "newsletter", "boletín", "boletim", "nieuwsbrief", "рассылк", "bülten", "infolettre", "nyhedsbrev", "nyhetsbrev",
    "uutiskirje", "hírlevel", "rundbrief",
)  # fmt: skip
TAKE = re.compile(r"\bsign(?:ing)?[\s-]up|subscri|inbox|your\s+e-?mail|\bget\s+(?:our|the)|\bregister|abonnier|anmelden|eintragen|inscri|abonne[zr]|recevez|suscr[ií]|recibe|regístrate|iscri[vt]|ricevi|assine|receba|inscreva|\bmeld\s+je|aanmelden|ontvang|подпи[сш]|zapisz|otrzymuj|abone\s+ol|tilmeld|prenumerera|tilaa|meld\s+deg|iratkoz", re.I)  # fmt: skip
PLATFORM = (
    "whatsapp", "telegram", "телеграм", "google news", "google-news", "google новост", "google haberler", "facebook",
    "instagram", "youtube", "tiktok", "viber", "dzen", "дзен", "вконтакте", "twitter", "threads", "bluesky", "linkedin",
    "discord", "mastodon",
)  # fmt: skip
OUR = re.compile(r"\bour\b|\bus\b|\buns(?:er\w*)?\b|\bnous\b|-nous|\bnotre\b|\bnos\b|nuestr[oa]|\bnostr[oa]|seguici|síguenos|\bnoss[oa]\b|\bnos\b|\bsiga\b|bizi|\bнаш\w*|\bнас\b|\bonze?\b|\bnasz\w*|\bvår[at]?\b|\bvores\b", re.I)  # fmt: skip
FOLLOW = re.compile(r"follow|\bjoin\b|\blike\b|subscri|folg|abonn|suivez|rejoignez|s[ií]gu|únete|suscr|segui|iscriv|unisciti|\bsiga\b|participe|inscrev|takip|подпи[сш]|підпи[сш]|читайте|присоедин|następuj|obserwuj|dołącz|\bvolg|følg|följ|channel|kanal|canal", re.I)  # fmt: skip
CONSENT = (
    "cookie", "privacy", "datenschutz", "einwilligung", "zustimmung", "einverstanden", "consent", "permission",
    "toestemming", "traceurs", "samtyck", "samtykke",
)  # fmt: skip
SHOWN = re.compile(r"content|inhalt|contenu|contenido|contenuto|conteúdo|onderdeel|inhoud|innehåll|innhold|\bvideo|\bembed", re.I)  # fmt: skip
SHOW = re.compile(r"display|anzuzeigen|angezeigt|anzeigen|\bload|laden|bloqu|blocc|block|available|disponible|disponibile|zichtbaar|\bshow|\bto\s+see|to\s+view|\bvisas|vises|accept|akzept", re.I)  # fmt: skip
YOU = re.compile(r"\byour?\b|\bwe\b|\bsie\b|\bihre[rn]?\b|\bdu\b|\bdein\w*|\bwir\b|\bich\b|\bvous\b|\bvotre|\busted|\bha\s+aceptado|\btus?\b|\bje\b|\bjouw|\bhai\b|\bvocê|\bdu\b|\bdig\b", re.I)  # fmt: skip
# A line that is a name and an address (`홍길동 기자 hong@post.kr`).
SIGNED = re.compile(
    r"(?:[^\s@]{1,20}\s+){0,6}\W?[\w.+-]{1,40}@[\w-]{1,40}(?:\.[\w-]{1,20}){1,3}\W{0,3}(?:\s[^\s@]{1,20}){0,2}"
)


def appeal(text: str) -> bool:
    """Whether a block is said by the site to its readers, and is no part of the text."""
    if BEGINS.match(text[:MAX_APPEAL]) or (len(text) <= 120 and SIGNED.fullmatch(text)):
        return True
    if len(text) > MAX_APPEAL or text[:1] in "\"“„«‘'":
        return False
    said = text.lower()  # plain words first: looking for patterns costs ten times as much
    if any(word in said for word in LETTER) and TAKE.search(text):
        return True
    if any(word in said for word in PLATFORM) and OUR.search(text) and FOLLOW.search(text):
        return True
    if not any(word in said for word in CONSENT):
        return False
    return bool(SHOWN.search(text) and SHOW.search(text) and YOU.search(text))
