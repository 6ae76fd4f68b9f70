"""News agencies, as bylines have them."""

# ruff: noqa: E501  (lists of names are read whole)

import re

# News agencies as bylines have them, in small letters, and what they call themselves in general.
NAMES_OF_AGENCIES = """
aa aap adnkronos afp agerpres agi anadolu ani anp ansa ap apa ats belga bns bta ctk čtk dha dpa efe elta epd ians iha
interfax jiji keystone-sda kna kyodo leta lusa mti notimex ntb pa pap pti reuters ria ritzau sda sid stt tanjug tass
telam télam tt ukrinform unian upi xinhua yonhap интерфакс риа тасс укринформ укрінформ унн 共同 時事 연합뉴스 뉴시스 뉴스1
新华社 新华网 中新社 中央社 bernama antara tasr sita hina fena srna sta ape-mpe απε απε-μπε απε-mpe dts ots cna andina efe-epa epa
رويترز الأناضول
"""
AGENCIES = frozenset(NAMES_OF_AGENCIES.split())
AGENCY = re.compile(
    r"associated\s+press|agence\s+france|press\s+(?:association|trust)|canadian\s+press|europa\s+press|dow\s+jones|"
    r"bloomberg|depeschenagentur|presse[\s-]?agentur|nachrichtenagentur|(?:press|news)\s+(?:agency|service)|newswire|"
    r"united\s+press|presse\s+canadienne|وكالة|فرانس\s+برس|סוכנות|πρακτορείο|\bagencia|\bagência|agenzia|agence\s|ajansı|агентство|новости$|通信社?$|통신$|通讯社|社電",
    re.IGNORECASE,
)  # fmt: skip


def is_one(name: str) -> bool:
    """Whether a name, or each of several, is an agency's."""
    words = re.split(r"[\s/,]+", name)
    return bool(AGENCY.search(name)) or all(word.lower() in AGENCIES for word in words)


# Agencies that sign with their name or with its initials.
INITIALS = {
    "ap": "associated press", "the associated press": "associated press",
    "afp": "agence france-presse", "dpa": "deutsche presse-agentur",
    "pa": "press association", "pa media": "press association",
    "upi": "united press international", "cp": "canadian press", "the canadian press": "canadian press",
    "aap": "australian associated press", "pti": "press trust of india", "риа": "риа новости",
    "keystone-sda": "sda", "efe": "agencia efe", "ansa": "agenzia ansa",
}  # fmt: skip


def called(name: str) -> str:
    """An agency's name as it is compared: `AP`, `AP News` and `The Associated Press` are one; so are
    `dpa/lno` and `dpa`."""
    whole = " ".join(name.casefold().split())
    words = re.split(r"[\s/,]+", whole)
    known = whole if whole in INITIALS or words[0] not in AGENCIES else words[0]
    return INITIALS.get(known, known)
