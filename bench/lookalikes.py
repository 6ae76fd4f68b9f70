"""What looks like a copy and is none, and small copies: `python -m bench.lookalikes`.

Beside the real texts of `bench.matching`, pages of forms that outlets fill in: weather, results of
matches, obituaries, those of `bench.forms`; one agency's background paragraph, and two reports that
quote one speech. Each outlet has two of a form, so that repetition within it tells nothing yet.
Copies: items of 40 to 80 words, texts in Chinese and Japanese, whole and in part, and of each form
what one outlet took from another.
"""

# ruff: noqa: E501 - a form is one text
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence

from bench.forms import FEW_FACTS, filled
from bench.forms import FORMS as LATER
from bench.matching import DATA, Made, Text, edited, found_pairs, part, texts
from flows.text.unicode import has_unspaced, words

OUTLETS = 28
EACH = 2
"""Pages of one form at one outlet; with a third its words were the outlet's boilerplate."""
SEEDS = 3

# Places, names and trades are made up.
PLACES = (
    "Oster",
    "Kelm",
    "Vanda",
    "Brisk",
    "Tolm",
    "Hadersund",
    "Little Orm",
    "Quill",
    "Saar",
    "Wen",
)
NAMES = ("Ada Holm", "Jon Reyes", "Mira Okafor", "Paul Lindt", "Sana Ito", "Ewa Kos", "Tom Bright")
SKIES = ("sunny", "overcast", "mostly dry", "windy", "foggy at first", "wet")
TRADES = ("teacher", "farmer", "nurse", "bus driver", "printer", "judge")
HOBBIES = ("her garden", "choral music", "rowing", "old maps", "chess", "long walks")

FORMS: dict[str, str] = {
    "weather": "Today will be {sky} in {place}, with highs of {n} degrees and lows of {m}. Winds will "
    "come from the north at up to {k} kilometres an hour. Tomorrow it will be {sky2}, with highs near "
    "{j}. The chance of rain is {k} percent in {place2} and {n} percent elsewhere.",
    "results": "{place} beat {place2} {m}-{j} on Saturday. {name} scored in minute {n} and {name2} made "
    "it safe in minute {k}. The visitors had {m} shots on goal and won {j} corners. Attendance: {n},{k}0. "
    "Next week {place2} plays at home against {place3}.",
    "obituary": "{name}, {k}, of {place}, passed away on {month} {m} surrounded by family. A {trade} for "
    "{n} years, {name} loved {hobby}. Survivors include {j} children and {m} grandchildren. Visitation "
    "will be held at the chapel in {place2} at {j} p.m. In lieu of flowers the family asks for gifts to "
    "the hospice of {place3}.",
}
AGENCY = (
    "The two countries have disputed the border since the treaty of 1921, and talks under the "
    "mediation of the union broke off last year without a result."
)
SPEECH = (
    "We have come here to say that the harbour stays open. We shall pay the wages, we shall mend the "
    "cranes, and we shall not sell a single quay to anybody, whoever asks for it and whatever is "
    "offered. Those who say otherwise have never stood here on a winter morning, when the first ships "
    "come in and the whole town waits for what they bring. This town lives by its harbour."
)


def forms(chance: random.Random, form: str) -> str:
    """One form, filled in."""
    some = chance.sample(PLACES, 3)
    names, sky = chance.sample(NAMES, 2), chance.sample(SKIES, 2)
    return FORMS[form].format(
        place=some[0], place2=some[1], place3=some[2], name=names[0], name2=names[1],
        sky=sky[0], sky2=sky[1], trade=chance.choice(TRADES), hobby=chance.choice(HOBBIES),
        month=chance.choice(("March", "June", "October")),
        n=chance.randint(10, 45), m=chance.randint(1, 9), k=chance.randint(50, 95), j=chance.randint(2, 9),
    )  # fmt: skip


def short(text: Text, often: Counter[str]) -> str | None:
    """A paragraph that could be an item of its own, and that no other page prints."""
    return next((one for one in text if 40 <= len(words(one)) <= 80 and often[one] == 1), None)


def make(seed: int) -> Made:
    """All pages, the same for the same seed."""
    chance = random.Random(seed)
    pool = texts()
    chance.shuffle(pool)
    made = Made()
    for form in FORMS:
        for outlet in range(OUTLETS):
            for _ in range(EACH):
                made.add(form, outlet, [forms(chance, form)], set())
    for form in LATER:
        some = [
            made.add(form, outlet, [filled(form, chance)], set())
            for outlet in range(OUTLETS)
            for _ in range(EACH)
        ]
        # Edited as little as short agency copy is.
        first = made.articles[-len(some)]
        made.add(f"{form}-copy", OUTLETS, edited(first.paragraphs, chance), {first.id})
    # Own words: no paragraph twice, and none that is an item elsewhere.
    often = Counter(one for _, text in pool for one in text)
    own = iter([one for one in often if 80 < len(words(one)) < 140 and not has_unspaced(one)])
    for outlet in range(OUTLETS):
        for kind, shared in (("agency", AGENCY), ("speech", f"“{SPEECH}”")):
            before, after = next(own, ""), next(own, "")
            if before and after:
                made.add(kind, outlet, [before, shared, after], set())
    for number, (kind, text) in enumerate(_copied(pool, often)):
        place = number % OUTLETS
        origin = made.add(f"{kind}-first", place, text, set())
        made.add(kind, (place + 5) % OUTLETS, edited(text, chance), {origin})
        if kind == "unspaced":
            piece = part(text, chance.uniform(0.3, 0.7), chance)
            made.add("unspaced-part", (place + 9) % OUTLETS, edited(piece, chance), {origin})
    return made


def _copied(pool: Sequence[tuple[str, Text]], often: Counter[str]) -> Iterator[tuple[str, Text]]:
    """Texts of which copies are made; each paragraph is used once."""
    for _, text in pool:
        if has_unspaced(" ".join(text)):
            yield "unspaced", text
        elif item := short(text, often):
            yield "short", (item,)


def main() -> int:
    """Print what was found; exit status 2 where the texts are absent."""
    if not DATA.is_file():
        print(f"{DATA} is absent: nothing to measure")
        return 2
    right: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    pages: Counter[str] = Counter()
    for seed in range(SEEDS):
        made = make(seed)
        pages.update(made.kinds.values())
        found, _ = found_pairs(made)
        for a, b in found:
            if not made.taken_from[a] & made.taken_from[b]:
                wrong[made.kinds[a]] += 1
                if "-v" in sys.argv:
                    print("wrong", seed, a, b, found[a, b])
        for name, origins in made.taken_from.items():
            for origin in origins - {name}:
                wanted[made.kinds[name]] += 1
                right[made.kinds[name]] += (min(name, origin), max(name, origin)) in found
    for kind, count in sorted(pages.items()):
        hits = f", found {right[kind]} of {wanted[kind]}" if wanted[kind] else ""
        print(f"{kind:14} {count} pages, {wrong[kind]} wrong pairs{hits}")
    total = sum(right.values())
    for name, left_out in (("all", set()), ("without forms that hold few facts", FEW_FACTS)):
        errors = sum(count for kind, count in wrong.items() if kind not in left_out)
        print(f"precision {total / max(total + errors, 1):.4f} {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
