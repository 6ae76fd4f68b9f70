"""Who and when, in the lines around a headline as papers of many languages print them."""

# ruff: noqa: E501  (pages in one line are easier to compare)

import pytest

from storage.records import Article
from tests.spiders.reading_help import PROSE, html, read

URL = "https://hillpost.test/news/a-story"
SITE = "<meta property=og:site_name content='Hill Post'>"
LD = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"A story about rivers",%s}</script>'
DAY, NOON = "2021-05-05", "2021-05-05T14:05"

# Language, what stands between headline and text, authors (joined by `; `), beginning of the date.
LINES = {
    "By Ann Marsh in New York and Bo Lind in Paris": ("en", "Ann Marsh; Bo Lind", None),
    "By Ann Marsh, New York": ("en", "Ann Marsh", None),
    "By Ann Marsh, Berlin": ("en", "Ann Marsh", None),
    "By Ann Marsh for the Hill Post": ("en", "Ann Marsh", None),
    "By ANN MARSH Associated Press": ("en", "ANN MARSH; Associated Press", None),
    "By AFP and Reuters": ("en", "AFP; Reuters", None),
    "By Dr. Ann Marsh, Ph.D., and Bo Lind, Jr.": ("en", "Dr. Ann Marsh; Bo Lind Jr.", None),
    "By Ann Marsh / Hill Post Staff Writer": ("en", "Ann Marsh", None),
    "By Ann Marsh Local Democracy Reporter": ("en", "Ann Marsh", None),
    "Ann Marsh, correspondent in Port Ellen": ("en", "Ann Marsh", None),
    "Compiled by Ann Marsh": ("en", "Ann Marsh", None),
    "Photo by Ann Marsh": ("en", "", None),
    "Submitted by Ann Marsh on Wed, 05/05/2021 - 14:05": ("en", "Ann Marsh", NOON),
    "By Ann Marsh | Posted on Wednesday, May 5, 2021, at 2:05 p.m.": ("en", "Ann Marsh", NOON),
    "Von Ina Petersen und dpa": ("de", "Ina Petersen; dpa", None),
    "Ein Kommentar von Ina Petersen": ("de", "Ina Petersen", None),
    "Von unserem Korrespondenten Karl zu Hohen": ("de", "Karl zu Hohen", None),
    "Text: Ina Petersen | Fotos: Uwe Sand": ("de", "Ina Petersen", None),
    "Propos recueillis par Benoît Marchand": ("fr", "Benoît Marchand", None),
    "Soumis par Élodie Le Goff le mer 05/05/2021 - 14:05": ("fr", "Élodie Le Goff", NOON),
    "Par Anne Roux, envoyée spéciale à Rennes": ("fr", "Anne Roux", None),
    "Par Benoît d’Aubert (à Brest) et Anne Le Bras": ("fr", "Benoît d’Aubert; Anne Le Bras", None),
    "Par Anne Roux | Publié le 5 mai 2021 à 14h05": ("fr", "Anne Roux", NOON),
    "Escrito por: Ana Pérez | Publicado el 05/05/2021": ("es", "Ana Pérez", DAY),
    "a cura di Marco Bianchi | 5 maggio 2021 alle 14:05": ("it", "Marco Bianchi", NOON),
    "Por Inês d’Orey | 5 de maio de 2021 às 14h05": ("pt", "Inês d’Orey", NOON),
    "Autor: Łukasz Żak Data publikacji: 05.05.2021, 14:05": ("pl", "Łukasz Żak", NOON),
    "Giriş Tarihi: 05.05.2021 14:05": ("tr", "", NOON),
    "Haber: İpek Çağlar": ("tr", "İpek Çağlar", None),
    "Автор: Иван Петров | 5 мая 2021 г., 14:05": ("ru", "Иван Петров", NOON),
    "Γράφει ο Νίκος Παππάς | 5 Μαΐου 2021, 14:05": ("el", "Νίκος Παππάς", NOON),
    "Της Ελένης Παππά": ("el", "Ελένης Παππά", None),
    "Oleh: Dewi Lestari | Rabu, 5 Mei 2021 14:05 WIB": ("id", "Dewi Lestari", NOON),
    "Thứ Tư, ngày 5 tháng 5 năm 2021, 14:05": ("vi", "", NOON),
    "2021. május 5. 14:05": ("hu", "", DAY),
    "2021 m. gegužės 5 d.": ("lt", "", DAY),
    "2021. gada 5. maijs": ("lv", "", DAY),
    "5 d’abril de 2021": ("ca", "", "2021-04-05"),
    "5. toukokuuta 2021 klo 14:05": ("fi", "", NOON),
    "كتب: أحمد سالم | 5 مايو 2021 - 14:05": ("ar", "أحمد سالم", NOON),
    "מאת: דנה בן־דוד | 5 במאי 2021, 14:05": ("he", "דנה בן־דוד", NOON),
    "14 सितंबर 2022, 18:20": ("hi", "", "2022-09-14T18:20"),
    "2021年5月5日 14:05 来源：新华社 作者：李晓明": ("zh", "李晓明", NOON),
    "記者陳怡君／台北報導": ("zh", "陳怡君", None),
    "文＝佐藤 健一 | 2021年5月5日（水） 14時05分": ("ja", "佐藤 健一", NOON),
    "山田太郎 記者": ("ja", "山田太郎", None),
    "[힐포스트=이민호 기자] 입력 2021.05.05. 오후 2:05": ("ko", "이민호", NOON),
}  # fmt: skip


def kinds(article: Article) -> dict[str, str]:
    return {one.name: one.kind for one in article.credited}


@pytest.mark.parametrize("line", LINES)
def test_lines_of_the_head(line: str) -> None:
    language, authors, date = LINES[line]
    body = html(before=f"<p>{line}</p>", head=SITE).replace("lang=en", f"lang={language}")
    article = read(body, URL, None)
    assert "; ".join(article.authors) == authors
    assert (article.published_at or "").startswith(date or "")
    assert (article.published_at is None) == (date is None)
    assert article.paragraphs == PROSE


PARTS = {
    "<div>Ann Marsh, 3 min</div>": "",
    "<div><a class=author href=/a>Ann Marsh</a><span>, Hill Post</span></div>": "Ann Marsh",
    "<div><span class=author>Autor: Jan Żak</span> <span>Data: 05.05.2021</span></div>": "Jan Żak",
    "<div><time datetime=2021-05-05>2021-05-05</time> <span class=post-author>Olu</span></div>": "Olu",
    "<div class=firma>MARÍA DEL MAR GARCÍA | CÁDIZ</div>": "MARÍA DEL MAR GARCÍA",
    "<div class=autor>Jana Nováková, ČTK</div>": "Jana Nováková; ČTK",
}


@pytest.mark.parametrize("part", PARTS)
def test_parts_that_are_called_the_authors(part: str) -> None:
    assert "; ".join(read(html(before=part, head=SITE), URL, None).authors) == PARTS[part]


def test_those_who_reported_for_an_agency_and_who_edited() -> None:
    last = "<p>Reporting by Ann Marsh in Lisbon and Bo Lind; Editing by Cy Moor</p>"
    article = read(html(last), URL, None)
    assert (article.authors, article.paragraphs) == (("Ann Marsh", "Bo Lind"), PROSE)


STATED = {
    '"author":{"name":"van Rossem, Bo"}': "Bo van Rossem",
    '"author":{"givenName":"Ann","familyName":"Marsh"}': "Ann Marsh",
    '"author":"Reuters, AFP"': "Reuters; AFP",
    '"creator":["Ann Marsh"]': "Ann Marsh",
    '"author":{"name":"Bo Lind"},"creator":["Ann Marsh"]': "Bo Lind",
    '"author":"dpa/lno"': "dpa/lno",
    '"author":"Ann Marsh (AFP)"': "Ann Marsh; AFP",
    '"author":"Ann Marsh (now) and Bo Lind (earlier)"': "Ann Marsh; Bo Lind",
    '"author":"Ann Marsh, Hill Post"': "Ann Marsh",
}


@pytest.mark.parametrize("stated", STATED)
def test_authors_as_json_ld_has_them(stated: str) -> None:
    article = read(html(head=SITE + LD % stated), URL, None)
    assert "; ".join(article.authors) == STATED[stated]


def test_shorthands_beside_an_agencys_are_a_desks() -> None:
    assert kinds(read(html(head=LD % '"author":"dpa/lno"'), URL, None)) == {"dpa/lno": "agency"}
    assert kinds(read(html(head=LD % '"author":"hill/ann"'), URL, None)) == {"hill/ann": "desk"}


@pytest.mark.parametrize(
    "head",
    [
        "<meta name=twitter:label1 content='Written by'><meta name=twitter:data1 content='Ann Marsh'>",
        "<meta property=article:author content='Ann Marsh'>",
        "<meta name=dc.creator content='Marsh, Ann'>",
    ],
)
def test_authors_in_the_head_of_the_page(head: str) -> None:
    assert read(html(head=head), URL, None).authors == ("Ann Marsh",)
    other = (
        "<meta name=twitter:label1 content='Price'><meta name=twitter:data1 content='Ten Euros'>"
    )
    assert read(html(head=other), URL, None).authors == ()


def test_the_day_in_the_address_counts_where_the_page_prints_none() -> None:
    url = "https://hillpost.test/2021/05/04/a-story"
    article = read(html(), url, None)
    assert (article.published_at, article.published[0].where) == ("2021-05-04", "url:path")
    assert read(html(before="<p>3 May 2021</p>"), url, None).published_at == "2021-05-03"
    assert read(html(), "https://hillpost.test/2021/13/04/a-story", None).published_at is None


def test_the_pages_own_date_where_nothing_is_called_an_article() -> None:
    one = '{"@type":"WebPage","datePublished":"2021-05-05T12:00:00Z"}'
    head = f'<script type="application/ld+json">{one}</script>'
    assert read(html(head=head), URL, None).published_at == "2021-05-05T12:00:00Z"
    assert read(html(head=head + head), URL, None).published_at is None


def test_of_two_articles_in_json_ld_the_one_of_the_pages_title() -> None:
    other = '{"@type":"NewsArticle","headline":"Another story","datePublished":"2020-01-01","author":"Cy Moor"}'
    mine = other.replace("Another story", "A story about rivers").replace("Cy Moor", "Ann Marsh")
    for order in (
        f"[{other},{mine}]",
        f'[{{"@type":"ItemList","itemListElement":[{other}]}},{mine}]',
    ):
        head = f'<script type="application/ld+json">{order}</script>'
        assert read(html(head=head), URL, None).authors == ("Ann Marsh",)


def test_an_entry_of_blogger() -> None:
    """Its text is lines in a `div`, in an element that is named for the date."""
    text = "<br><br>".join(PROSE)
    article = read(
        "<html lang=en><head><title>Hill Post: A story about rivers</title></head><body>"
        "<h1 class=title><a href=/>Hill Post</a></h1><div class=date-outer>"
        "<h2 class=date-header>Wednesday, May 5, 2021</h2><div class='post hentry'>"
        f"<h3 class=post-title>A story about rivers</h3><div class=post-body>{text}</div>"
        "<div class=post-footer>Posted by <span class=fn><a rel=author href=/p/1>Inês d’Orey</a></span></div>"
        "</div></div></body></html>",
        URL, None,
    )  # fmt: skip
    assert (article.title, article.paragraphs) == ("A story about rivers", PROSE)
    assert (article.authors, article.published_at) == (("Inês d’Orey",), "2021-05-05")
