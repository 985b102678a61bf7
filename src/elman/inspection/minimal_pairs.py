"""Pairs of sentences of which one is right: how they are read from a file, and what a language model prefers."""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from elman.data.sources import expand, numbered_lines
from elman.decoding.choice import check_numbers
from elman.decoding.stepper import Stepper
from elman.errors import DataError
from elman.inspection.prefixes import nats_of_sentences
from elman.text.tokenization import Tokenization

_COLUMNS = "right, wrong, before them the name of a set and of a case in it, behind them another wrong one"


class Pair(NamedTuple):
    """Two sentences.

    Args:
        group: the set that they belong to.
        case: which case of the set they are; empty where nobody said.
        right: the sentence that is right.
        wrong: the other one.
    """

    group: str
    case: str
    right: str
    wrong: str


class Preferred(NamedTuple):
    """What a model prefers of a pair; 1 is right, 0 wrong, and a tie .5.

    Args:
        pair: the sentences.
        question: the tokens before those in which they differ, and these in either order: what is decided.
        forms_known: whether the vocabulary has those in which they differ.
        sentence: p(right) > p(wrong) of whole sentences, their ends not counted; NaN where a token is unknown.
        at_the_word: the same of the one token in which they differ, after those before it; NaN where they differ in
            more than one.
    """

    pair: Pair
    question: tuple[tuple[int, ...], frozenset[tuple[int, ...]]]
    forms_known: bool
    sentence: float
    at_the_word: float


def read_pairs(name: str, encoding: str) -> tuple[list[Pair], int]:
    """Return the pairs of a file with tabs between its columns, and how many it has whose sentences are equal.

    Two columns are right and wrong; of three the first is the name of a set; of four the second is that of a case in
    it; of five the last is another wrong sentence, which makes another pair. A file that ends with .gz is unpacked.

    Raises:
        DataError: there is no such file, or a line is none of these.
    """
    (path,) = expand([name])
    pairs, equal = [], 0
    for number, line in numbered_lines(path, encoding):
        if not line.strip():
            continue
        columns = [" ".join(column.split()) for column in line.split("\t")]
        if not 2 <= len(columns) <= 5 or not all(columns):
            got = f"{len(columns)} columns" if all(columns) else "an empty column"
            raise DataError(f"{path}:{number}: got {got}, expected 2 to 5 with tabs between: {_COLUMNS}.")
        first = min(len(columns) - 2, 2)
        group, case = ([*columns[:first], "", ""] if first else [path.name.partition(".")[0], ""])[:2]
        for wrong in columns[first + 1 :]:
            if wrong == columns[first]:
                equal += 1
            else:
                pairs.append(Pair(group, case, columns[first], wrong))
    if not pairs:
        raise DataError(f"{path}: no pair of two different sentences. Expected a line each, with tabs: {_COLUMNS}.")
    return pairs, equal


def preferred(stepper: Stepper, tokens: Tokenization, pairs: Sequence[Pair]) -> Iterator[Preferred]:
    """Yield what a model prefers of each pair; each sentence is read once, and from the start of a text.

    Args:
        stepper: the model.
        tokens: what it reads.
        pairs: of sentences.

    Raises:
        TrainingError: what the model predicts are no numbers.
    """
    texts = list(dict.fromkeys(text for one in pairs for text in one[2:]))
    ids, ends = tokens.lines(texts)
    every = {text: tuple(one[:-1].tolist()) for text, one in zip(texts, np.split(ids, ends[:-1]), strict=True)}
    strange = set(tokens.unknown_ids)
    known = {text for text, one in every.items() if not strange.intersection(one)}
    wanted = [every[text] for one in pairs if known.issuperset(one[2:]) for text in one[2:]]
    nats = _nats(stepper, wanted, tokens.start_id)
    for pair in pairs:
        right, wrong = every[pair.right], every[pair.wrong]
        start, *forms = _differing(right, wrong)
        all_known, whole, at_the_word = known.issuperset(pair[2:]), math.nan, math.nan
        if all_known:
            whole = _prefers(float(nats[right].sum()), float(nats[wrong].sum()))
            place = _only(right, wrong)
            if place is not None:
                at_the_word = _prefers(float(nats[right][place]), float(nats[wrong][place]))
        forms_known = forms[0] != forms[1] and not strange.intersection((*forms[0], *forms[1]))
        yield Preferred(pair, (start, frozenset(forms)), forms_known, whole, at_the_word)


def _nats(stepper: Stepper, sentences: Sequence[tuple[int, ...]], end: int) -> dict[tuple[int, ...], np.ndarray]:
    """Return -log p of the tokens of each sentence, without its end: at once where the model can, as n-grams do."""
    different = list(dict.fromkeys(sentences))
    ids = np.fromiter((id_ for one in different for id_ in (*one, end)), np.int64)
    ends = np.cumsum([len(one) + 1 for one in different], dtype=np.int64)
    at_once = stepper.read_lines(ids, ends) if different else None
    if at_once is None:
        found = nats_of_sentences(stepper, different)
    else:
        found = {one: nats[:-1] for one, nats in zip(different, np.split(at_once.nats, ends[:-1]), strict=True)}
    for nats in found.values():
        check_numbers(nats)
    return found


def _differing(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """Return what two sentences begin with alike, and both without what they begin and end with alike."""
    least = min(len(one), len(other))
    first = next((at for at in range(least) if one[at] != other[at]), least)
    last = next((at for at in range(least - first) if one[-1 - at] != other[-1 - at]), least - first)
    return one[:first], one[first : len(one) - last], other[first : len(other) - last]


def _only(one: Sequence[int], other: Sequence[int]) -> int | None:
    """Return the one place at which two sentences differ; None where there are more, or their lengths differ."""
    if len(one) != len(other):
        return None
    places = [at for at, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    return places[0] if len(places) == 1 else None


def _prefers(right: float, wrong: float) -> float:
    """Return 1 where the right one costs less, .5 where both cost the same."""
    return float(right < wrong) + 0.5 * (right == wrong)
