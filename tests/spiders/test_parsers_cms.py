"""What content systems put between and below the paragraphs, made up in their own markup: no text."""

# ruff: noqa: E501  (markup in one line is easier to compare)

import pytest

from tests.spiders.reading_help import PROSE, html, read

URL = "https://hillpost.test/2021/05/a-story"

FURNITURE = {
    # WordPress and its themes
    "wp pullquote": "<figure class='wp-block-pullquote'><blockquote><p>A new bridge had been promised for years</p><cite>The mayor of the town</cite></blockquote></figure>",
    "wp share": "<div class='sharedaddy sd-sharing-enabled'><h3 class='sd-title'>Share this:</h3><ul><li><a href=x>Click to share on Facebook (Opens in new window)</a></li></ul></div>",
    "wp like": "<div class='sharedaddy sd-block sd-like'><h3>Like this:</h3><span>Like</span> <span>Loading...</span></div>",
    "wp related": "<div id='jp-relatedposts' class='jp-relatedposts'><h3>Related</h3><p>Why the river rises faster than it did forty years ago</p></div>",
    "wp posted in": "<p class='postmetadata'>This entry was posted on Tuesday, May 4th, 2021 at 10:15 am and is filed under News.</p>",
    "wp newsletter block": "<div class='wp-block-group has-background'><p>Get our newsletter: all that happens on the river, every morning in your inbox. <a href=x>Sign up</a></p></div>",
    "elementor cta": "<div class='elementor-widget-call-to-action'><p>Join our community of readers today and never miss a story again.</p></div>",
    "td ad": "<div class='td-a-rec td-a-rec-id-content_inline'><p>Buy the new boat with two engines now and save a lot of money.</p></div>",
    "author box": "<div class='saboxplugin-wrap'><div class='saboxplugin-desc'><p>Ann Marsh has written about rivers for the paper since the year 1999.</p></div></div>",
    # Ghost, Substack, Medium
    "ghost bookmark": "<figure class='kg-card kg-bookmark-card'><a class='kg-bookmark-container' href=x><div class='kg-bookmark-title'>Why the river rises faster than it did forty years ago</div><div class='kg-bookmark-description'>All about the river, its bridges and those who live on it, in one long piece.</div></a></figure>",
    "ghost signup": "<div class='kg-card kg-signup-card'><h2>Hill Post</h2><p>Stories from the hills, once a week in your inbox, free of charge.</p></div>",
    "ghost upgrade": "<section class='gh-post-upgrade-cta'><h2>This post is for paying subscribers only</h2><p>Already have an account? Sign in to read on.</p></section>",
    "substack widget": "<div class='subscription-widget-wrap'><p>Hill Post is a reader-supported publication. To receive new posts and support my work, consider becoming a free or paid subscriber.</p></div>",
    "substack thanks": "<p>Thanks for reading Hill Post! Subscribe for free to receive new posts and support my work.</p>",
    "substack share": "<p class='button-wrapper'><a class='button primary' href=x>Share Hill Post with everybody whom you know and like</a></p>",
    # Chorus, Arc, AEM, Blox, Escenic
    "chorus newsletter": "<div class='c-newsletter_signup_box'><p>The Weeds: the best ideas and solutions for the biggest problems of the day.</p></div>",
    "arc interstitial": "<p class='interstitial-link'>[<a href=x>Why the river rises faster than it did forty years ago</a>]</p>",
    "arc promo": "<div class='c-promo-card'><p><a href=x>Why the river rises faster than it did forty years ago, and what follows.</a></p></div>",
    "blox inline": "<div class='inline-asset inline-article'><div class='card-lead'><p>Why the river rises faster than it did forty years ago, in a long read.</p></div></div>",
    "blox tags": "<div class='asset-tags'><h4>Tags</h4><ul><li><a href=x>Rivers</a></li><li><a href=x>Bridges</a></li></ul></div>",
    "escenic factbox": "<div class='fact-box'><h3>Facts</h3><p>The county has forty bridges, of which eleven are older than a century.</p></div>",
    # Drupal, Joomla, TYPO3, Bitrix
    "drupal caption": "<div class='field field--name-field-caption'>The old bridge in the year 1911, seen from the north bank of the river.</div>",
    "drupal links": "<div class='node__links'><ul class='links inline'><li><a href=x>Log in or register to post comments here</a></li></ul></div>",
    "joomla info": "<dl class='article-info text-muted'><dt>Details</dt><dd>Written by Ann Marsh in the town on the hill</dd><dd>Hits: 1234</dd></dl>",
    "joomla pager": "<ul class='pager pagenav'><li class='previous'><a href=x>Prev article: Harbour opens again after the long winter</a></li></ul>",
    "typo3 related": "<div class='news-related-wrap'><p>Why the river rises faster than it did forty years ago, in our archive.</p></div>",
    "bitrix share": "<div class='ya-share2'><p>Поделитесь этой новостью со всеми вашими друзьями и знакомыми в соцсетях.</p></div>",
    # Japan, Korea
    "yahoo japan": "<p>【関連記事】川の水位が四十年前より速く上がる理由について詳しく解説する特集記事はこちら</p>",
    "korean rights": "<p>저작권자 ⓒ 힐포스트, 무단 전재 및 재배포 금지, 이 기사의 모든 권리는 힐포스트에 있습니다.</p>",
    "korean reporter": "<p>홍길동 기자 hong@hillpost.test</p>",
    # Consent placeholders
    "de embed": "<div class='opt-in'><p>Empfohlener redaktioneller Inhalt</p><p>An dieser Stelle finden Sie einen externen Inhalt von YouTube, der den Artikel ergänzt.</p><p>Ich bin damit einverstanden, dass mir externe Inhalte angezeigt werden. Mehr dazu in unserer Datenschutzerklärung.</p></div>",
    "de embed, plain": "<p>Wir benötigen Ihre Zustimmung, um den von unserer Redaktion eingebundenen Inhalt von Twitter anzuzeigen.</p>",
    "en embed": "<p>Allow Instagram content? This article includes content provided by Instagram. We ask for your permission before anything is loaded.</p>",
    "en embed, blocked": "<p>This content is not available due to your privacy preferences. Update your settings here to see it.</p>",
    "fr embed": "<p>Ce contenu est bloqué car vous n’avez pas accepté les cookies et autres traceurs de nos partenaires.</p>",
    "es embed": "<p>Este contenido no está disponible porque no ha aceptado las cookies de terceros en este sitio web.</p>",
    "nl embed": "<p>Dit onderdeel is niet zichtbaar omdat je hiervoor geen toestemming hebt gegeven in de cookie-instellingen.</p>",
    "script off": "<p>Please enable JavaScript to view this content, or use a browser that supports HTML5 video.</p>",
    # Paywalls
    "en wall": "<p>Subscribe to continue reading this article and get all of our stories for one small price a month.</p>",
    "en wall 2": "<p>Already a subscriber? Log in here to read the whole story on this device.</p>",
    "de wall": "<p>Sie möchten weiterlesen? Dieser Artikel ist exklusiv für Abonnenten. Jetzt vier Wochen testen.</p>",
    "fr wall": "<p>Cet article est réservé aux abonnés. Il vous reste 70 % de cet article à lire.</p>",
    "es wall": "<p>Este contenido es exclusivo para suscriptores. Suscríbase para seguir leyendo sin límites.</p>",
    "it wall": "<p>Questo contenuto è riservato agli abbonati. Abbonati per continuare a leggere senza limiti.</p>",
    # Donations, newsletters, channels
    "en donate": "<p>If you value our reporting, please consider making a donation today. Every dollar counts for a small team.</p>",
    "en like": "<p>Did you enjoy this article? Then please support us with a small amount each month.</p>",
    "de donate": "<p>Hat Ihnen dieser Artikel gefallen? Dann unterstützen Sie uns bitte mit einer Spende.</p>",
    "de channel": "<p>Folgst du schon Hill Post auf WhatsApp? Dort bekommst du jeden Morgen das Wichtigste.</p>",
    "de newsletter": "<p>Abonnieren Sie unseren Newsletter und erhalten Sie jeden Morgen die wichtigsten Nachrichten.</p>",
    "fr newsletter": "<p>Recevez chaque matin le meilleur de l’actualité en vous inscrivant à notre newsletter gratuite.</p>",
    "fr donate": "<p>Soutenez-nous : faites un don pour que notre rédaction reste libre et sans publicité.</p>",
    "es newsletter": "<p>Suscríbete a nuestro boletín y recibe cada mañana lo más importante del día en tu correo.</p>",
    "es channel": "<p>Únete a nuestro canal de WhatsApp para recibir las noticias más importantes del día.</p>",
    "pt channel": "<p>Siga o canal do Hill Post no WhatsApp e receba as notícias mais importantes do dia.</p>",
    "it channel": "<p>Seguici su Google News e sul nostro canale WhatsApp per non perdere nessuna notizia.</p>",
    "ru channel": "<p>Подпишитесь на наш канал в Telegram, чтобы первыми узнавать о главных новостях дня.</p>",
    "ru error": "<p>Если вы нашли ошибку, выделите фрагмент текста и нажмите Ctrl+Enter, пожалуйста.</p>",
    "nl newsletter": "<p>Meld je aan voor onze nieuwsbrief en ontvang elke ochtend het belangrijkste nieuws.</p>",
    "tr channel": "<p>Google News’te bizi takip edin, en önemli haberleri ilk siz öğrenin, hiçbir şeyi kaçırmayın.</p>",
    "pl newsletter": "<p>Zapisz się do naszego newslettera i codziennie otrzymuj najważniejsze wiadomości dnia.</p>",
    "en listen": "<p>Listen to this article (3 minutes)</p>",
    "en voice": "<p>This audio is generated by an automated voice and may mispronounce some words or names.</p>",
    "en gifts": "<p>You have 10 gift articles to give each month as a subscriber. Anyone can read what you share.</p>",
    "de listen": "<p>Artikel anhören</p><p>Lesezeit: 4 Minuten</p>",
    "fr listen": "<p>Écouter l’article</p><p>Temps de lecture : 4 min</p>",
    "app": "<p>Download our app for iOS and Android and get the news of the day before anybody else.</p>",
    "en tip": "<p>Do you have a story to share? Get in touch with our newsroom by email or by telephone.</p>",
    "en comment": "<p>What do you think? Have your say in the comments section below this article.</p>",
    # Related by words
    "en related": "<p><strong>RELATED:</strong> <a href=x>Why the river rises faster than it did forty years ago</a></p>",
    "en also": "<p>ALSO READ | <a href=x>Why the river rises faster than it did forty years ago</a></p>",
    "de auch": "<p>Lesen Sie auch: <a href=x>Warum der Fluss schneller steigt als vor vierzig Jahren</a></p>",
    "fr aussi": "<p>À lire aussi : <a href=x>Pourquoi le fleuve monte plus vite qu’il y a quarante ans</a></p>",
    "es también": "<p>Lea también: <a href=x>Por qué el río sube más rápido que hace cuarenta años</a></p>",
    "it anche": "<p>LEGGI ANCHE: <a href=x>Perché il fiume sale più in fretta di quarant’anni fa</a></p>",
    "ru также": "<p>Читайте также: <a href=x>Почему река поднимается быстрее, чем сорок лет назад</a></p>",
    "id baca": "<p>Baca juga: <a href=x>Mengapa sungai naik lebih cepat daripada empat puluh tahun lalu</a></p>",
    "uk також": "<p>Читайте також: <a href=x>Чому річка піднімається швидше, ніж сорок років тому</a></p>",
    "ar": "<p>اقرأ أيضا: <a href=x>لماذا يرتفع النهر أسرع مما كان عليه قبل أربعين عاما مضت</a></p>",
}  # fmt: skip


@pytest.mark.parametrize("name", FURNITURE)
def test_left_out_below_the_text(name: str) -> None:
    assert read(html(FURNITURE[name]), URL, None).paragraphs == PROSE


@pytest.mark.parametrize("name", FURNITURE)
def test_left_out_between_paragraphs(name: str) -> None:
    body = html().replace(f"<p>{PROSE[2]}", f"{FURNITURE[name]}<p>{PROSE[2]}")
    assert read(body, URL, None).paragraphs == PROSE


@pytest.mark.parametrize(
    "words",
    [
        "Subscribers of the ferry were told on Monday that it will not run before the bridge is open.",
        "“Did you enjoy this?” the mayor asked the children, and all of them shouted that they did.",
        "Support for the new bridge is growing in the council, where eleven members now want it built.",
        "Already a third of the town has signed the letter, in which they ask for a ferry.",
        "Das Abonnement für die Fähre kostet nun doppelt so viel, und viele Pendler sind erbost.",
        "Recevez-vous de l’aide ? a demandé la ministre, et personne dans la salle n’a répondu.",
        "Follow the river for two miles and you will see where the old mill stood until last year.",
        "If you find an error in the plans, the engineer said, the county will pay for it.",
        "You have 10 free bridges to choose from, the mayor said, and not one of them is open.",
        "4 minutes later the wall fell, and nobody on the far bank could say afterwards why.",
    ],
)
def test_prose_that_begins_like_furniture_stays(words: str) -> None:
    body = html().replace(f"<p>{PROSE[2]}", f"<p>{words}</p><p>{PROSE[2]}")
    assert words in read(body, URL, None).paragraphs


def test_a_passage_that_repeats_part_of_a_paragraph_is_a_pull_quote() -> None:
    said = "<div class=x><p>“A new bridge had been promised for eleven years”</p></div>"
    body = html().replace(f"<p>{PROSE[2]}", f"{said}<p>{PROSE[2]}")
    assert read(body, URL, None).paragraphs == PROSE


def test_labels_that_come_back_before_links_are_no_text() -> None:
    said = "<p>Funda olunye udaba lapha | <a href=x{n}>Uboshiwe osolwa ngokugenca isoka {n}</a></p>"
    body = html(said.format(n=1)).replace(f"<p>{PROSE[2]}", f"{said.format(n=2)}<p>{PROSE[2]}")
    assert read(body, URL, None).paragraphs == PROSE


def test_who_wrote_it_below_the_text() -> None:
    said = "<p><em>Ann Marsh is a reporter at Hill Post who writes about rivers and their bridges.</em></p>"
    assert read(html(said), URL, None).paragraphs == PROSE


def test_a_last_sentence_about_an_editor_stays() -> None:
    said = "The mayor of the town was also the editor of its paper in the years before the flood."
    assert read(html(f"<p>{said}</p>"), URL, None).paragraphs == (*PROSE, said)
