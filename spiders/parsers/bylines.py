"""How bylines begin, in the languages that sources use: `By`, `Von`, `Текст:`, `文／`.

A word that can be anything else besides (`של`, `του`) counts only before a sign that ends a label, or
before words with capitals.
"""

# ruff: noqa: E501  (a pattern is read whole)

import re

# What was done, before the preposition (`Ein Interview von`, `Propos recueillis par`). Who took the
# pictures, edited, translated or paid is no author, so this is a list of what is written.
DONE = r"""
    written|compiled|authored|reported|reporting|posted|published|submitted|story|article|words|text|analysis|opinion|essay|review|column|interview|commentary|guest\s+post|report
    |verfasst|geschrieben|eingestellt|veröffentlicht|gepostet|aufgezeichnet|interview|kommentar|analyse|essay|kolumne|reportage|gastbeitrag|glosse|porträt|rezension|leitartikel|bericht|recherche|protokoll
    |soumis|publiée?|postée?|écrit|rédigé|propos\s+recueillis|entretien\s+réalisé|texte|récit|enquête|chronique|reportage|critique|tribune
    |escrit[oa]|publicad[oa]|enviado|redactado|postado|entrevista|crónica|análisis|reportaje
    |scritto|pubblicato|inviato|a\s+cura|intervista|analisi|commento
    |geschreven|geplaatst|skrevet|publisert|skriven|napisał[a-z]*|opublikował[a-z]*
"""
BY = re.compile(
    rf"""^\W{{0,20}}(?:(?-i:By(?=[A-ZÀ-Þ]))|  # two elements with no blank between (`ByAnn Marsh`)
    (?:(?:an?|the|eine?|une?|una?|un|la|el)\s+)?(?:(?:{DONE})\s+)?
    (?:by|von|par|por|di|da|od|door|av|af)\s*[:–—-]?\s+(?=\S)
    |(?:автор(?:ы|ка|и)?|текст|yazan|autor(?:es|k[ai]|i)?|auteure?|author|autore|tekst|text|texte|penulis|oleh|oprac(?:\.|ował[a-z]*|owanie)|derleyen|γράφει(?:\s+[οη])?)(?:\s*[:：]\s*|\s*[–—-]\s+|\s+)(?=\S)
    |(?:haber|yazar[ıi]?|muhabir|forfatter|skribent|autorin|автор\s+(?:текста|статьи)|подготовила?|записала?|беседовала?|підготу(?:вав|вала)|napsala?|tác\s+giả|लेखक|ผู้เขียน|เรื่อง|نویسنده|گزارش|الكاتب|كاتب|تحرير|كتبت?|כתבת?|כתב)\s*[:：–—]\s*(?=\S)
    |(?:بقلم|מאת)\s*[:：]?\s*(?=\S)
    |(?:(?:本报|本報|实习|實習)?(?:记者|記者)|作者|撰文|文字|取材[・･]文|取材|執筆|文|글)\s*[:：／/＝=｜|]\s*(?:记者|記者)?\s*(?=\S)
    |(?:本报|本報)?(?:记者|記者)\s+(?=\S)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
# In Greek an author stands in the genitive after an article, which begins any other phrase as well:
# only before words with capitals and nothing else.
GREEK = re.compile(
    r"\W{0,20}(?:Του|Της|Των|ΤΟΥ|ΤΗΣ|ΤΩΝ)\s+(?=[Α-ΩΆ-Ώ][\w-]+(?:\s+[Α-ΩΆ-Ώ][\w-]+){1,3}$)"
)
# A block of its own before the name.
BY_ALONE = re.compile(
    r"\W{0,5}(?:(?:written|posted|published)\s+)?(?:by|von|par|por|di|автор|text|autor|auteur|yazar|penulis|作者|문|글|كتب|بقلم|מאת)\s*[:：]?",
    re.IGNORECASE,
)
# What stands before a date and is no name, though it has capitals (`Data publikacji`, `Giriş Tarihi`).
DATED = re.compile(
    r"(?:\b(?:published|posted|created|first\s+published|last\s+updated|date|veröffentlicht|erstellt|erschienen|datum|publiée?|mise?\s+en\s+ligne|créée?|paru"
    r"|publicad[oa]|creado|fecha|pubblicat[oa]|creato|data\s+(?:publikacji|publicação|de\s+publicación|di\s+pubblicazione)|opublikowano|dodano"
    r"|giriş|yayın\w*|oluşturulma|eklenme|haber\s+tarihi|tarih|gepubliceerd|geplaatst|publiceret|publisert|publicerad|vydáno|publikováno|julkaistu|közzétéve"
    r"|дата|опубликован\w*|размещен\w*|опубліковано|создано|δημοσίευση|tayang|diterbitkan|publikasi|ngày|تاريخ|نُشر|نشر|انتشار|פורסם)\b"
    r"|发布|發布|公開|掲載|配信|등록|입력|승인)[^|]{0,40}(?=\||$)",
    re.IGNORECASE,
)  # fmt: skip
# What joins a name and the date after it (`by Ann Marsh on Tue,`; `par Élodie Le Goff le jeu`).
JOINED = re.compile(r"\s+(?:on|am|le|el|em|op|il|at|den)(?:\s+[^\W\d]{2,10}[.,]*)?\s*(?=\||$)")
# At the end of agencies' texts (`Reporting by A B in Paris and C D; editing by E F`).
REPORTING = re.compile(
    r"\W{0,5}(?:additional\s+)?(?:reporting|written|writing)(?:\s+and\s+writing)?\s+by\s+(?P<names>[^.;()]{4,120})",
    re.IGNORECASE,
)
# Reporters' names with what they are, in Korean, Japanese and Chinese.
EASTERN = re.compile(
    r"(?:^|[\s=＝\[(/／])(?:(?P<ko>[가-힣]{2,4})\s*(?:기자|특파원|논설위원)|(?P<ja>[\u3400-\u9fff々]{2,4}[\s　]?[\u3040-\u30ff\u3400-\u9fff々]{0,4})\s*(?:記者|特派員)"
    r"|(?:記者|记者)\s*(?P<zh>[\u4e00-\u9fff]{2,4}))(?=$|[\s\])/／|·,、])"
)
# Several who are not named: the paper's own people.
DESK = re.compile(
    r"\b(?:redaktion\w*|redakce|redakc\w+|redaksi|rédaction|redacción|redacció|redazione|redação|redactie|toimitus|ritstjórn|uredništvo|redakcija"
    r"|szerkesztőség|staff|desk|newsroom|editorial|editors?|news\s+team|team|equipe|équipe|equipo|reporters?|correspondents?|bureau"
    r"|writers?|web\s?desk|контент-служба|haber\s+merkezi|haberler\s+servisi|yayın\s+kurulu|editör(?:ü|ler)?|ban\s+biên\s+tập|press\s+release"
    r"|pressemitteilung|comunicado|communiqué|guest\s+(?:author|contributor)|gastautor\w*)\b|\w-redaktion\b|редакци\w|редакція|σύνταξη|συντακτική"
    r"|هيئة\s+التحرير|التحرير|מערכת|डेस्क|編集部|報道部|社会部|取材班|編輯部|编辑部|綜合報導|综合报道|편집부|취재팀|뉴스팀",
    re.IGNORECASE,
)
