"""How much better a text is after correction, and how much worse."""

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import product
from math import inf, prod
from typing import Any, NamedTuple

from elman.errors import ConfigError, DataError
from elman.metrics.base import Score
from elman.spelling.corrector import Corrector, Spot
from elman.spelling.cutting import pieces
from elman.spelling.outcome import Change
from elman.spelling.pairs import MARKS, Pair, Unit, same
from elman.version import __version__

TOP = 7
_STAGES: Sequence[Mapping[str, Sequence[float]]] = (
    {"weight": (0.6, 0.8, 1.0), "unknown": (2.0, 2.5, 3.0, 3.5)},
    {"threshold": (0.0, 0.5, 1.0, 2.0, 4.0, 8.0)},
    {"blank": (4.0, 6.0, 8.0, 11.0, inf)},
)
"""What `tune` tries, the options of a stage with each other."""


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
    wrong = [(right, written) for right, typed, written in every if not same(right, typed)]
    fixed = sum(same(right, written) for right, written in wrong)
    changed = sum(not same(typed, written) for _, typed, written in every)
    broken = sum(same(right, typed) and not same(typed, written) for right, typed, written in every)
    return Rates(len(every), len(wrong), fixed, changed, broken, listed)


def measure(corrector: Corrector, pairs: Sequence[Pair], top: bool = True) -> Rates:
    """Return what a corrector makes of lines that were typed, against what was right.

    Words of which nobody knows what was meant are corrected and not counted. A word that was joined with another, both
    of which were right, is broken, and so is the other. However many are unknown, they are corrected: it is known what
    was right.

    Args:
        corrector: what corrects.
        pairs: lines.
        top: whether to look for what was right among the likeliest seven too, with the rest of the line as it is after
            correction.
    """
    typed = [pair.typed for pair in pairs]
    changes = corrector.correct(typed, doubting=False).changes
    made: dict[int, list[Change]] = {}
    for change in changes:
        made.setdefault(change.line, []).append(change)
    triples, spots, wanted = [], [], []
    for number, pair in enumerate(pairs):
        starts = [piece.start for piece in pieces(pair.typed)] if top else []
        for unit in pair.units:
            if unit.right is None:
                continue
            triples.append((unit.right, unit.typed, _written(unit, made.get(number, ()))))
            span = len(unit.typed.split())
            if top and not unit.is_right and 1 <= span <= 2:
                spots.append(Spot(number, min(bisect_left(starts, unit.start), len(starts) - span), span))
                wanted.append(unit.right)
    listed = None
    if top:
        ranked = corrector.ranked(typed, changes, spots)
        listed = sum(
            _among(right, [word for word, _ in some[:TOP]]) for right, some in zip(wanted, ranked, strict=True)
        )
    return rates_of(triples, listed)


def _written(unit: Unit, changes: Sequence[Change]) -> str:
    """Return what stands in the place of a unit now: what reaches out of it belongs to where it begins."""
    text, stop = unit.typed, unit.start + len(unit.typed)
    for change in reversed(changes):
        first, last = change.start - unit.start, change.start + len(change.typed) - unit.start
        if unit.start <= change.start < stop:
            text = text[:first] + change.written + text[last:]
        elif change.start < unit.start < change.start + len(change.typed):
            text = text[last:]
    return text


def tune(
    corrector: Corrector,
    pairs: Sequence[Pair],
    kept: Collection[str] = (),
    tell: Callable[[int, int], None] = lambda tried, every: None,
) -> Corrector:
    """Return a corrector that changes words as readily as leaves the fewest errors in pairs.

    λ and what an unknown word costs are chosen together, then the threshold, then what a blank costs; of what leaves as
    few errors, what changes less.

    Args:
        corrector: what corrects.
        pairs: lines.
        kept: options that stay as they are: of `weight`, `unknown`, `threshold`, `blank`.
        tell: is told how many settings were tried, and how many there are, before each.

    Raises:
        ConfigError: all of them are kept.
        DataError: no word is wrong, or none is right.
    """
    stages = [{name: some for name, some in one.items() if name not in kept} for one in _STAGES]
    every = sum(prod(map(len, one.values())) for one in stages if one)
    if not every:
        every_one = ", ".join(f"--{name}" for name in kept)
        raise ConfigError(f"--tune: chooses {every_one}, and all are given. Leave one out, or --tune.")
    units = [unit for pair in pairs for unit in pair.units]
    first = rates_of((unit.right, unit.typed, unit.typed) for unit in units if unit.right is not None)
    if not 0 < first.wrong < first.words:
        raise DataError(
            f"--tune: {first.wrong:,} of {first.words:,} words are wrong, expected some right and some wrong."
        )
    now, tried = corrector.options, 0
    for some in filter(None, stages):
        found = []
        for values in product(*some.values()):
            tell(tried, every)
            changed: dict[str, Any] = dict(zip(some, values, strict=True))
            one = now._replace(**changed)
            found.append((measure(corrector.with_options(one), pairs, top=False), one))
            tried += 1
        now = min(found, key=lambda pair: (pair[0].errors, pair[0].changed))[1]
    return corrector.with_options(now)


def signature(corrector: Corrector, channel: str) -> str:
    """Return what rates depend on besides the text and the model.

    Args:
        corrector: what corrects.
        channel: the error model, and where it is from.
    """
    o, count = corrector.options, corrector.language.models
    many = f"models:{count}|" if count > 1 else ""
    return (
        f"{many}correct:line|channel:{channel}|lambda:{o.weight:g}|threshold:{o.threshold:g}|unknown:{o.unknown:g}|"
        f"blank:{o.blank:g}|beam:{o.beam}|candidates:{o.candidates}|case:folded|elman:{__version__}"
    )


def _among(right: str, words: Sequence[str]) -> bool:
    return any(same(right.strip(MARKS), word) for word in words)
