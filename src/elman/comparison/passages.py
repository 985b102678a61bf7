"""Passages of texts, and how likely models with the same tokens find them."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from elman.decoding.choice import check_numbers
from elman.decoding.stepper import Stepper
from elman.errors import ConfigError, DataError
from elman.evaluation.likelihood import read_lines
from elman.inference.predictor import Predictor
from elman.text.tokenization import Tokenization

_WORD = re.compile(r"\S+")
_ROWS = 64


class Read(NamedTuple):
    """Passages as the models read them.

    Args:
        log_probs: log p of the known tokens of each under each model, in nats, (N, A).
        tokens: of each, without the unknown ones, (N,).
        unknown: tokens of each that the vocabulary lacks, (N,).
    """

    log_probs: np.ndarray
    tokens: np.ndarray
    unknown: np.ndarray


def tokens_of(run: Predictor) -> Tokenization:
    """Return the tokens of a language model."""
    found: Tokenization = run.offering("mixture").tokens
    return found


def cut(text: str, words: int, file: str) -> list[tuple[str, int]]:
    """Cut a text into passages and count their words. What is left at the end goes to the last if it is short.

    Raises:
        DataError: there is no word.
    """
    starts = [match.start() for match in _WORD.finditer(text)]
    if not starts:
        raise DataError(f"{file}: has no word, expected a text.")
    cuts = list(range(0, len(starts), words))
    if len(cuts) > 1 and len(starts) - cuts[-1] < (words + 1) // 2:
        cuts.pop()
    borders = [*(starts[cut] for cut in cuts), len(text)]
    counts = np.diff([*cuts, len(starts)]).tolist()
    return [(text[left:right], count) for left, right, count in zip(borders[:-1], borders[1:], counts, strict=True)]


def read(runs: Sequence[Predictor], passages: Sequence[np.ndarray]) -> Read:
    """Return what each model gives to passages in the ids of the first, each read from the start of a text.

        log p_a(passage) = Σ log p_a(w_t | before t) - log(1 - p_a(<unk> | before t)),    w_t known

    Unknown tokens are left out, and known ones count as given that they are known: else the model whose training text
    has more unknown tokens would win by them, or lose by what it keeps for them.

    Raises:
        ConfigError: a model gives nothing to what it never saw.
    """
    first = tokens_of(runs[0]).vocabulary
    ids, ends = np.concatenate(passages), np.cumsum([len(one) for one in passages])
    starts = np.concatenate([[0], ends[:-1]])
    known = np.ones(len(ids), bool) if first.unknown_id is None else ids != first.unknown_id
    nats = []
    for run in runs:
        vocabulary = tokens_of(run).vocabulary
        own = vocabulary.encode(first.tokens)[ids]
        if vocabulary.unknown_id is None:
            found = read_lines(run.ready, own, ends).nats
        else:
            found = np.where(known, _nats_given_known(run.ready, own, ends, vocabulary.unknown_id), 0.0)
        nats.append(np.add.reduceat(found, starts))
    log_probs = -np.stack(nats, axis=1)
    check_numbers(log_probs)
    if impossible := [run for run, column in zip(runs, log_probs.T, strict=True) if not np.isfinite(column).all()]:
        raise ConfigError(
            f"{impossible[0].path}: finds a passage impossible, since it gives nothing to what it never saw. Train it "
            "with a smoothing that does, such as model.smoothing=modified_kneser_ney."
        )
    count = np.add.reduceat(known.astype(np.int64), starts)
    return Read(log_probs, count, np.diff(ends, prepend=0) - count)


def _nats_given_known(stepper: Stepper, ids: np.ndarray, ends: np.ndarray, unknown: int) -> np.ndarray:
    """Return -log p(token | before it, it is known) of each token of separate passages, (T,); inf for unknown ones."""
    nats = np.zeros(len(ids))
    for places, own, other in _walked(stepper, ids, ends, unknown):
        with np.errstate(divide="ignore"):
            spared = np.log(-np.expm1(-other))
        nats[places] = np.where(np.isfinite(own), own + spared, np.inf)
    nats[ids == unknown] = np.inf
    return nats


def _walked(
    stepper: Stepper, ids: np.ndarray, ends: np.ndarray, unknown: int
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Yield places of tokens, -log p of these, and -log p of the unknown token in their stead, each (R,)."""
    lengths = np.diff(ends, prepend=0)
    order = np.argsort(-lengths, kind="stable")
    for rows in np.split(order, range(_ROWS, len(order), _ROWS)):
        starts, left = (ends - lengths)[rows], lengths[rows]
        state, pending = stepper.begin(rows), np.full(len(rows), stepper.start, np.int64)
        for t in range(int(left.max())):
            going = int((left > t).sum())  # the longest stand first
            if going < len(pending):
                state, pending = stepper.select(state, np.arange(going)), pending[:going]
            places = starts[:going] + t
            wanted = np.column_stack([ids[places], np.full(going, unknown)]).ravel()
            found, state = stepper.nats_of(pending, state, np.arange(going).repeat(2), wanted)
            pending = ids[places]
            yield places, found[::2], found[1::2]
