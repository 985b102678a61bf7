"""Lists of what a recogniser or translator thinks was said, put in order by a language model too."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from math import isfinite, log
from typing import NamedTuple

import numpy as np

from elman.errors import DataError, quoted
from elman.text.edits import edit_distance

WEIGHTS = tuple(np.round(np.arange(0, 3.01, 0.1), 2).tolist())
"""λ that are tried."""
BONUSES = tuple(np.round(np.arange(-4, 4.01, 0.25), 2).tolist())
"""β that are tried."""


class Hypothesis(NamedTuple):
    """A text that may have been meant.

    Args:
        group: what it is a hypothesis of.
        score: log of how likely its maker finds it, natural logarithm.
        text: words with blanks between.
    """

    group: str
    score: float
    text: str

    @property
    def words(self) -> int:
        """How many words it has."""
        return len(self.text.split())


class Rescored(NamedTuple):
    """A hypothesis in its new place.

    Args:
        group: what it is a hypothesis of.
        text: words with blanks between.
        total: what it is ordered by.
        score: of its maker, nats.
        log_prob_nats: of the language model.
        before: its place in the list of its maker, from 1.
    """

    group: str
    text: str
    total: float
    score: float
    log_prob_nats: float
    before: int


class Weights(NamedTuple):
    """total = score + λ log p(text) + β words.

    Args:
        language: λ.
        word: β: a language model finds long texts unlikely, whatever they say.
    """

    language: float = 1.0
    word: float = 0.0


class Rates(NamedTuple):
    """Word error rates of one choice of each list: edits of all choices over the words of all true texts.

    Args:
        before: of what its maker finds likeliest.
        after: of what is likeliest with the language model.
        best: of the choice with the fewest errors, beyond which no order comes.
    """

    before: float
    after: float
    best: float


def read_hypotheses(lines: Iterable[str], where: str, log10: bool = False) -> list[Hypothesis]:
    """Return the hypotheses of lines `group<TAB>score<TAB>text`.

    Args:
        lines: of a file.
        where: its name, for messages.
        log10: whether scores are logarithms to base 10, as of ARPA files and KenLM; else natural ones.

    Raises:
        DataError: a line is something else.
    """
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        cells = line.split("\t")
        try:
            score = float(cells[1])
        except (IndexError, ValueError):
            score = float("nan")
        if len(cells) != 3 or not isfinite(score):
            raise DataError(
                f"{where}:{number}: got {quoted(line)}, expected a name, a tab, a log-probability, a tab and a text, "
                "such as utt1<TAB>-12.3<TAB>the cat sat."
            )
        found.append(Hypothesis(cells[0], score * (log(10) if log10 else 1.0), cells[2]))
    if not found:
        raise DataError(f"{where}: has no line, expected hypotheses: a name, a tab, a log-probability, a tab, a text.")
    return found


def read_gold(lines: Iterable[str], where: str) -> dict[str, str]:
    """Return the true texts of lines `group<TAB>text`.

    Raises:
        DataError: a line is something else, or a group comes twice.
    """
    found: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        group, tab, text = line.partition("\t")
        if not tab or group in found:
            wrong = "comes twice" if tab else "has no tab"
            raise DataError(f"{where}:{number}: {quoted(group)} {wrong}, expected a name, a tab and its true text.")
        found[group] = text
    return found


def rescore(
    hypotheses: Sequence[Hypothesis], log_probs: Sequence[float], weights: Weights
) -> dict[str, list[Rescored]]:
    """Return each group's hypotheses, the likeliest first; of equal ones that which its maker finds likelier.

        total = score + λ log p(text) + β words

    Args:
        hypotheses: of all groups.
        log_probs: log p of the text of each under a language model, in nats.
        weights: λ and β.
    """
    groups: dict[str, list[tuple[Hypothesis, float]]] = {}
    for one, log_prob in zip(hypotheses, log_probs, strict=True):
        groups.setdefault(one.group, []).append((one, log_prob))
    found = {}
    for name, members in groups.items():
        ranked = sorted(members, key=lambda pair: -pair[0].score)
        rows = [
            Rescored(name, one.text, _total(one, log_prob, weights), one.score, log_prob, place)
            for place, (one, log_prob) in enumerate(ranked, 1)
        ]
        found[name] = sorted(rows, key=lambda row: -row.total)
    return found


def rates(lists: Mapping[str, Sequence[Rescored]], gold: Mapping[str, str], where: str) -> Rates:
    """Return the word error rates of lists.

    Args:
        lists: of each group, the likeliest first.
        gold: the true text of each; one without a list counts as a text of which nothing was heard.
        where: the name of its file, for messages.

    Raises:
        DataError: a group has no true text, or none has a word.
    """
    _check(lists, gold, where)
    without = sum(len(text.split()) for name, text in gold.items() if name not in lists)
    edits = {name: [_edits(row.text, gold[name]) for row in rows] for name, rows in lists.items()}
    words = sum(len(text.split()) for text in gold.values())
    first = sum(edits[name][[row.before for row in rows].index(1)] for name, rows in lists.items())
    after, best = (sum(choose(errors) for errors in edits.values()) for choose in (lambda errors: errors[0], min))
    return Rates(*((count + without) / words for count in (first, after, best)))


def fitted(
    hypotheses: Sequence[Hypothesis],
    log_probs: Sequence[float],
    gold: Mapping[str, str],
    where: str,
    given: tuple[float | None, float | None] = (None, None),
) -> Weights:
    """Return the λ and β of `WEIGHTS` and `BONUSES` whose first choices have the fewest errors; the smallest of equals.

    Arguments are those of `rescore` and `rates`; `given` are a λ and a β that stay, None where one is fitted.

    Raises:
        DataError: a group has no true text, or none has a word.
    """
    names = list(dict.fromkeys(one.group for one in hypotheses))
    _check(names, gold, where)
    row_of = {name: row for row, name in enumerate(names)}
    width = max(np.bincount([row_of[one.group] for one in hypotheses]))
    table = np.full((4, len(names), width), -np.inf)
    filled = np.zeros(len(names), np.int64)
    order = sorted(range(len(hypotheses)), key=lambda number: -hypotheses[number].score)
    for number in order:  # of equal totals the likelier of the maker comes first
        one = hypotheses[number]
        row = row_of[one.group]
        table[:, row, filled[row]] = one.score, log_probs[number], one.words, _edits(one.text, gold[one.group])
        filled[row] += 1
    real = np.arange(width) < filled[:, None]
    scores, language, words, errors = np.where(real, table, 0.0)

    def mistakes(weights: Weights) -> float:
        totals = np.where(real, scores + weights.language * language + weights.word * words, -np.inf)
        return float(np.take_along_axis(errors, totals.argmax(1)[:, None], 1).sum())

    tried = (every if one is None else (one,) for one, every in zip(given, (WEIGHTS, BONUSES), strict=True))
    every = [Weights(*pair) for pair in product(*tried)]
    return min(every, key=lambda weights: (mistakes(weights), weights.language, abs(weights.word)))


def _total(one: Hypothesis, log_prob: float, weights: Weights) -> float:
    return one.score + weights.language * log_prob + weights.word * one.words


def _edits(text: str, gold: str) -> int:
    return edit_distance(text.split(), gold.split())


def _check(names: Iterable[str], gold: Mapping[str, str], where: str) -> None:
    known = list(names)
    missing = next((name for name in known if name not in gold), None)
    if missing is not None:
        raise DataError(f"{where}: has no true text of {quoted(missing)}, expected one for each list.")
    if not any(gold[name].split() for name in known):
        raise DataError(f"{where}: no true text has a word, and errors are counted in words.")
