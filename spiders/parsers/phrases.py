"""Words that mark what is no article text, in the languages that sources use."""

# ruff: noqa: E501  (a pattern is read whole)

import re

# A block that starts so is about the site, not of the article.
BOILERPLATE = re.compile(
    r"""^\W{0,20}(?:
    (?:read|see|watch|listen)\s+(?:also|more|next|further)\b | also\s+read\b | more\s*:|
    more\s+(?:on\s+this|from|stories|about)\b | related\s*(?::|articles?|stories|topics|content|posts?)
    |recommended\b.{0,20}$ | (?:you\s+(?:may|might)\s+also\s+like) | don['’]t\s+miss\b.{0,40}$
    |(?:sign\s+up|subscribe)\b.{0,120}(?:newsletter|inbox|free|daily|channel|email|our|to\b)
    |(?:follow|like|join|find)\s+(?:us|our|.{0,30}\bon\s+(?:facebook|twitter|x|instagram|whatsapp|telegram|google))\b
    |share\s+(?:this|on|via|with)\b.{0,60}$ | share\s*:?\s*$ | click\s+(?:here|the\s+share|to\s+(?:share|subscribe))
    |note\s+to\s+readers?\b | support\s+(?:us\b|our\s+(?:work|journalism)|independent\b) | donate\b.{0,80}$
    |(?:please\s+)?(?:consider\s+)?(?:making\s+a\s+)?donat(?:e|ing|ion)\b.{0,80}$
    |(?:paypal|patreon|bitcoin|btc|iban)\s*: | via:\s*https?:
    |copyright\s*(?:©|\(c\)|\d) | ©\s*\S | \(c\)\s*\d{4} | all\s+rights\s+reserved
    |(?:this|the)\s+(?:article|story|post|report|piece)\s+(?:was|has\s+been)\s+(?:\w+\s+)?(?:amended|updated|corrected|edited|revised)\b
    |dieser\s+(?:artikel|beitrag|text)\s+wurde\s+[^.]{0,40}(?:aktualisiert|korrigiert|geändert|ergänzt)
    |this\s+material\s+may\s+not\s+be\s+published | advertisement\s*$ | advert\s*$ | story\s+continues
    |leave\s+a\s+(?:comment|reply) | comments?\s*(?:\(\d+\))?$ | tags?\s*: | filed\s+under | topics?\s*:
    |categories\s*: | loading\b.{0,20}$ | the\s+original\s+source\s+of\s+this\s+article
    |disclaimer\s*: | (?:articles?|stories)\s+by\s*: | got\s+a\s+(?:news\s+)?tip\b | contact\s+us\b.{0,60}$
    |to\s+(?:read|see|view)\s+more\b.{0,60} | download\s+(?:the|our)\s+.{0,30}app\b
    |lesen\s+sie\s+(?:auch|hier|mehr|dazu)\b | mehr\s+(?:zum\s+thema|dazu|nachrichten|aus\b) | auch\s+interessant
    |lesen\s+sie\s*:|das\s+könnte\s+(?:sie|dich)\s+(?:auch\s+)?interessieren | hier\s+(?:klicken|geht['’]?s)\b
    |newsletter\b.{0,80}$ | (?:jetzt\s+)?(?:abonnieren|anmelden)\b.{0,60}$ | anzeige\s*$ | werbung\s*$
    |folgen\s+sie\s+uns | alle\s+rechte\s+vorbehalten | kommentare?\s*(?:\(\d+\))?$ | teilen\s*$
    |dieser\s+(?:artikel|beitrag|text)\s+(?:erschien|ist\s+zuerst) | zum\s+thema\s*:?$ | quelle\s*:.{0,80}$
    |à\s+lire\s+aussi | lire\s+(?:aussi|également|la\s+suite) | voir\s+aussi | (?:abonnez|inscrivez)-vous
    |tous\s+droits\s+réservés | partager\b.{0,30}$ | publicité\s*$ | suivez-nous
    |(?:lea|lee|leer|ver|vea)\s+(?:también|más|además) | te\s+puede\s+interesar | suscríb(?:ete|ase)
    |todos\s+los\s+derechos | compartir\b.{0,30}$ | síguenos | más\s+información\s*:?$ | noticias?\s+relacionadas?
    |leggi\s+anche | guarda\s+anche | iscriviti\b.{0,80}$ | tutti\s+i\s+diritti
    |leia\s+(?:também|mais) | veja\s+também | читайте\s+(?:также|еще|ещё) | подпис(?:ывайтесь|аться)
    |все\s+права\s+защищены | поделиться\b.{0,30}$ | смотрите\s+также | реклама\s*$ | читайте\s*:
    |lees\s+(?:ook|meer) | les\s+(?:også|mer) | läs\s+(?:också|mer|även) | lue\s+myös | czytaj\s+(?:także|też|również)
    |zobacz\s+(?:także|też) | skaityti\s+daugiau | ilgili\s+haber | 関連記事 | 【関連 | あわせて読みたい | 관련\s*기사
    |listen\s+to\s+(?:this|the)\s+(?:article|story)\b.{0,60}$ | (?:this|the)\s+(?:audio|article)\s+(?:is|was)\s+(?:generated|read|narrated|voiced)\s+by\b.{0,120}$
    |you\s+have\s+\d+\s+(?:gift|free)\s+articles\b | \d+\s*[-–]?\s*min(?:ute)?s?(?:\s+read)?$ | (?:estimated\s+)?reading\s+time\b.{0,30}$
    |(?:diesen\s+)?(?:artikel|beitrag|text)\s+(?:an|vor)(?:hören|lesen)(?:\s+lassen)?\b.{0,40}$ | (?:lesezeit|lesedauer)\s*:?.{0,30}$
    |écouter\s+(?:cet\s+|l[’'])article\b.{0,40}$ | temps\s+de\s+lecture\b.{0,30}$ | escuch(?:ar|a|e)\s+(?:este|el)\s+(?:artículo|noticia)\b.{0,40}$
    |ascolta\s+(?:quest[’']|l[’'])articolo\b.{0,40}$ | tempo\s+di\s+lettura\b.{0,30}$ | ou(?:vir|ça)\s+(?:este|o)\s+(?:artigo|texto)\b.{0,40}$
    |tiempo\s+de\s+lectura\b.{0,30}$ | tempo\s+de\s+leitura\b.{0,30}$ | время\s+чтения\b.{0,30}$ | luister\s+naar\s+dit\s+artikel\b.{0,40}$
    |무단\s*전재 | ⓒ | 저작권자 | xem\s+thêm
    )""",
    re.IGNORECASE | re.VERBOSE,
)

# What may stand after the last paragraph and is not one.
TAIL = re.compile(
    r"""^\W{0,20}(?:
    (?:with\s+)?(?:reporting|additional\s+reporting|editing|writing)\s+by\b | support\b | donate\b | paypal\b
    |(?:sources?|quelle|fuente|fonte|источник|via|photo|image|video)\s*:.{0,200}$ | https?://\S+$
    |(?-i:[A-ZÀ-Þ][\w’'.-]+(?:\s+[A-ZÀ-Þ][\w’'.-]+){1,3})\s+(?:is|was|has\s+been|ist|war|est|es|è)\s+(?:a|an|the|our|der|die|eine?|unser\w*|une?|una|il|la)\b.{0,160}\b(?:reporter\w*|editor\w*|correspondent\w*|journalist\w*|writer|author\w*|columnist|contributor|fellow|professor|lecturer|researcher|redakteur\w*|korrespondent\w*|autor\w*|giornalista|périodista|periodista)\b
    |the\s+post\b.{0,300}appeared\s+first | (?:contact|email|write\s+to)\b.{0,40}@
    )""",
    re.IGNORECASE | re.VERBOSE,
)

# Signs that divide, without words.
SEPARATOR = re.compile(
    r"[\W_]{0,60}|\W{0,20}(?:end|ends|xxx|advertisement|anzeige|publicidad)\W{0,20}", re.I
)

# Lines in sight that say where a site files an article.
LABELS = re.compile(
    r"^\W{0,20}(?P<label>region|theme|themes|topic|topics|category|categories|filed under|"
    r"tags?|section|"
    r"in-depth report|rubrik|thema|themen|schlagworte|tema|temas|categoría|rubrique|thème|рубрика|"
    r"тема|теги)\s*:\s*(?P<value>.+)$",
    re.IGNORECASE,
)
