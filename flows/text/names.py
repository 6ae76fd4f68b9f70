"""Names as print shows them: by a capital letter where no sentence begins."""

import re

NEAR = 40
"""Characters before a word that are looked at for the end of a sentence."""

NO_CASE_FOR_NAMES = ("de", "lb")
"""Languages that write all nouns with a capital letter."""

_ABBREVIATED = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Prof|St|Gen|Col|Lt|Sgt|Capt|Sen|Rep|Gov|Hon|Rev|Mme|Sr|Sra|No|vs|[^\W\d_])\.\s*$"
)
_END = re.compile(r"(?:^|[.!?…:。！？]|\n)[\s\"'“”‘’«»„)\]–—-]*$")


def begins_sentence(text: str, place: int) -> bool:
    """Whether a sentence begins with the word at this place."""
    near = text[max(0, place - NEAR) : place]
    return bool(_END.search(near)) and not _ABBREVIATED.search(near)
