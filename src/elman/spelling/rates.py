"""How much better a text is after correction, and how much worse."""

from collections.abc import Iterable, Sequence
from itertools import product
from typing import NamedTuple

from elman.errors import DataError
from elman.metrics.base import Score
from elman.spelling.corrector import Corrector
from elman.spelling.outcome import Options
from elman.spelling.pairs import MARKS, aligned
from elman.version import __version__

TOP = 7
_WEIGHTS, _UNKNOWN, _THRESHOLDS = (0.6, 0.8, 1.0), (2.0, 2.5, 3.0, 3.5), (0.0, 0.5, 1.0, 2.0, 4.0, 8.0)


class Rates(NamedTuple):
    """Counts of words.

    Args:
        words: all.
        wrong: typed wrong.
        fixed: of those, right now.
        changed: not as typed.
        broken: typed right, wrong now.
        listed: typed wrong, and among the likeliest seven; None where nobody looked.
    """

    words: int
    wrong: int
    fixed: int
    changed: int
    broken: int
    listed: int | None = None

    @property
    def errors(self) -> int:
        """Words that are wrong now."""
        return self.wrong - self.fixed + self.broken

    def scores(self, signature: str) -> list[Score]:
        """Return the rates; those without a word to be a share of are left out."""
        right, f = self.words - self.wrong, 0.0
        if self.fixed:
            precision, recall = self.fixed / self.changed, self.fixed / self.wrong
            f = 1.25 * precision * recall / (0.25 * precision + recall)
        shares = [
            ("errors", self.errors, self.words, "of words", True),
            ("errors_if_nothing_is_done", self.wrong, self.words, "of words", True),
            ("fixed", self.fixed, self.wrong, "of wrong words", False),
            (f"fixed_by_one_of_{TOP}", self.listed, self.wrong, "of wrong words", False),
            ("broken", self.broken, right, "of right words", True),
            ("precision", self.fixed, self.changed, "of changes", False),
        ]
        found = [
            Score(name, part / whole, unit, signature, lower)
            for name, part, whole, unit, lower in shares
            if part is not None and whole
        ]
        return [*found, Score("F0.5", f, "0 to 1", signature, False)]


def rates_of(triples: Iterable[tuple[str, str, str]], listed: int | None = None) -> Rates:
    """Return what words that were right, typed and written come to."""
    every = list(triples)
    wrong = [(right, written) for right, typed, written in every if right != typed]
    fixed = sum(right == written for right, written in wrong)
    changed = sum(typed != written for _, typed, written in every)
    broken = sum(right == typed != written for right, typed, written in every)
    return Rates(len(every), len(wrong), fixed, changed, broken, listed)


def measure(corrector: Corrector, pairs: Sequence[tuple[str, str]], top: bool = True) -> Rates:
    """Return what a corrector makes of lines that were typed, against what was right.

    Args:
        corrector: what corrects.
        pairs: of lines, right and typed.
        top: whether to look for what was right among the likeliest seven too, with the rest of the line as it is after
            correction. What was joined or split is not found there.
    """
    typed = [line for _, line in pairs]
    written = corrector.correct(typed).lines
    triples, places, wanted = [], [], []
    for number, ((right, line), now) in enumerate(zip(pairs, written, strict=True)):
        words = now.split()
        for unit in aligned(right, line):
            triples.append((unit.right, unit.typed, " ".join(words[place] for place in unit.places)))
            if unit.right != unit.typed and len(unit.places) == 1:
                places.append((number, unit.places[0]))
                wanted.append(unit.right)
    listed = None
    if top:
        ranked = corrector.ranked(typed, written, places)
        listed = sum(
            _among(right, [word for word, _ in some[:TOP]]) for right, some in zip(wanted, ranked, strict=True)
        )
    return rates_of(triples, listed)


def tune(corrector: Corrector, pairs: Sequence[tuple[str, str]]) -> Corrector:
    """Return a corrector that changes words as readily as leaves the fewest errors in pairs.

    λ and what an unknown word costs are chosen together, then the threshold; of what leaves as few errors, what changes
    less.

    Raises:
        DataError: no word is wrong, or none is right.
    """
    first = measure(corrector, pairs, top=False)
    if not 0 < first.wrong < first.words:
        raise DataError(
            f"--tune: {first.wrong:,} of {first.words:,} words are wrong, expected some right and some wrong."
        )
    now = corrector.options
    grid = [now._replace(weight=weight, unknown=unknown) for weight, unknown in product(_WEIGHTS, _UNKNOWN)]
    now = _best(corrector, grid, pairs)
    now = _best(corrector, [now._replace(threshold=one) for one in _THRESHOLDS], pairs)
    return corrector.with_options(now)


def signature(corrector: Corrector, errors: str) -> str:
    """Return what rates depend on besides the text and the model.

    Args:
        corrector: what corrects.
        errors: where the error model is from.
    """
    o = corrector.options
    return (
        f"correct:line|errors:{errors}|lambda:{o.weight:g}|threshold:{o.threshold:g}|unknown:{o.unknown:g}|"
        f"beam:{o.beam}|candidates:{o.candidates}|edits:2|elman:{__version__}"
    )


def _best(corrector: Corrector, some: Sequence[Options], pairs: Sequence[tuple[str, str]]) -> Options:
    found = [(measure(corrector.with_options(one), pairs, top=False), one) for one in some]
    return min(found, key=lambda pair: (pair[0].errors, pair[0].changed))[1]


def _among(right: str, words: Sequence[str]) -> bool:
    return any(right.strip(MARKS) == word for word in words)
