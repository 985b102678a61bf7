"""Text that goes on from text."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np

from elman.decoding.choice import Banned, Choice, check_numbers, likeliest
from elman.decoding.sampling import sample
from elman.decoding.search import Beam, search
from elman.decoding.stepper import Stepper
from elman.text.tokenization import Tokenization

_AS_IT_IS = Choice()
_CELLS = 16384


class Wanted(NamedTuple):
    """What text is wanted.

    Args:
        length: tokens to add.
        choice: how each is drawn.
        seed: of the draws.
        beam: above 0, search for the likeliest text with so many paths instead of drawing.
    """

    length: int
    choice: Choice = _AS_IT_IS
    seed: int = 0
    beam: int = 0


def write(stepper: Stepper, tokens: Tokenization, prompt: str, wanted: Wanted) -> Iterator[str]:
    """Yield a prompt and what follows it, as pieces of text.

    Args:
        stepper: predicts.
        tokens: what it reads and writes.
        prompt: what to go on from; unknown tokens are read as `<unk>`, which is never written.
        wanted: how much, and how.
    """
    words = tokens.tokenizer.split(prompt)
    given = tokens.vocabulary.encode(words)
    found: Iterable[int]
    if wanted.beam:
        most = np.array([len(given) + wanted.length])
        [paths] = search(stepper, [given], most, Beam(wanted.beam, banned=tokens.unknown_ids))
        found = paths[0].ids[len(given) :] if paths else []
    else:
        read = np.concatenate([[stepper.start], given])
        endless = sample(stepper, read, wanted.choice, wanted.seed, Banned(tokens.unknown_ids))
        found = islice(endless, wanted.length)
    return tokens.pieces(words, found)


def likeliest_next(
    stepper: Stepper, tokens: Tokenization, texts: Sequence[str], k: int
) -> Iterator[list[tuple[str, float]]]:
    """Yield the k tokens that are likeliest to follow each text, as they are shown, with their probabilities."""
    for log_probs in next_tokens(stepper, [tokens.prompt(text) for text in texts]):
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
