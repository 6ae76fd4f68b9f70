"""Month names of the languages that sources use, as a table from a folded name to its number."""

# ruff: noqa: E501  (a pattern is read whole)

import unicodedata

# One line a language: January to December, variants with `/`.
NAMES = """
january/jan february/feb march/mar april/apr may june/jun july/jul august/aug september/sep/sept october/oct november/nov december/dec
januar/jänner/janner februar/feber märz/mär/maerz april mai juni juli august september oktober/okt november dezember/dez
janvier/janv février/févr/fevr mars avril/avr mai juin juillet/juil août/aout septembre/sept octobre novembre décembre/déc
enero/ene febrero marzo abril/abr mayo junio julio agosto/ago septiembre/setiembre/set octubre noviembre diciembre/dic
gennaio/gen febbraio marzo aprile maggio/mag giugno/giu luglio/lug agosto settembre ottobre/ott novembre dicembre
janeiro fevereiro/fev março abril maio/mai junho julho agosto setembro outubro/out novembro dezembro
января/январь/янв февраля/февраль/фев марта/март/мар апреля/апрель/апр мая/май июня/июнь/июн июля/июль/июл августа/август/авг сентября/сентябрь/сен/сент октября/октябрь/окт ноября/ноябрь/ноя декабря/декабрь/дек
січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня
januari februari maart/mrt april mei juni juli augustus september oktober november december
stycznia/sty lutego/lut marca kwietnia/kwi maja czerwca/cze lipca/lip sierpnia/sie września/wrz października/paź listopada/lis grudnia/gru
ocak şubat/subat mart nisan mayıs/mayis haziran temmuz ağustos/agustos eylül/eylul ekim kasım/kasim aralık/aralik
januar februar mars april mai juni juli august september oktober november desember/des
január/janúar febrúar mars apríl maí júní júlí ágúst september október nóvember desember
ledna února března dubna května června července srpna září října listopadu prosince
sausio vasario kovo balandžio gegužės birželio liepos rugpjūčio rugsėjo spalio lapkričio gruodžio
ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie
"""


def plain(name: str) -> str:
    """A name without accents, in small letters."""
    split = unicodedata.normalize("NFKD", name.casefold())
    return "".join(char for char in split if not unicodedata.combining(char))


def _table() -> dict[str, int]:
    table: dict[str, int] = {}
    for line in NAMES.strip().splitlines():
        for number, variants in enumerate(line.split(), start=1):
            for name in variants.split("/"):
                table.setdefault(plain(name), number)
    return table


MONTHS = _table()
