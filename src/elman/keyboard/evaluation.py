"""What suggestions are worth on a text: keys that they save, and how often the word is among them."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from elman.errors import ConfigError, DataError
from elman.evaluation.base import Evaluation, Seen, Told, scored
from elman.evaluation.details import Detail
from elman.keyboard.base import Keyboard
from elman.keyboard.rules import RULES, Rule
from elman.keyboard.words import is_word
from elman.metrics.base import Keystrokes, Matches, Ranked, Score
from elman.metrics.keystrokes_saved import KeystrokesSaved
from elman.text.vocabulary import UNKNOWN

LISTED = 10
"""Words among which the reciprocal rank looks."""

TABLE = (1, 3, 5)
"""How many suggestions the table of all rules is made for."""

KEYS: Mapping[str, Told] = {
    "keystrokes_saved": Told(Keystrokes, "of characters", "rule:{rule}|k:{k}|{how}"),
    "keys_per_character": Told(Keystrokes, "keys/character", "rule:{rule}|k:{k}|{how}"),
}
"""The scores of the keys that a text takes."""

RECALL: Mapping[str, Told] = {"top_k_recall": Told(Matches, "of words", "letters:0|k:{k}|{how}", "accuracy")}
RANK: Mapping[str, Told] = {"reciprocal_rank": Told(Ranked, "0 to 1, mean of words", "letters:0|k:{listed}|{how}")}
"""The scores of what is suggested before the first letter of a word."""

_HOW = "case:folded|typed in full:out|ties:spelling|state:fresh|unknown:typed"


class Offered(NamedTuple):
    """When a word was suggested.

    Args:
        word: as the text has it.
        last: whether it ends its line.
        known: whether the model has it.
        is_word: whether it could be suggested: it is no sign or number.
        places: where it stood in the list after 0, 1, ... letters, from 1 on; 0 where it did not.
        once: by how many are shown, after how many letters it was, where what was passed over is not shown again; None
            where it never was.
    """

    word: str
    last: bool
    known: bool
    is_word: bool
    places: Sequence[int]
    once: Mapping[int, int | None]

    def typed(self, rule: Rule, k: int) -> int | None:
        """Return after how many letters the word was among k suggestions; None where it never was."""
        if rule.once or not self.places:
            return self.once.get(k)
        some = enumerate(self.places[rule.letters :], start=rule.letters)
        return next((letters for letters, place in some if 0 < place <= k), None)

    def keys(self, rule: Rule, k: int) -> int:
        """Return how many keys the word takes with k suggestions, the blank behind it included."""
        return rule.keys(len(self.word), self.typed(rule, k), self.last)

    @property
    def characters(self) -> int:
        """Its letters, and the blank behind it."""
        return len(self.word) + (not self.last)


class Measured(NamedTuple):
    """What suggestions are worth, and how long they take.

    Args:
        evaluation: the scores.
        milliseconds: a key, the step of the model at each word included; it depends on the machine.
    """

    evaluation: Evaluation
    milliseconds: float


def evaluate(keyboard: Keyboard, lines: Iterable[Sequence[str]], k: int = 3, rule: str = "A") -> Measured:
    """Return what suggestions save where lines are typed, each from the start of a text, nothing learned from it.

    Args:
        keyboard: suggests.
        lines: words of each.
        k: how many suggestions are shown.
        rule: how keys are counted, a letter of `RULES`.

    Raises:
        ConfigError: there is no such rule, or less is shown than one word or more than the model has.
        DataError: there is no word, or not one that the model knows.
    """
    check(keyboard, k, rule)
    found, clock, count = list[Offered](), _Clock(), 0
    for words in lines:
        if words:
            count += 1
            found += _typed(keyboard, words, sorted({k, *TABLE}), clock)
    if not found:
        raise DataError("typing: got no word, expected lines with words. Is it the right file?")
    if not any(one.known for one in found):
        raise DataError(
            f"typing: the model knows none of {len(found):,} words. Is it the right file, written as its training text?"
        )
    scores = [*_of_keys(found, k, rule), *_of_starts(found, k)]
    signs = sum(not one.is_word and one.word != UNKNOWN for one in found)
    written = sum(one.word == UNKNOWN for one in found)
    counts = {"words": len(found) - signs - written, "unknown": sum(one.is_word and not one.known for one in found)}
    counts |= {name: count for name, count in (("signs and numbers", signs), ("written <unk>", written)) if count}
    counts |= {"lines": count, "characters": sum(one.characters for one in found)}
    shown = f"{scores[0].value:.1%} of the keystrokes saved"
    return Measured(Evaluation(scores, counts, shown, [_table(found)]), clock.milliseconds)


def check(keyboard: Keyboard, k: int, rule: str = "A") -> None:
    """Refuse to count by no rule, and to show no words or more than there are.

    Raises:
        ConfigError: so it is.
    """
    if rule not in RULES:
        *some, last = RULES
        raise ConfigError(f"rule (--typing): got {rule!r}, expected {', '.join(some)} or {last}.")
    if not isinstance(k, int) or isinstance(k, bool) or not 1 <= k <= keyboard.most:
        raise ConfigError(
            f"k (--k): got {k!r}, expected a whole number from 1 to {keyboard.most:,}, the words that the model can "
            "suggest."
        )


class _Clock:
    """How long suggesting takes."""

    def __init__(self) -> None:
        self.seconds, self.keys = 0.0, 0

    @property
    def milliseconds(self) -> float:
        return 1e3 * self.seconds / max(1, self.keys)


def _typed(keyboard: Keyboard, words: Sequence[str], shown: Sequence[int], clock: _Clock) -> Iterator[Offered]:
    """Yield when each word of a line was suggested.

    Args:
        keyboard: suggests.
        words: of the line.
        shown: for how many suggestions that is to be known.
        clock: is told how long it took.
    """
    context = keyboard.begin()
    for number, word in enumerate(words):
        known, last, folded = keyboard.knows(word), number == len(words) - 1, word.casefold()
        lists = _lists(keyboard, context, word, shown[-1], clock) if known else []
        places = [found.index(folded) + 1 if folded in found else 0 for found in lists]
        places += [1] * (len(word) - len(places)) if known else []
        once = {k: _once(lists, folded, k) for k in shown}
        yield Offered(word, last, known, is_word(word), places, once)
        if not last:
            began = time.perf_counter()
            context = keyboard.after(context, word)
            clock.seconds += time.perf_counter() - began


def _lists(keyboard: Keyboard, context: Any, word: str, shown: int, clock: _Clock) -> list[list[str]]:
    """Return what is suggested after 0, 1, ... letters of a word, up to where the word comes first.

    More letters never move it down. Each list is long enough for whoever is never shown a word twice.
    """
    lists: list[list[str]] = []
    for letters in range(len(word)):
        began = time.perf_counter()
        wanted = min(keyboard.most, max(LISTED, shown * (letters + 1)))
        lists.append([one.word.casefold() for one in keyboard.suggestions(context, word[:letters], wanted)])
        clock.seconds, clock.keys = clock.seconds + time.perf_counter() - began, clock.keys + 1
        if lists[-1][:1] == [word.casefold()]:
            break
    return lists


def _once(lists: Sequence[Sequence[str]], word: str, k: int) -> int | None:
    """Return after how many letters a word is suggested, where nothing is suggested twice; None where it never is."""
    passed: set[str] = set()
    for letters, found in enumerate(lists):
        left = [one for one in found if one not in passed][:k]
        if word in left:
            return letters
        passed.update(left)
    return None


def _of_keys(found: Sequence[Offered], k: int, rule: str) -> list[Score]:
    """Return the scores of the keys that a text takes."""
    pressed: Seen = {Keystrokes: (_pressed(found, RULES[rule], k), tuple)}
    return scored(KEYS, pressed, rule=rule, k=k, how=_HOW).scores


def _of_starts(found: Sequence[Offered], k: int) -> list[Score]:
    """Return the scores of what is suggested before the first letter of each word: of one, of k, of ten."""
    places = np.array([one.places[0] if one.places else 0 for one in found if one.is_word], np.int64)
    scores = []
    for shown in dict.fromkeys((1, k)):
        matches = Matches(int(((places > 0) & (places <= shown)).sum()), len(places))
        [recall] = scored(RECALL, {Matches: (matches, tuple)}, k=shown, how=_HOW).scores
        scores.append(replace(recall, name=f"top_{shown}_recall"))
    ranked = Ranked(np.where(places <= LISTED, places, 0).tolist())
    return [*scores, *scored(RANK, {Ranked: (ranked, tuple)}, listed=LISTED, how=_HOW).scores]


def _pressed(found: Sequence[Offered], rule: Rule, k: int) -> Keystrokes:
    """Return the keys of a text and its characters."""
    return Keystrokes(sum(one.keys(rule, k) for one in found), sum(one.characters for one in found))


def _table(found: Sequence[Offered]) -> Detail:
    """Return what every rule saves, with few suggestions and more."""
    saved = KeystrokesSaved()
    rows: list[list[str | float]] = [
        [f"{name}: {rule.said}", *(saved.value(saved.statistics(_pressed(found, rule, k))) for k in TABLE)]
        for name, rule in RULES.items()
    ]
    return Detail("keystrokes saved, by how keys are counted", ["", *(f"k = {k}" for k in TABLE)], rows)
