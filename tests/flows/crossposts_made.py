"""Invented articles for the tests of matching and trails, and a small hand to make them."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Literal

from config.registry import Source
from flows.comparing import compare
from flows.crossposts.trails import Seen, gather
from storage.catalog import Catalog, open_catalog
from storage.findings import Trail
from storage.identity import canonical_url, sha256_hex
from storage.outlets import Outlets
from storage.records import (
    Article,
    Claim,
    ClaimKind,
    Credited,
    DateKind,
    Match,
    Origin,
    Precision,
    PrintedDate,
    WarcPlace,
)

NORTH = "http://northquay.example/ice"
HARBOUR = (
    "The harbour of Sankt Alban has not frozen over since the winter of 1987, and the pilots had "
    "stopped talking about ice altogether when it came back in the second week of February.",
    "It arrived at night, from the north, in plates the size of dining tables, and by morning the "
    "ferry to Little Orm lay fast between the breakwater and the grain quay with forty passengers "
    "aboard who had been promised breakfast on the other side.",
    "Nobody was hurt. The harbour master, a woman of few words who keeps a barometer in her lunch "
    "box, sent two tugs and a boat with soup, and then went through the store rooms in search of "
    "the ice saws that her grandfather had greased and hung up for good.",
    "She found five of them, and a note in his hand that said where the sixth had been lent. The "
    "sixth was fetched from a museum in the capital, which asked for it back by the end of March, "
    "cleaned, and with a receipt for whatever it had cut.",
    "What the town will do next winter is less clear. The insurers have written to every shipping "
    "company on the coast, the council has ordered a report, and the price of sawn timber has gone "
    "up by a third since the carpenters noticed who would be needing new hulls.",
)
TRAMS = (
    "When the city of Velten bought eleven second-hand trams from a town that had given up on "
    "them, the council spoke of a bargain, and for about a month it was one.",
    "Then the first of them met the hill at Gerber Street. The brakes held, the sanders worked, "
    "and the tram went on sliding anyway, past the bakery, past the school, and very slowly into "
    "the front of the tax office, where it stopped with its bell still ringing.",
    "Engineers have since found that the wheels were ground to a profile for rails which no longer "
    "exist anywhere in the country, and that the seller had said so in an annex that was "
    "translated only as far as the table of contents.",
    "The depot is now grinding one axle a day. At that pace the fleet will be ready in the spring "
    "after next, provided that the old lathe survives, which its operator doubts aloud to anybody "
    "who brings him coffee.",
)
MEADOW = (
    "Auf der Feuchtwiese hinter dem Bahnhof von Hollern brüten wieder Kiebitze, und das ist eine "
    "Nachricht, weil der letzte vor neunzehn Jahren gesehen wurde, auf einem Foto, dessen "
    "Unterschrift ihn für eine Möwe hielt.",
    "Gefunden hat sie ein Lokführer, der bei Halt vor dem roten Signal aus dem Fenster sah und "
    "dann so lange stehen blieb, dass sich der Fahrdienstleiter nach seinem Befinden erkundigte. "
    "Seither fährt er die Strecke freiwillig und führt ein Heft.",
    "Die Gemeinde hatte auf der Wiese einen Parkplatz geplant, mit Ladesäulen und einem Kiosk. Nun "
    "liegt der Plan in einer Schublade, in der er gute Gesellschaft hat, wie der Bürgermeister "
    "sagt: das Hallenbad, die Umgehung, der Skulpturenweg.",
    "Bis Ende Juni sollen Freiwillige darauf achten, dass niemand die Wiese betritt. Gemeldet "
    "haben sich bisher vierzehn Leute und eine ganze Schulklasse, die allerdings wissen wollte, "
    "ob man während der Wache essen darf.",
)
LIGHTHOUSE = (
    "Смотритель маяка на острове Дальний передал ключи сыну, хотя маяк уже шесть лет работает сам "
    "и ключи от него нужны только почтальону, который прячет там посылки от дождя.",
    "Церемония заняла четверть часа: подписали журнал, протёрли стекло, выпили чаю с вареньем из "
    "морошки. Потом отец показал сыну ступеньку, на которой спотыкаются все, и сам на ней "
    "споткнулся, к удовольствию собравшихся.",
    "В районной администрации говорят, что должность смотрителя упразднили ещё весной, но приказ "
    "ушёл пароходом и до острова не добрался, потому что пароход отменили тем же самым приказом.",
    "Сын намерен остаться до осени. Он привёз с собой радиостанцию, двух коз и намерение описать "
    "всех птиц, которые ударяются о стекло, чтобы когда-нибудь понять, почему они это делают.",
)
BRIDGE = (
    "青石镇的老桥在八月的洪水里塌了半边，镇上的人却没有急着修，因为塌下去的石头里露出了一块谁也没见过的碑。",
    "碑上的字被水磨得很浅，教书的林先生趴在桥墩上抄了三个晚上，才认出那是一份修桥的账目，连木匠喝了几碗粥都记得清清楚楚。",
    "县里派来的专家说，这样的账目在整条河上只剩下两处，另一处早就被运进了省城的博物馆，平时不让人看，只在五月里开放几天。",
    "镇长的意思是先把碑搬到学校的走廊里，等桥修好了再砌回去。孩子们已经开始学着碑上的样子记账，有人记下了自己一个星期吃掉的西瓜。",
)
SPEECH = (
    "“I was asked to bring you good news, and I have looked for it all week. I looked in the "
    "accounts and found a hole. I looked for whoever had dug it and found a committee. I asked the "
    "committee for its minutes, and was told that they had been lent to the committee before it. "
    "So I have come without good news, but with a list of names, and I shall read it slowly, "
    "because I was told that some of you write by hand.”"
)
FOOTER = (
    "Readers who value what we do can support our work with a monthly gift of any size. The "
    "editors answer for the selection of texts and not for their contents, and corrections are "
    "welcome at the address in the imprint below, where you will also find our opening hours."
)

SOURCES = [
    Source(id="north", name="North Quay", homepage="http://northquay.example/"),
    Source(id="relay", name="Relay Digest", homepage="http://relay.example/"),
    Source(
        id="echo",
        name="The Echo Review",
        homepage="http://echo.example/",
        domains=("echo-mirror.example",),
    ),
]
OUTLETS = Outlets(SOURCES)
HOMES = {
    "north": ("North Quay", "http://northquay.example/"),
    "relay": ("Relay Digest", "http://relay.example/"),
    "echo": ("The Echo Review", "http://echo.example/"),
}


def made(
    source: str,
    slug: str,
    text: Sequence[str],
    *,
    title: str = "",
    date: str | None = None,
    claims: Iterable[Claim] = (),
    taken_from: Origin | None = None,
    captured: str = "2026-03-20T08:00:00.000000Z",
    authors: tuple[str, ...] = (),
    links: tuple[str, ...] = (),
    original_date: PrintedDate | None = None,
    agencies: tuple[str, ...] = (),
) -> Article:
    """An article at one of the outlets (or at a site of its own, for any other name)."""
    outlet, home = HOMES.get(source, (source.title(), f"http://{source}.example/"))
    url = home + slug
    dates = () if date is None else (printed(date),)
    return Article(
        id=sha256_hex(f"{url} {captured} {text}".encode())[:32],
        capture=slug,
        source=source,
        outlet=outlet,
        url=url,
        canonical_url=canonical_url(url),
        title=title or slug.replace("-", " ").capitalize(),
        authors=(*authors, *agencies),
        credited=tuple(Credited(name, "agency") for name in agencies),
        published_at=date,
        published=dates if original_date is None else (*dates, original_date),
        paragraphs=tuple(text),
        links=links,
        claims=tuple(claims),
        republished_from=taken_from,
        captured_at=captured,
        parser="made/1",
        warc=WarcPlace("run", "a.warc.gz", 0, 1),
    )


def original(date: str | None = "2026-02-17", **more: Any) -> Article:
    return made("north", "ice", HARBOUR, title="The ice comes back", date=date, **more)


def printed(value: str, says: DateKind = "published", by: str | None = None) -> PrintedDate:
    """A date as a page prints it."""
    precision: Precision = "day" if len(value) == 10 else "minute"
    return PrintedDate(raw=value, value=value, precision=precision, says=says, where="text", by=by)


def credit(
    name: str | None,
    url: str | None = None,
    kind: ClaimKind = "original_source",
    about: Literal["self", "other"] = "other",
) -> Claim:
    """A statement such as "The original source of this article is North Quay"."""
    text = f"The original source of this article is {name or url}"
    return Claim(
        kind=kind, text=text, target_name=name, target_url=url, about=about, place="/html/body/p[9]"
    )


@cache
def nothing() -> Catalog:
    """A catalog of nothing."""
    return open_catalog("sqlite://")


def matches_of(articles: Sequence[Article]) -> list[Match]:
    """All matches among the articles, by the way of the pipeline."""
    return compare(articles, nothing())


def seen(articles: Sequence[Article], first_seen: dict[str, str] | None = None) -> list[Seen]:
    """Each article as a page that was seen when it was captured."""
    return [
        Seen(
            article=one,
            first_seen=(first_seen or {}).get(one.id, one.captured_at),
            last_seen=one.captured_at,
            versions=1,
            state="live",
        )
        for one in articles
    ]


def trails_of(*articles: Article) -> list[Trail]:
    """The trails among the articles, by the way of the pipeline."""
    return gather(seen(articles), matches_of(articles), OUTLETS)


def rows(trails: list[Trail]) -> set[tuple[str, str | None]]:
    """(copy, original) by the last part of their addresses."""
    return {
        (
            copy.copy_url.rsplit("/", 1)[1],
            copy.original_url and copy.original_url.rsplit("/", 1)[1],
        )
        for trail in trails
        for copy in trail.copies
    }
