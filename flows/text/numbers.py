"""Numbers in printed text, by their value: "1,200", "1.200", "1 200" and "1200" are one number, and
so are "12", "twelve" and "١٢". What only looks different is no changed number.
"""

import re
import unicodedata
from functools import cache

# Signs between groups of three digits, in all countries' ways: comma, point, apostrophes, the
# no-break spaces. A plain blank only where the groups are plainly those of one number.
_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:([.,'’\u00a0\u202f\u2009 ])\d{3})(?:\1\d{3})*(?![\d])")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")

# Zero or one to twenty, then the tens. "One" is left out where it is the article, too.
_WORDS: dict[str, tuple[str, str]] = {
    "en": (
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen twenty",
        "thirty forty fifty sixty seventy eighty ninety hundred",
    ),
    "de": (
        "null – zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn "
        "fünfzehn sechzehn siebzehn achtzehn neunzehn zwanzig",
        "dreißig vierzig fünfzig sechzig siebzig achtzig neunzig hundert",
    ),
    "fr": (
        "zéro – deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze "
        "seize dix-sept dix-huit dix-neuf vingt",
        "trente quarante cinquante soixante soixante-dix quatre-vingts quatre-vingt-dix cent",
    ),
    "es": (
        "cero – dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
        "dieciséis diecisiete dieciocho diecinueve veinte",
        "treinta cuarenta cincuenta sesenta setenta ochenta noventa cien",
    ),
    "it": (
        "zero – due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici "
        "quindici sedici diciassette diciotto diciannove venti",
        "trenta quaranta cinquanta sessanta settanta ottanta novanta cento",
    ),
    "pt": (
        "zero – dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze "
        "dezesseis dezessete dezoito dezenove vinte",
        "trinta quarenta cinquenta sessenta setenta oitenta noventa cem",
    ),
    "ru": (
        "ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать "
        "тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать "
        "двадцать",
        "тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто сто",
    ),
}


def numbers(text: str, language: str | None = None) -> tuple[str, ...]:
    """The numbers in a text as they are compared, in order: digits, with a point before decimals.

    `language` (two letters) says which words are numbers ("once" is eleven in Spanish alone); with
    none, only digits and the signs of scripts that write numbers as signs count.
    """
    return tuple(_value(found) for found in _NUMBER.findall(_in_digits(text, language)))


def without_numbers(text: str, language: str | None = None) -> str:
    """The rest of the text."""
    return _NUMBER.sub(" ", _in_digits(text, language))


def _in_digits(text: str, language: str | None) -> str:
    plain = "".join(map(_digit, text))
    joined = _GROUPED.sub(lambda found: re.sub(r"\D", "", found[0]), plain)
    return _WORD.sub(lambda found: _spelled_out(found[0], language), joined)


def _spelled_out(word: str, language: str | None) -> str:
    known, folded = _spelled(language), word.casefold()
    if folded in known:
        return known[folded]
    tens, _, unit = folded.partition("-")  # twenty-one
    if tens in known and unit in known and int(known[tens]) >= 20 and int(known[unit]) < 10:
        return str(int(known[tens]) + int(known[unit]))
    return word


@cache
def _spelled(language: str | None) -> dict[str, str]:
    small, tens = _WORDS.get(language or "", ("", ""))
    found = {word: str(value) for value, word in enumerate(small.split())}
    return found | {word: str(10 * value) for value, word in enumerate(tens.split(), 3)}


def _digit(sign: str) -> str:
    """A digit of any script as one of ours; 八 as 8."""
    if sign.isascii():
        return sign
    value = unicodedata.numeric(sign, None)
    if value is None or value != int(value):
        return sign
    # 十 (ten) and 万 (ten thousand) are no digits: each stands for itself.
    return str(int(value)) if value < 10 else f" {int(value)} "


def _value(printed: str) -> str:
    whole, _, decimals = printed.replace(",", ".").partition(".")
    whole, decimals = whole.lstrip("0") or "0", decimals.rstrip("0")
    return f"{whole}.{decimals}" if decimals else whole
