"""Made-up pages that say where their text comes from, or only look so, as an editor would judge.

Each entry: what stands in the text's own element after it (`inner`), above the text (`before`), after
the article (`after`), in the head (`head`), and whom the page names as its origin, or None.
"""

# ruff: noqa: E501  (pages in one line are easier to compare)

from typing import NamedTuple

from storage.records import Origin

DEEP = "https://lakeside.test/2021/rivers-rise"
LINK = f'<a href="{DEEP}">Lakeside Review</a>'
HOME = '<a href="https://lakeside.test/">Lakeside Review</a>'
NAMED = Origin("Lakeside Review", None)
AT_HOME = Origin("Lakeside Review", "https://lakeside.test/")
LINKED = Origin("Lakeside Review", DEEP)
BY_SITE = Origin("lakeside.test", DEEP)
LD = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"A story about rivers",%s}</script>'


class Made(NamedTuple):
    """One page."""

    origin: Origin | None
    inner: str = ""
    before: str = ""
    after: str = ""
    head: str = ""


COPIES: dict[str, Made] = {
    # English
    "en story first appeared, italic": Made(LINKED, f"<p><i>This story first appeared on {LINK}.</i></p>"),
    "en article was produced by": Made(LINKED, f"<p>This article was originally produced by {LINK}.</p>"),
    "en partnership": Made(LINKED, f"<p>This story was originally published by {LINK}, a nonprofit newsroom. Sign up for its newsletter.</p>"),
    "en also with date": Made(LINKED, f"<p>This post originally appeared on May 3, 2021 on {LINK}.</p>"),
    "en date first, name plain": Made(NAMED, "<p>This article was first published on 3 May 2021 by Lakeside Review.</p>"),
    "en version of": Made(LINKED, f"<p>A version of this article appeared originally in {LINK}.</p>"),
    "en title link": Made(LINKED, f'<p>The post <a href="{DEEP}">A story about rivers</a> appeared first on {HOME}.</p>'),
    "en cross-posted": Made(LINKED, f"<p>Cross-posted from {LINK}</p>"),
    "en crossposted with permission": Made(LINKED, f"<p>Crossposted with permission from {LINK}.</p>"),
    "en reposted": Made(LINKED, f"<p>Reposted from {LINK}.</p>"),
    "en by special arrangement": Made(LINKED, f"<p>Reprinted by special arrangement with {LINK}.</p>"),
    "en licence": Made(LINKED, f'<p>This article is republished from {LINK} under a <a href="https://creativecommons.org/licenses/by-nd/4.0/">Creative Commons</a> license.</p>'),
    "en source in strong": Made(LINKED, f"<p><strong>Source:</strong> {LINK}</p>"),
    "en source with title": Made(LINKED, f'<p>Source: {HOME}, <a href="{DEEP}">A story about rivers</a></p>'),
    "en source bare link": Made(BY_SITE, f'<p>Source: <a href="{DEEP}">{DEEP}</a></p>'),
    "en original link heading": Made(BY_SITE, f'<p>Original article: <a href="{DEEP}">link</a></p>'),
    "en read original": Made(LINKED, f'<p>Read the original article at {LINK}.</p>'),
    "en editor's note above": Made(LINKED, before=f"<p><em>Editor’s note: This story was originally published by {LINK}.</em></p>"),
    "en via byline": Made(LINKED, before=f"<p>Authored by Ann Marsh via {LINK},</p>"),
    "en by via, no link": Made(NAMED, before="<p>By Ann Marsh via Lakeside Review</p>"),
    "en original source and copyright": Made(NAMED, '<p>The original source of this article is <a href="#">Lakeside Review</a><br>Copyright © <a href="#">Lakeside Review</a>, 2021</p>'),
    "en logo, alt": Made(LINKED, f'<div class="credit-line"><span>Originally published by</span> <a href="{DEEP}"><img src="/l.svg" alt="Lakeside Review logo"></a></div>'),
    "en logo, title": Made(LINKED, f'<div>This story was originally published by:</div><p><a href="{DEEP}"><img src="/l.svg" title="Lakeside Review"></a></p>'),
    "en republished, box": Made(LINKED, f'<aside class="info-box"><p>Republished from {LINK}.</p></aside>'),
    "en table cell": Made(LINKED, f"<table><tr><td>Originally published at {LINK}</td></tr></table>"),
    "en home only": Made(AT_HOME, f"<p>This article originally appeared on {HOME}.</p>"),
    "en home and original": Made(LINKED, f'<p>This article originally appeared on {HOME}. Read the <a href="{DEEP}">original here</a>.</p>'),
    "en name, then domain": Made(NAMED, "<p>Originally published on Lakeside Review.</p>"),
    "en excerpted": Made(LINKED, f"<p>This piece is excerpted from {LINK}.</p>"),
    "en translated": Made(LINKED, f"<p>Translated from {LINK} by Ann Marsh.</p>"),
    "en syndicated": Made(LINKED, f"<p>This content is syndicated from {LINK}.</p>"),
    "en was written for": Made(LINKED, f"<p>This article was originally written for {LINK}.</p>"),
    "en reproduced courtesy": Made(LINKED, f"<p>Reproduced courtesy of {LINK}.</p>"),
    "en article courtesy": Made(LINKED, f"<p>Article courtesy of {LINK}.</p>"),
    "en byline, then published": Made(LINKED, before=f"<p>By Ann Marsh, originally published by {LINK}</p>"),
    "en originally from": Made(LINKED, f"<p>Originally from {LINK}</p>"),
    "en content retrieved": Made(BY_SITE, f"<p>Content retrieved from: <a href='{DEEP}'>{DEEP}</a>.</p>"),
    "en via, last line": Made(LINKED, f"<p>via {LINK}</p>"),
    "en source link": Made(BY_SITE, f"<p>Source link: <a href='{DEEP}'>here</a></p>"),
    "en link of the own title": Made(BY_SITE, f"<p>Original post: <a href='{DEEP}'>A story about rivers</a></p>"),
    "en link of another title": Made(BY_SITE, f"<p>Original article: <a href='{DEEP}'>How the great river came to rise in one night</a></p>"),
    "en phrase linked": Made(LINKED, f"<p><a href='{DEEP}'>Originally published</a> at Lakeside Review.</p>"),
    "en article linked": Made(LINKED, f"<p><a href='{DEEP}'>This article</a> originally appeared in Lakeside Review.</p>"),
    "en sentence linked": Made(LINKED, f"<p><a href='{DEEP}'>This article was originally published in Lakeside Review.</a></p>"),
    "en excerpt of": Made(LINKED, f"<p>This is an excerpt from a story that originally ran in {LINK}.</p>"),
    "en broadcast": Made(LINKED, f"<p>This interview was first broadcast on {LINK}.</p>"),
    "en two hops": Made(Origin("Hill Wire", "https://hillwire.test/"), '<p>Delivered by <a href="https://hillwire.test/">Hill Wire</a></p><p>Contributed by Ann Marsh of <a href="https://lakeside.test">www.lakeside.test</a>.</p>'),
    "en republished, permission, original": Made(LINKED, f"<p>Reposted from {HOME} with permission. Read the original <a href='{DEEP}'>here</a>.</p>"),
    "fr byline and source": Made(LINKED, f"<p>Par Ann Marsh – Source : {LINK}</p>"),
    "de translator and source": Made(LINKED, f"<p>Übersetzung: Ann Marsh. Quelle: {LINK}</p>"),
    "ru опубликовано": Made(LINKED, f"<p>Опубликовано в {LINK}</p>"),
    # German
    "de dieser artikel zuerst auf": Made(LINKED, f"<p>Dieser Artikel erschien zuerst auf {LINK}.</p>"),
    "de wurde zuerst auf … veröffentlicht": Made(LINKED, f"<p>Dieser Beitrag wurde zuerst auf {LINK} veröffentlicht.</p>"),
    "de der text erschien am … in": Made(NAMED, "<p>Der Text erschien am 3. Mai 2021 in der Lakeside Review.</p>"),
    "de der beitrag … WordPress": Made(LINKED, f'<p>Der Beitrag <a href="{DEEP}">A story about rivers</a> erschien zuerst auf {HOME}.</p>'),
    "de erstveröffentlichung": Made(LINKED, f"<p>Erstveröffentlichung: {LINK}, 3. Mai 2021</p>"),
    "de quelle": Made(LINKED, f"<p>Quelle: {LINK}</p>"),
    "de originalartikel": Made(LINKED, f"<p>Originalartikel: {LINK}</p>"),
    "de übernommen": Made(LINKED, f"<p>Dieser Artikel wurde mit freundlicher Genehmigung von {LINK} übernommen.</p>"),
    "de zuerst erschienen bei": Made(LINKED, f"<p><em>Zuerst erschienen bei {LINK}.</em></p>"),
    "de aus dem englischen": Made(LINKED, f"<p>Der Artikel ist im Original auf {LINK} erschienen.</p>"),
    # French
    "fr initialement par": Made(LINKED, f"<p>Cet article a été publié initialement par {LINK}.</p>"),
    "fr initialement publié sur": Made(LINKED, f"<p>Article initialement publié sur {LINK}.</p>"),
    "fr d'abord paru": Made(LINKED, f"<p>Ce texte est d’abord paru dans {LINK}.</p>"),
    "fr republié, licence": Made(LINKED, f"<p>Cet article est republié à partir de {LINK} sous licence Creative Commons. Lire l’<a href=\"{DEEP}\">article original</a>.</p>"),
    "fr source, space": Made(LINKED, f"<p>Source : {LINK}</p>"),
    "fr est apparu en premier": Made(LINKED, f'<p>L’article <a href="{DEEP}">A story about rivers</a> est apparu en premier sur {HOME}.</p>'),
    "fr autorisation": Made(LINKED, f"<p>Reproduit avec l’aimable autorisation de {LINK}.</p>"),
    # Spanish
    "es publicado originalmente": Made(LINKED, f"<p>Publicado originalmente en {LINK}.</p>"),
    "es se publicó originalmente": Made(LINKED, f"<p>Este artículo se publicó originalmente en {LINK}.</p>"),
    "es fuente": Made(LINKED, f"<p>Fuente: {LINK}</p>"),
    "es apareció primero": Made(LINKED, f'<p>La entrada <a href="{DEEP}">A story about rivers</a> se publicó primero en {HOME}.</p>'),
    "es tomado de": Made(LINKED, f"<p>Tomado de {LINK}</p>"),
    "es con permiso": Made(LINKED, f"<p>Republicado con permiso de {LINK}.</p>"),
    # Russian
    "ru источник": Made(LINKED, f"<p>Источник: {LINK}</p>"),
    "ru оригинал": Made(LINKED, f"<p>Оригинал: {LINK}</p>"),
    "ru перепечатано с": Made(LINKED, f"<p>Перепечатано с {LINK}</p>"),
    "ru впервые опубликована": Made(LINKED, f"<p>Статья была впервые опубликована на сайте {LINK}.</p>"),
    "ru сообщение": Made(LINKED, f'<p>Сообщение <a href="{DEEP}">A story about rivers</a> появились сначала на {HOME}.</p>'),
    "ru перевод, source": Made(LINKED, f"<p>Источник оригинала: {LINK}</p>"),
    "ru по материалам": Made(LINKED, f"<p>По материалам {LINK}</p>"),
    # Italian, Portuguese, Dutch, Polish
    "it articolo originale": Made(LINKED, f"<p>Questo articolo è stato pubblicato originariamente su {LINK}.</p>"),
    "it fonte": Made(LINKED, f"<p>Fonte: {LINK}</p>"),
    "it proviene da": Made(LINKED, f'<p>L’articolo <a href="{DEEP}">A story about rivers</a> proviene da {HOME}.</p>'),
    "pt publicado originalmente": Made(LINKED, f"<p>Este artigo foi publicado originalmente em {LINK}.</p>"),
    "pt o post apareceu": Made(LINKED, f'<p>O post <a href="{DEEP}">A story about rivers</a> apareceu primeiro em {HOME}.</p>'),
    "nl": Made(LINKED, f"<p>Dit artikel verscheen eerder op {LINK}.</p>"),
    "nl bron": Made(LINKED, f"<p>Bron: {LINK}</p>"),
    "pl źródło": Made(LINKED, f"<p>Źródło: {LINK}</p>"),
    # Machines
    "canonical": Made(BY_SITE, head=f"<link rel=canonical href='{DEEP}'>"),
    "meta syndication": Made(BY_SITE, head=f"<meta name='syndication-source' content='{DEEP}'>"),
    "meta original": Made(BY_SITE, head=f"<meta name='original-source' content='{DEEP}'>"),
    "isBasedOn object": Made(LINKED, head=LD % f'"isBasedOn":{{"@type":"NewsArticle","name":"Lakeside Review","url":"{DEEP}"}}'),
    "isBasedOn article with publisher": Made(LINKED, head=LD % f'"isBasedOn":{{"@type":"NewsArticle","headline":"Rivers rise","url":"{DEEP}","publisher":{{"name":"Lakeside Review"}}}}'),
    "counter": Made(Origin("The Conversation", None), '<img src="https://counter.theconversation.com/content/1/count.gif?distributor=republish-lightbox-basic" width="1" height="1">'),
    "counter, lazy": Made(Origin("The Conversation", None), '<img data-src="https://counter.theconversation.com/content/1/count.gif" src="data:image/gif;base64,R0" width="1">'),
    "counter and words": Made(Origin("The Conversation", "https://theconversation.com/rivers-1"), '<p>This article is republished from <a href="https://theconversation.com/">The Conversation</a> under a Creative Commons license. Read the <a href="https://theconversation.com/rivers-1">original article</a>.</p><img src="https://counter.theconversation.com/content/1/count.gif">'),
}  # fmt: skip

NOT_COPIES: dict[str, Made] = {
    "itself, by its name": Made(None, "<p>This story originally appeared on River Blog.</p>"),
    "itself, by its site": Made(None, "<p>Originally published at riverblog.test.</p>"),
    "itself, WordPress": Made(None, '<p>The post <a href="https://riverblog.test/a">A story</a> appeared first on <a href="https://riverblog.test/">River Blog</a>.</p>'),
    "its print issue": Made(None, "<p>This article appeared in the May 2021 print edition of River Blog.</p>"),
    "its subdomain": Made(None, '<p>First published on <a href="https://old.riverblog.test/a">our old site</a>.</p>'),
    "other direction": Made(None, f"<p>This article was reprinted by {LINK}.</p>"),
    "other direction, also": Made(None, f"<p>This article was also republished on {LINK}.</p>"),
    "other direction, picked up": Made(None, f"<p>Our story was picked up by {LINK}.</p>"),
    "other direction, German": Made(None, f"<p>Dieser Artikel wurde auch bei {LINK} nachgedruckt.</p>"),
    "date": Made(None, "<p>First published on November 19, 2020 / 5:22 PM</p>"),
    "date, German": Made(None, "<p>Dieser Artikel wurde erstmals am 19. November 2020 veröffentlicht.</p>"),
    "date, French": Made(None, "<p>Cet article a été publié initialement le 19 novembre 2020.</p>"),
    "date, Spanish": Made(None, "<p>Publicado originalmente el 19 de noviembre de 2020.</p>"),
    "date, Russian": Made(None, "<p>Впервые опубликовано 19 ноября 2020 года.</p>"),
    "date and year": Made(None, "<p>This article was originally published in 2019.</p>"),
    "date and month": Made(None, "<p>This article was first published in November 2019 and has been updated.</p>"),
    "footer": Made(None, after=f"<footer><p>Originally published content is licensed from {LINK}.</p><p>© 2021 Lakeside Media</p></footer>"),
    "re-run of a series": Made(None, "<p>This story was first published last year as part of our series on rivers.</p>"),
    "headline changed": Made(None, "<p>This article was originally published under the headline “Rivers fall”.</p>"),
    "correction": Made(None, "<p>Correction: This article originally reported that the river fell. It rose.</p>"),
    "source of a photo": Made(None, "<figure><img src=/a.jpg><figcaption>Source: Lakeside Review</figcaption></figure>"),
    "photo by, below": Made(None, "<p>Photo: Courtesy of Lakeside Review</p>"),
    "study": Made(None, f"<p>The study was first published in {LINK} on Monday, and its authors say that the river has never risen as fast as in the last ten years, which the county had always denied.</p>"),
    "excerpt of a book": Made(None, "<p>Excerpted from The River Book by Ann Marsh. Copyright © 2021.</p>"),
    "a town": Made(None, "<p>Originally from Berlin, Ann Marsh writes about rivers.</p>"),
    "a language": Made(None, "<p>Translated from the German by Ann Marsh.</p>"),
    "in collaboration": Made(None, f"<p>This story was produced in collaboration with {LINK}.</p>"),
    "part of a series": Made(None, f"<p>This story is part of a series by {LINK}.</p>"),
    "source of a picture, Russian": Made(None, "<p>Источник фото: Lakeside Review</p>"),
    "source of a picture, German": Made(None, "<p>Quelle Titelbild: Lakeside Review</p>"),
    "about a publisher": Made(None, "<p>Lakeside Review was first published in 1911 by the town’s two printers.</p>"),
    "via, in prose": Made(None, f"<p>She came to the town via {LINK}, where she had been the editor for many years before.</p>"),
    "book": Made(None, "<p>The book was originally published by Fischer in 1924. It tells of a flood in the valley and of those who fled from it.</p>"),
    "reported by others": Made(None, f"<p>The flood was first reported by {LINK}.</p>"),
    "read more elsewhere": Made(None, f'<p>Read more: {LINK}</p>'),
    "see the report": Made(None, f'<p>The full report can be read at {HOME}.</p>'),
    "further reading list": Made(None, f"<ul><li>{LINK}</li><li><a href='https://hill.test/a'>Hill Post</a></li></ul>"),
    "sources of a data story": Made(None, "<p>Sources: National Weather Service, county records, interviews</p>"),
    "share": Made(None, '<p>Originally published on <a href="https://www.facebook.com/lakeside">Facebook</a></p>'),
    "comment": Made(None, after=f"<section id=comments><p>This was originally published on {LINK}!</p></section>"),
    "related": Made(None, after=f"<div class=related-posts><h3>Related</h3><p>The post X appeared first on {LINK}.</p></div>"),
    "canonical of itself": Made(None, head="<link rel=canonical href='https://www.riverblog.test/2021/a'>"),
    "canonical, same name": Made(None, head="<link rel=canonical href='https://riverblog.example/2021/a'>"),
    "canonical, broken": Made(None, head="<link rel=canonical href='http://'>"),
    "translation of our own": Made(None, "<p>This article was translated from German by Ann Marsh.</p>"),
    "supported": Made(None, f"<p>This article was produced with the support of {LINK}.</p>"),
    "interview": Made(None, "<p>The interview was conducted by Ann Marsh and was edited for length.</p>"),
    "our licence": Made(None, '<p>Our articles may be republished for free under a <a href="https://creativecommons.org/licenses/by/4.0/">Creative Commons licence</a>.</p>'),
    "quotation": Made(None, "<blockquote><p>“Originally published in Lakeside Review” is what the sign on the old wall said.</p></blockquote>"),
    "byline of a person": Made(None, before="<p>By <a href='https://annmarsh.test/'>Ann Marsh</a>, River Blog</p>"),
    "job": Made(None, "<p>Ann Marsh is a reporter. Her work originally appeared in Lakeside Review, Hill Post and elsewhere.</p>"),
    "author note": Made(None, "<p>Ann Marsh is an editor at Lakeside Review.</p>"),
}  # fmt: skip
