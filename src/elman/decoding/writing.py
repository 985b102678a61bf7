"""Text that goes on from text."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import islice, takewhile
from operator import ne
from typing import NamedTuple

import numpy as np

from elman.decoding.choice import Banned, Choice, check_numbers, likeliest
from elman.decoding.paths import Hypothesis
from elman.decoding.sampling import sample, samples_in_order
from elman.decoding.search import Beam, search
from elman.decoding.stepper import Stepper
from elman.decoding.until import before
from elman.randomness import seed_of
from elman.text.tokenization import Tokenization

_AS_IT_IS = Choice()
_CELLS = 16384
_AT_ONCE = 256
"""Texts that are drawn side by side."""


class Wanted(NamedTuple):
    """What text is wanted.

    Args:
        length: tokens to add at most.
        choice: how each is drawn.
        seed: of the draws.
        beam: above 0, search for the likeliest text with so many paths instead of drawing.
        stop: the text ends before this one, where that comes first; empty for none.
    """

    length: int
    choice: Choice = _AS_IT_IS
    seed: int = 0
    beam: int = 0
    stop: str = ""


class Written(NamedTuple):
    """A text that was written.

    Args:
        text: prompt and all.
        ended: whether it came to its end, and was not cut at its length.
    """

    text: str
    ended: bool


def write(stepper: Stepper, tokens: Tokenization, prompt: str, wanted: Wanted) -> Iterator[str]:
    """Yield a prompt and what follows it, as pieces of text: up to the end of a row where the stepper has one.

    Args:
        stepper: predicts.
        tokens: what it reads and writes.
        prompt: what to go on from; unknown tokens are read as `<unk>`, which is never written.
        wanted: how much, and how.
    """
    words = tokens.tokenizer.split(prompt)
    given = _row_of(stepper, tokens.vocabulary.encode(words))
    found: Iterable[int]
    if wanted.beam:
        found = [token for path in _searched(stepper, tokens, given, wanted, 1) for token in path.ids[len(given) :]]
    else:
        read = np.concatenate([[stepper.start], given])
        endless = sample(stepper, read, wanted.choice, wanted.seed, Banned(tokens.unknown_ids))
        found = takewhile(partial(ne, stepper.end), islice(endless, wanted.length))
    pieces = tokens.pieces(words, found)
    yield from islice(pieces, len(words))
    yield from before(wanted.stop, pieces) if wanted.stop else pieces


def write_many(stepper: Stepper, tokens: Tokenization, prompt: str, wanted: Wanted, count: int) -> Iterator[Written]:
    """Yield several texts that go on from a prompt, each up to the end of a row where the stepper has one.

    The first is that of `write`. Each comes as soon as it and those before it have ended, and no more than some are
    there at once. Of a search they are the likeliest, best first, and there may be fewer.

    Args:
        stepper: predicts.
        tokens: what it reads and writes.
        prompt: what to go on from.
        wanted: how much, and how.
        count: how many texts.
    """
    words = tokens.tokenizer.split(prompt)
    given = _row_of(stepper, tokens.vocabulary.encode(words))
    if wanted.beam:
        for path in _searched(stepper, tokens, given, wanted, count):
            yield _written(tokens, words, path.ids[len(given) :], path.ended, wanted.stop)
        return
    banned = Banned(tokens.unknown_ids)
    for first in range(0, count, _AT_ONCE):
        numbers = range(first, min(first + _AT_ONCE, count))
        seeds = [seed_of(wanted.seed, "text", number) if number else wanted.seed for number in numbers]
        rows, most = np.zeros(len(seeds), np.int64), np.full(len(seeds), wanted.length)
        for ids in samples_in_order(stepper, rows, wanted.choice, seeds, most, banned, [given] * len(seeds)):
            yield _written(tokens, words, ids, len(ids) < wanted.length, wanted.stop)


def _row_of(stepper: Stepper, ids: np.ndarray) -> np.ndarray:
    """Return what the stepper has to read of a prompt: what stands behind the last end of a row."""
    if stepper.end is None or stepper.end not in ids:
        return ids
    return ids[int(np.flatnonzero(ids == stepper.end)[-1]) + 1 :]


def _searched(
    stepper: Stepper, tokens: Tokenization, given: np.ndarray, wanted: Wanted, count: int
) -> list[Hypothesis]:
    """Return the likeliest paths that go on from what is given."""
    most = np.array([len(given) + wanted.length])
    beam = Beam(max(wanted.beam, count), count, banned=tokens.unknown_ids)
    return search(stepper, [given], most, beam)[0]


def _written(tokens: Tokenization, words: Sequence[str], ids: Sequence[int], ended: bool, stop: str) -> Written:
    pieces = tokens.pieces(words, ids)
    prompt, text = "".join(islice(pieces, len(words))), "".join(pieces)
    place = text.find(stop) if stop else -1
    return Written(prompt + (text if place < 0 else text[:place]), ended or place >= 0)


def likeliest_next(
    stepper: Stepper, tokens: Tokenization, texts: Sequence[str], k: int
) -> Iterator[list[tuple[str, float]]]:
    """Yield the k tokens that are likeliest to follow each text, as they are shown, with their probabilities."""
    prompts = (_row_of(stepper, tokens.encode(text)) for text in texts)
    for log_probs in next_tokens(stepper, [np.concatenate([[stepper.start], prompt]) for prompt in prompts]):
        yield likeliest_tokens(tokens, log_probs, k)


def likeliest_tokens(tokens: Tokenization, log_probs: np.ndarray, k: int) -> list[tuple[str, float]]:
    """Return the k likeliest tokens by their log-probabilities, (V,), as they are shown, with their probabilities.

    Raises:
        TrainingError: what the model predicts are no numbers.
    """
    check_numbers(log_probs.sum(keepdims=True))
    found = likeliest(log_probs[None], k)[0]
    return list(zip(map(tokens.shown, found.tolist()), np.exp(log_probs[found]).tolist(), strict=True))


def next_tokens(stepper: Stepper, prompts: Sequence[np.ndarray]) -> Iterator[np.ndarray]:
    """Yield log p (nats) of every token that may come after each prompt, (V,), in the order of the prompts.

    Args:
        stepper: predicts.
        prompts: ids of each, at least one.
    """
    lengths = np.array([len(prompt) for prompt in prompts], np.int64)
    found: dict[int, np.ndarray] = {}
    order, first, wanted = np.argsort(lengths, kind="stable"), 0, 0
    width = max(stepper.size, int(lengths.max(initial=1)))
    for rows in np.array_split(order, max(1, -(-len(order) * width // (_CELLS * 64)))):
        first += len(rows)
        if not len(rows):
            continue
        ids = np.zeros((len(rows), int(lengths[rows].max())), np.int64)
        for row, number in zip(ids, rows.tolist(), strict=True):
            row[: lengths[number]] = prompts[number]
        state = stepper.read(ids, lengths[rows], stepper.begin(np.arange(len(rows)))).state
        log_probs, _ = stepper.advance(ids[np.arange(len(rows)), lengths[rows] - 1], state)
        found.update(zip(rows.tolist(), log_probs, strict=True))
        while wanted in found:
            yield found.pop(wanted)
            wanted += 1
