"""Dates as precise as they are printed, and with a zone only where one is printed."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone

from spiders.parsers.months import MONTHS, plain
from storage.records import DateKind, Precision, PrintedDate

# News on the web is not older, and no page is from the future of its own capture by centuries.
YEARS = range(1990, 2101)
# Vowel signs of Indic scripts are no letters to `re`.
MONTH_WORD = r"[^\W\d_](?:[^\W\d_]|[\u0900-\u0903\u093a-\u094f]){2,11}"
CLOCK = (
    r"(?P<hour>[01]?\d|2[0-3])\s*(?:[:.h時时点點]|시)\s*(?P<minute>[0-5]\d|\d(?=\s*[分분]))"
    r"(?::(?P<second>[0-5]\d)(?:[.,]\d{1,9})?)?\s*(?:uhr|hrs?|[分분])?\s*(?P<half>[ap]\.?\s?m\b\.?)?"
)
HOURS = r"(?P<hour12>1[0-2]|0?[1-9])\s*(?P<half12>[ap]\.?m\b\.?)"
ZONE = (
    r"(?P<zone>Z\b|(?:(?:UTC|GMT)\s*)?[+-](?:0\d|1[0-4]):?[0-5]\d|(?:UTC|GMT)\s*[+-]\d{1,2}\b|"
    r"(?:UTC|GMT|EST|EDT|CST|CDT|MST|MDT|PST|PDT|CET|CEST|MEZ|MESZ|BST|WET|WEST|EET|EEST|MSK|JST|KST|"
    r"AEST|AEDT|SAST|ET|PT)\b)"
)
FORMS = (
    r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})",
    r"(?P<y>\d{4})\s*[年년]\s*(?P<m>\d{1,2})\s*[月월]\s*(?P<d>\d{1,2})\s*[日일]",
    r"(?P<y>\d{4})[./]\s?(?P<m>\d{1,2})[./]\s?(?P<d>\d{1,2})\b",
    rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|º|°)?\.?(?:\s+(?:de|of))?[\s-]+(?:d[’'])?(?P<name>{MONTH_WORD})\.?,?(?:\s+(?:de|del))?[\s-]+(?P<y>\d{{4}})\b",
    rf"\b(?P<name>{MONTH_WORD})\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}})\b",
    # Hungarian, Lithuanian (`m.`), Latvian (`gada`), Vietnamese
    rf"\b(?P<y>\d{{4}})\.?\s+(?:m\.\s+)?(?P<name>{MONTH_WORD})\s+(?P<d>\d{{1,2}})\b",
    rf"\b(?P<y>\d{{4}})\.?\s+gada\s+(?P<d>\d{{1,2}})\.\s+(?P<name>{MONTH_WORD})",
    r"\b(?P<d>\d{1,2})\s+tháng\s+(?P<m>\d{1,2}),?\s+(?:năm\s+)?(?P<y>\d{4})\b",
    r"\b(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>\d{4})\b",
    r"\b(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{2})\b(?!\.?\d)",
    r"\b(?P<a>\d{1,2})(?P<sep>[/-])(?P<b>\d{1,2})(?P=sep)(?P<y>\d{4})\b",
)
DIGIT = re.compile(r"\d")
DAYS = tuple(re.compile(form, re.IGNORECASE) for form in FORMS)
TIME_AFTER = re.compile(
    r"\s*(?:(?:[T,|·•–—@-]|at|um|à|a las|às|alle|klo|kl\.?|klokken|kell|godz\.?|saat|στις|lúc"
    r"|pukul|jam|в|о|г(?:ода|\.)?|ore|[（(][月火水木金土日월화수목금토][)）]|\.(?=\s*[오上下午]))\s*)*(?P<noon>오전|오후|上午|下午|午前|午後)?\s*"
    rf"(?:{CLOCK}|{HOURS})(?:\s*\(?{ZONE})?",
    re.IGNORECASE,
)
OFFSETS = {
    "z": 0, "utc": 0, "gmt": 0, "wet": 0, "bst": 1, "west": 1, "cet": 1, "mez": 1, "cest": 2,
    "mesz": 2, "sast": 2, "eet": 2, "eest": 3, "msk": 3, "jst": 9, "kst": 9, "aest": 10, "aedt": 11,
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
}  # fmt: skip
FARTHEST = 14
"""Hours: Line Islands Time; the other way it is 12 (IANA time zone database)."""
ISO = re.compile(
    r"\s*(?P<y>\d{4})(?:-(?P<m>\d{2})(?:-(?P<d>\d{2})(?:[T\s]+(?P<h>\d{2}):(?P<mi>\d{2})"
    r"(?::(?P<s>\d{2})(?:[.,](?P<f>\d{1,9}))?)?\s*(?P<z>Z|[+-]\d{2}:?\d{2}|[+-]\d{2}|UTC|GMT)?)?)?)?\s*",
    re.IGNORECASE | re.ASCII,  # a machine's digits are these ten; people have others, too
)
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})T?(?:(\d{2})(\d{2})(\d{2})?)?(Z|[+-]\d{4})?", re.ASCII)
EPOCH = re.compile(r"1\d{9}(?:\d{3})?", re.ASCII)
UPDATED = re.compile(
    r"updat|modif|aktualisier|stand\s*:|geändert|mis\s+à\s+jour|actualiz|aggiornat|обновл|güncel|"
    r"bijgewerkt|oppdatert|更新|수정|edited|amend|revised|corrected|atualiz|oppdatert|uppdaterad|zuletzt",
    re.IGNORECASE,
)  # fmt: skip
PRECISIONS: dict[int, Precision] = {4: "year", 7: "month", 10: "day", 16: "minute"}


def precision(value: str | None) -> Precision | None:
    """How precise an ISO value is."""
    if value is None:
        return None
    bare = re.sub(r"(?<=\d)(?:Z|[+-]\d{2}:\d{2})$", "", value) if "T" in value else value
    return PRECISIONS.get(len(bare), "second")


def offset(zone: str) -> str:
    """A printed zone as `+02:00` or `Z`; "" where the name means more than one, or no place on
    earth has it."""
    zone = re.sub(r"\s+", "", zone.lower())
    number = re.search(r"([+-])(\d{1,2}):?(\d{2})?$", zone)
    if number:
        hours, minutes = int(number[2]), number[3] or "00"
        there = hours <= FARTHEST and int(minutes) < 60
        return f"{number[1]}{hours:02}:{int(minutes):02}" if there else ""
    if zone not in OFFSETS:
        return ""
    hours = OFFSETS[zone]
    return "Z" if zone in ("z", "utc", "gmt") else f"{'-' if hours < 0 else '+'}{abs(hours):02}:00"


def zone(raw: str, value: str | None) -> str | None:
    """The zone that a printed date has: an offset, or its name where that means more than one."""
    if value is None or "T" not in value:
        return None
    if match := re.search(r"(?:Z|[+-]\d{2}:\d{2})$", value):
        return match[0]
    named = re.search(ZONE, raw, re.IGNORECASE)
    return named["zone"] if named else None


def valid_day(year: int, month: int, day: int) -> str | None:
    """An ISO day, or None where there is no such day or no such news."""
    if year not in YEARS:
        return None
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def iso(raw: str, american: bool = True) -> str | None:
    """A machine date (ISO 8601 and its common misspellings, epoch) as an ISO value."""
    raw = raw.strip()
    match = ISO.fullmatch(raw)
    if match is None:
        return (
            _compact(raw) or _epoch(raw) or (found[1] if (found := first(raw, american)) else None)
        )
    year, month, day = match["y"], match["m"], match["d"]
    if int(year) not in YEARS:
        return None
    if day is None:
        return year if month is None else (f"{year}-{month}" if 1 <= int(month) <= 12 else None)
    value = valid_day(int(year), int(month), int(day))
    if value is None or match["h"] is None:
        return value
    hour, minute = int(match["h"]), int(match["mi"])
    if hour > 23 or minute > 59 or int(match["s"] or 0) > 59:
        return value
    clock = f"T{match['h']}:{match['mi']}" + (f":{match['s']}" if match["s"] else "")
    fraction = f".{match['f'][:6]}" if match["f"] and match["f"].strip("0") else ""
    return value + clock + fraction + (offset(match["z"]) if match["z"] else "")


def _compact(raw: str) -> str | None:
    match = COMPACT.fullmatch(raw)
    if match is None:
        return None
    year, month, day, hour, minute, second, zone = match.groups()
    value = valid_day(int(year), int(month), int(day))
    if value is None or hour is None:
        return value
    if int(hour) > 23 or int(minute) > 59 or int(second or 0) > 59:
        return value
    clock = f"T{hour}:{minute}" + (f":{second}" if second else "")
    return value + clock + (offset(zone) if zone else "")


def _epoch(raw: str) -> str | None:
    if not EPOCH.fullmatch(raw):
        return None
    moment = datetime.fromtimestamp(int(raw[:10]), timezone(timedelta(0)))
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _day(match: re.Match[str], american: bool) -> str | None:
    found = match.groupdict()
    year = int(found["y"]) + (2000 if len(found["y"]) == 2 else 0)
    if found.get("name"):
        month = MONTHS.get(plain(found["name"]))
        return valid_day(year, month, int(found["d"])) if month else None
    if found.get("a"):
        one, two = int(found["a"]), int(found["b"])
        if one > 12 or (two <= 12 and not american):
            one, two = two, one
        return valid_day(year, one, two)
    return valid_day(year, int(found["m"]), int(found["d"]))


# The half of the day, where it is named before the hour.
HALVES = {"오전": "a", "上午": "a", "午前": "a", "오후": "p", "下午": "p", "午後": "p"}


def _clock(match: re.Match[str]) -> str:
    half = (match["half"] or match["half12"] or HALVES.get(match["noon"] or "", "")).lower()
    hour = int(match["hour"] or match["hour12"])
    minute = int(match["minute"] or 0)
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    clock = f"T{hour:02}:{minute:02}" + (f":{int(match['second']):02}" if match["second"] else "")
    return clock + (offset(match["zone"]) if match["zone"] else "")


def find(text: str, american: bool = True) -> list[tuple[str, str, int, int]]:
    """All dates in a short text: (as printed, ISO value, start, end), in order.

    `american` reads 3/4/2020 as March 4th.
    """
    text = text[:1000]
    if not DIGIT.search(text):
        return []
    found: list[tuple[str, str, int, int]] = []
    for pattern in DAYS:
        for match in pattern.finditer(text):
            day = _day(match, american)
            if day is None or any(s < match.end() and match.start() < e for _, _, s, e in found):
                continue
            clock = TIME_AFTER.match(text, match.end())
            end = clock.end() if clock else match.end()
            value = day + (_clock(clock) if clock else "")
            found.append((text[match.start() : end].strip(), value, match.start(), end))
    return sorted(found, key=lambda one: one[2])


def first(text: str, american: bool = True) -> tuple[str, str] | None:
    """The first date in a text: as printed, and its ISO value."""
    found = find(text, american)
    return (found[0][0], found[0][1]) if found else None


# `/2021/05/04/` in an address: the day on which a content system made it, and published most often.
PATH = re.compile(r"/(?P<y>(?:19|20)\d\d)/(?P<m>\d{1,2})/(?P<d>\d{1,2})(?=/|$)")


def of_address(path: str) -> PrintedDate | None:
    """The day in an address's path; None where there is none, or another one beside it."""
    days = {(m[0], valid_day(int(m["y"]), int(m["m"]), int(m["d"]))) for m in PATH.finditer(path)}
    if len(days) != 1:
        return None
    ((raw, value),) = days
    if value is None:
        return None
    return PrintedDate(raw=raw, value=value, precision="day", says="published", where="url:path")


def printed(raw: str, says: DateKind, where: str, american: bool = True) -> PrintedDate | None:
    """A machine-written date as a record; None where nothing is written.

    `american` reads 3/4/2020, which no standard allows and some sites write, as March 4th.
    """
    raw = raw.strip()[:200]
    if not raw:
        return None
    value = iso(raw, american)
    return PrintedDate(
        raw=raw, value=value, precision=precision(value), says=says, where=where,
        zone=zone(raw, value),
    )  # fmt: skip


def best(found: Iterable[PrintedDate]) -> str | None:
    """The page's own date of publication: the first layer's, in its most precise writing."""
    own = [one.value for one in found if one.says == "published" and one.value]
    if not own:
        return None
    same = [value for value in own if value.startswith(own[0][:10])]
    return next((value for value in same if "T" in value), own[0]) if "T" not in own[0] else own[0]
