"""More made-up pages that credit an outlet, or seem to: other wordings, other places, other markup.

Of the first 79, 14 were read wrong, and gave rules. `Made` is as in `claim_pages`.
"""

# ruff: noqa: E501  (pages in one line are easier to compare)

from storage.records import Origin
from tests.spiders.claim_pages import Made

DEEP = "https://www.harbourdispatch.test/world/2021/05/03/rivers"
LINK = f'<a href="{DEEP}" target="_blank" rel="noopener">Harbour Dispatch</a>'
HOME = '<a href="https://www.harbourdispatch.test">Harbour Dispatch</a>'
LINKED = Origin("Harbour Dispatch", DEEP)
AT_HOME = Origin("Harbour Dispatch", "https://www.harbourdispatch.test")
NAMED = Origin("Harbour Dispatch", None)
CONVERSATION = "https://theconversation.com/why-rivers-rise-160001"
PIXEL = '<img src="https://counter.theconversation.com/content/160001/count.gif?distributor=republish-lightbox-advanced" alt="The Conversation" width="1" height="1" style="border:none!important" referrerpolicy="no-referrer-when-downgrade">'

WILD_COPIES: dict[str, Made] = {
    # English
    "this story was first published here": Made(LINKED, f"<p><em>This story was first published on the website of {LINK}.</em></p>"),
    "we republish": Made(LINKED, f"<p><em>We republish this article from {LINK} with the author’s permission.</em></p>"),
    "co-published": Made(LINKED, f"<p>This article is republished with permission from {LINK}, an independent weekly. Read the <a href='{DEEP}'>original article</a>.</p>"),
    "appears courtesy": Made(LINKED, f"<p>This article appears here courtesy of {LINK}.</p>"),
    "published in partnership": Made(LINKED, f"<p>This article was originally published by {LINK} and is reproduced here as part of the Climate Desk collaboration.</p>"),
    "all in square brackets": Made(LINKED, f"<p>[This article first appeared in {LINK}.]</p>"),
    "all in round brackets": Made(LINKED, f"<p>(Originally published by {LINK})</p>"),
    "starred line": Made(LINKED, f"<p>* This article was originally published at {LINK} *</p>"),
    "after a rule, two sentences": Made(LINKED, f"<hr><p>Ann Marsh is a writer in Hull. This essay originally appeared in {LINK}.</p>"),
    "small print in a div": Made(LINKED, f'<div class="disclosure small">This report first ran in {LINK} on May 3.</div>'),
    "nested spans": Made(LINKED, f"<p><span><span>Originally </span><span>published</span> <span>on <b>{LINK}</b></span></span></p>"),
    "non-breaking spaces": Made(LINKED, f"<p>This&nbsp;article&nbsp;was&nbsp;originally&nbsp;published&nbsp;on&nbsp;{LINK}.</p>"),
    "capitals": Made(LINKED, f"<p>THIS ARTICLE ORIGINALLY APPEARED IN {LINK}</p>"),
    "the link says the site": Made(Origin("HarbourDispatch.test", DEEP), f"<p>This article first appeared on <a href='{DEEP}'>HarbourDispatch.test</a></p>"),
    "quoted name": Made(NAMED, "<p>This article originally appeared in “Harbour Dispatch”.</p>"),
    "italic name": Made(NAMED, "<p>This article originally appeared in <i>Harbour Dispatch</i>, May 3, 2021.</p>"),
    "line above the text": Made(LINKED, before=f"<p class=source-note>Originally published on {LINK}</p>"),
    "republished from, list item": Made(LINKED, f"<ul><li>Republished with permission from {LINK}</li></ul>"),
    "logo, alt only, no colon": Made(LINKED, f'<p>Originally published by</p><figure><a href="{DEEP}"><img src=/hd.png alt="Harbour Dispatch"></a></figure>'),
    "logo, alt only, other cell": Made(LINKED, f'<div class=partner><div>This article was originally published by:</div><div><a href="{DEEP}"><img src=/hd.png alt="Harbour Dispatch logo"></a></div></div>'),
    "logo without alt": Made(Origin("harbourdispatch.test", DEEP), f'<p>Originally published by: <a href="{DEEP}"><img src=/hd.png></a></p>'),
    "source, address in full": Made(Origin("harbourdispatch.test", DEEP), f"<p>Source: {DEEP}</p>"),
    "source, dash": Made(LINKED, f"<p>Source – {LINK}</p>"),
    "original source, heading and line": Made(LINKED, f"<h4>Original source</h4><p>{LINK}</p>"),
    "first published colon": Made(LINKED, f"<p>First published: {LINK}, 3 May 2021</p>"),
    "read more at the original": Made(LINKED, f"<p>Read the full article at {LINK}</p>"),
    "via brackets in byline": Made(LINKED, before=f"<p class=byline>By Ann Marsh (via {LINK})</p>"),
    "byline of an outlet, original below": Made(LINKED, f"<p>The original source of this article is {LINK}</p><p>Copyright © Ann Marsh, Harbour Dispatch, 2021</p>", before="<p>By Ann Marsh</p><p>Harbour Dispatch 3 May 2021</p>"),
    "delivered by": Made(Origin("Tide Desk", "https://tidedesk.test/"), f'<p>Delivered by <a href="https://tidedesk.test/">Tide Desk</a></p><p>Contributed by Bo Lind of {HOME}.</p>'),
    "story is courtesy of": Made(LINKED, f"<p>Story courtesy of our partners at {LINK}.</p>"),
    "shared with permission": Made(LINKED, f"<p>This article was originally published on {LINK} and is shared here with permission.</p>"),
    "excerpt with a dash": Made(LINKED, f"<p>— This piece originally appeared at {LINK}</p>"),
    "originally titled": Made(LINKED, f"<p>This article, originally titled “How rivers rise”, first appeared in {LINK}.</p>"),
    "the author's site": Made(LINKED, f"<p>Bo Lind is a pilot. This article originally appeared on {LINK} and is republished with his permission.</p>"),
    "linked word original": Made(Origin("Harbour Dispatch", DEEP), f'<p>Republished from Harbour Dispatch. <a href="{DEEP}">Read the original article.</a></p>'),
    # German
    "de ist zunächst im … erschienen": Made(LINKED, f"<p>Dieser Beitrag ist zunächst im {LINK} erschienen.</p>"),
    "de erschien zuerst bei": Made(LINKED, f"<p>Der Artikel erschien zuerst bei {LINK}.</p>"),
    "de zuerst veröffentlicht auf": Made(LINKED, f"<p>Zuerst veröffentlicht auf {LINK}.</p>"),
    "de dieser text wurde ursprünglich": Made(LINKED, f"<p><em>Dieser Text wurde ursprünglich am 3. Mai 2021 bei {LINK} veröffentlicht.</em></p>"),
    "de wir danken": Made(LINKED, f"<p>Wir danken {LINK} für die Genehmigung zum Abdruck dieses Artikels.</p>"),
    "de mit genehmigung": Made(LINKED, f"<p>Nachdruck mit Genehmigung von {LINK}.</p>"),
    "de original bei": Made(LINKED, f"<p>Das Original ist bei {LINK} erschienen.</p>"),
    "de anmerkung": Made(LINKED, f"<p>Anmerkung der Redaktion: Dieser Artikel erschien zuerst auf {LINK}.</p>"),
    "de quelle mit datum": Made(LINKED, f"<p>Quelle: {LINK}, 03.05.2021</p>"),
    "de logo": Made(LINKED, f'<p>Zuerst erschienen bei:</p><p><a href="{DEEP}"><img src=/x.svg alt="Harbour Dispatch"></a></p>'),
    # French
    "fr cet article a d'abord été publié": Made(LINKED, f"<p>Cet article a d’abord été publié sur {LINK}.</p>"),
    "fr publié à l'origine": Made(LINKED, f"<p>Publié à l’origine par {LINK}.</p>"),
    "fr cet article est paru": Made(LINKED, f"<p>Cet article est paru initialement dans {LINK} le 3 mai 2021.</p>"),
    "fr traduit de": Made(LINKED, f"<p>Traduit de l’anglais par Bo Lind. Source originale : {LINK}</p>"),
    "fr avec l'autorisation": Made(LINKED, f"<p>Cet article est reproduit avec l’autorisation de {LINK}.</p>"),
    "fr version originale": Made(LINKED, f"<p>La version originale de cet article a été publiée sur {LINK}.</p>"),
    "fr logo": Made(LINKED, f'<p>Article initialement publié sur : <a href="{DEEP}"><img src=/x.svg alt="Harbour Dispatch"></a></p>'),
    "fr source in bold": Made(LINKED, f"<p><b>Source</b> : {LINK}</p>"),
    # Spanish
    "es fue publicado originalmente": Made(LINKED, f"<p>Este artículo fue publicado originalmente en {LINK}.</p>"),
    "es apareció originalmente": Made(LINKED, f"<p>Esta nota apareció originalmente en {LINK} y se reproduce con autorización.</p>"),
    "es reproducido con autorización": Made(LINKED, f"<p>Reproducido con autorización de {LINK}.</p>"),
    "es artículo publicado en": Made(LINKED, f"<p>Artículo publicado originalmente por {LINK}.</p>"),
    "es texto original": Made(LINKED, f"<p>Texto original: {LINK}</p>"),
    "es fuente original": Made(LINKED, f"<p>Fuente original: {LINK}</p>"),
    "es logo": Made(LINKED, f'<p>Publicado originalmente en <a href="{DEEP}"><img src=/x.svg alt="Logo Harbour Dispatch"></a></p>'),
    # Russian
    "ru статья впервые": Made(LINKED, f"<p>Эта статья впервые была опубликована в {LINK}.</p>"),
    "ru материал опубликован": Made(LINKED, f"<p>Материал первоначально опубликован на сайте {LINK}.</p>"),
    "ru источник с тире": Made(LINKED, f"<p>Источник — {LINK}</p>"),
    "ru перепечатано с разрешения": Made(LINKED, f"<p>Перепечатано с разрешения {LINK}.</p>"),
    "ru оригинал статьи": Made(LINKED, f"<p>Оригинал статьи: {LINK}</p>"),
    "ru впервые опубликовано": Made(LINKED, f"<p>Впервые опубликовано: {LINK}</p>"),
    "ru ссылка на оригинал": Made(LINKED, f"<p>Материал впервые появился в {LINK}.</p>"),
    "ru logo": Made(LINKED, f'<p>Первоисточник: <a href="{DEEP}"><img src=/x.svg alt="Harbour Dispatch"></a></p>'),
    # Machines
    "pixel and a bare end note": Made(Origin("The Conversation", CONVERSATION), f'{PIXEL}<p>This article is republished from <a href="https://theconversation.com">The Conversation</a> under a Creative Commons license. Read the <a href="{CONVERSATION}">original article</a>.</p>'),
    "pixel, Spanish note": Made(Origin("The Conversation", CONVERSATION), f'<p>Este artículo fue publicado originalmente en <a href="https://theconversation.com">The Conversation</a>. Lea el <a href="{CONVERSATION}">original</a>.</p>{PIXEL}'),
    "pixel in noscript": Made(Origin("The Conversation", None), f"<noscript>{PIXEL}</noscript>"),
    "pixel, first published": Made(Origin("The Conversation", None), f"<p>First published in The Conversation</p>{PIXEL}"),
    "canonical and words": Made(LINKED, f"<p>Originally published on {HOME}.</p>", head=f"<link rel=canonical href='{DEEP}'>"),
}  # fmt: skip

WILD_NOT_COPIES: dict[str, Made] = {
    "first published, date, no preposition": Made(None, "<p>First published November 19, 2020.</p>"),
    "updated and first published": Made(None, "<p>First published at 09:14 on 19 November 2020; updated at 11:30.</p>"),
    "reprinted elsewhere": Made(None, f"<p>This piece has been reprinted in {LINK} and translated into nine languages.</p>"),
    "cross-posted to": Made(None, f"<p>Cross-posted to {LINK}.</p>"),
    "also on": Made(None, f"<p>This article also appears on {LINK}.</p>"),
    "own name with article": Made(None, "<p>This article was originally published in The River Blog.</p>"),
    "own country site": Made(None, "<p>Originally published on <a href='https://riverblog.co.uk/a'>River Blog UK</a>.</p>"),
    "own piece again": Made(None, "<p>This article was first published in 2018. We are running it again for the anniversary.</p>"),
    "author's book": Made(None, "<p>This is an edited extract from her book The Tide, published by Harbour Press.</p>"),
    "a report's source": Made(None, f"<p>The figures were originally published by {LINK} last week, and officials have since said that they were too low by half for most of the towns.</p>"),
    "a tweet": Made(None, "<p>Source: <a href='https://twitter.com/annmarsh/status/1'>Ann Marsh on Twitter</a></p>"),
    "graphic source": Made(None, "<figure><img src=/c.png><figcaption>Chart: River Blog. Source: Harbour Dispatch</figcaption></figure>"),
    "German, anderer Ort": Made(None, f"<p>Dieser Artikel ist auch in der {LINK} erschienen.</p>"),
    "German, Titel": Made(None, "<p>Dieser Artikel erschien zuerst unter dem Titel „Der Fluss“.</p>"),
    "German, Ausgabe": Made(None, "<p>Dieser Text erschien zuerst in der Printausgabe vom 3. Mai.</p>"),
    "French, repris par": Made(None, f"<p>Cet article a été repris par {LINK}.</p>"),
    "Spanish, fecha": Made(None, "<p>Publicado por primera vez el 3 de mayo de 2021.</p>"),
    "Russian, дата": Made(None, "<p>Статья впервые опубликована 3 мая 2021 года.</p>"),
    "a reader's own blog": Made(None, "<p>Bo Lind blogs at Harbour Dispatch. His first book was published by Tide Press.</p>"),
    "French, ailleurs": Made(None, f"<p>Cet article est également disponible sur {LINK}.</p>"),
    "Spanish, también": Made(None, f"<p>Este artículo también se publicó en {LINK}.</p>"),
    "Russian, также": Made(None, f"<p>Статья также опубликована на сайте {LINK}.</p>"),
    "thanks for a photo": Made(None, f"<p>Wir danken {LINK} für das Foto.</p>"),
    "reader's letter": Made(None, "<p>Letters to the editor should not have been published elsewhere first.</p>"),
    "footer of a group": Made(None, after="<footer>River Blog is published by Harbour Dispatch Media. Originally published 1999. © 2021 <a href=https://www.harbourdispatch.test>Harbour Dispatch Media</a></footer>"),
}  # fmt: skip
