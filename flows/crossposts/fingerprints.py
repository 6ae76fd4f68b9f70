"""Fingerprints: a fair sample of the five-word sequences of a text, as numbers.

FracMinHash (Irber et al. 2022, doi:10.1101/2022.01.11.475838): keep every hash below a fixed
bound. Two samples made with one bound are comparable whatever the lengths of the texts, and the
share of one sample that is found in the other estimates containment without bias.

The bound is 1/4 for every text, short or long. With 1/8 for long ones only the hashes below 1/8
could be compared with them, and a passage of 45 words would leave 5: one such excerpt in eight
would share fewer than the three that a candidate needs. With 1/4 it is one in two hundred.
"""

from collections.abc import Sequence

import numpy as np
import xxhash
from numpy.typing import NDArray

from flows.text.unicode import encoded_norms

METHOD = "fingerprint/1"
"""Changes whenever other numbers come out for the same text; the catalog then makes them anew."""

GRAM = 5
"""Words in a sequence. Five (DESIGN §7): four meet by chance in one language, six die of edits."""

SCALE = 4
"""One hash in four is kept."""

BOUND = 2**63 // SCALE
"""Hashes have 63 bits, so that they fit the signed integers of SQLite and PostgreSQL."""

Hashes = NDArray[np.uint64]

# Odd 64-bit constants, one for each place in the sequence, so that order counts: the fractional
# parts of the square roots of the first five primes (as in SHA-512), made odd.
_PLACES = np.array(
    [
        0x6A09E667F3BCC909,
        0xBB67AE8584CAA73B,
        0x3C6EF372FE94F82B,
        0xA54FF53A5F1D36F1,
        0x510E527FADE682D1,
    ],
    dtype=np.uint64,
)


def word_hashes(text: str) -> Hashes:
    """A 64-bit xxHash of each word (`unicode.norms`).

    Each is hashed anew wherever it stands: to look it up among those that are known took three
    times as long (measured), for a vocabulary does not fit a processor's cache.
    """
    words = encoded_norms(text)
    return np.fromiter(map(xxhash.xxh3_64_intdigest, words), dtype=np.uint64, count=len(words))


def gram_hashes(hashed: Hashes) -> Hashes:
    """A 63-bit hash of each five words in a row; empty for fewer than five words."""
    count = len(hashed) - GRAM + 1
    if count < 1:
        return np.empty(0, dtype=np.uint64)
    total = np.zeros(count, dtype=np.uint64)
    for place, factor in enumerate(_PLACES):
        total += hashed[place : place + count] * factor
    _mix(total)
    total >>= np.uint64(1)
    return total


def _mix(value: Hashes) -> None:
    """The finalizer of SplitMix64 (Steele et al. 2014): every input bit moves every output bit."""
    value ^= value >> np.uint64(30)
    value *= np.uint64(0xBF58476D1CE4E5B9)
    value ^= value >> np.uint64(27)
    value *= np.uint64(0x94D049BB133111EB)
    value ^= value >> np.uint64(31)


def sampled(grams: Hashes) -> NDArray[np.bool_]:
    """Which of the hashes belong to the sample."""
    return grams < np.uint64(BOUND)


def chosen(grams: Hashes) -> NDArray[np.int64]:
    """The hashes of the sample, each once, rising."""
    return distinct(grams[sampled(grams)].astype(np.int64))


def distinct(hashes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each once, rising. By sorting: `numpy.unique` makes a table first, which takes many times as
    long (measured: 16 ms where this takes 0.5 ms, for 46,000)."""
    ordered = np.sort(hashes)
    first = np.ones(len(ordered), dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered[first]


def fingerprint(paragraphs: Sequence[str]) -> tuple[int, ...]:
    """The sampled hashes of a text, each once, rising; empty for fewer than five words.

    Paragraphs are joined first: a copy breaks its lines elsewhere.
    """
    return tuple(chosen(gram_hashes(word_hashes("\n\n".join(paragraphs)))).tolist())
