"""How likely a model of tokens thinks a text is, as a running text or line by line."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from elman.data.batching import EvaluationStreams
from elman.data.bucketing import buckets
from elman.data.corpus import Corpus, Read
from elman.data.marks import counts_of
from elman.decoding.stepper import Stepper
from elman.evaluation.base import Evaluation, Told, scored
from elman.metrics.base import Likelihood, Score
from elman.text.vocabulary import Vocabulary

SCORES: Mapping[str, Told] = {
    "cross_entropy": Told(Likelihood, "nats/{unit}", "{how}"),
    "perplexity": Told(Likelihood, "per {unit}", "{how}"),
    "bits_per_character": Told(Likelihood, "bits/character", "{how}"),
}
"""The scores of a text; none a character where those are not counted."""

_BY_CHARACTER = "bits_per_character"
_HASH = 8
"""Digits of a vocabulary's hash in signatures."""
STREAMS = 64
CELLS = 16384
"""Tokens that are read at once, padding included."""


def read_text(stepper: Stepper, corpus: Corpus, streams: int = STREAMS, keep: Sequence[str] = ()) -> Iterator[Read]:
    """Yield what a model gives to the tokens of a text, each once: in batches of streams, or of lines.

    Args:
        stepper: the model.
        corpus: the text.
        streams: of a running text, read side by side, at most.
        keep: names of what is wanted besides.
    """
    if corpus.store.ends is not None:
        yield from _each_line(stepper, corpus.store.ids, corpus.store.ends, keep)
        return
    batches = EvaluationStreams(corpus.store, stepper.start, streams)
    state = stepper.begin(np.arange(batches.streams))
    for index, batch in enumerate(batches):
        inputs, targets = batch.fields["tokens"], batch.fields["next_token"]
        ids = np.concatenate([inputs.values[:, :1], targets.values], axis=1)
        found = stepper.read(ids, inputs.lengths + 1, state, keep)
        state, counted = found.state, batch.fields["next_token.weights"].values
        kept = {name: values[counted] for name, values in found.kept.items()}
        yield Read(batches.places(index)[counted], targets.values[counted], found.nats[counted], kept)


class Lines(NamedTuple):
    """What a model gives to the tokens of lines, one behind the other.

    Args:
        nats: -log p of each token, after those before it in its line.
        orders: the order of the n-gram that gave it; None where there are no n-grams.
    """

    nats: np.ndarray
    orders: np.ndarray | None


def read_lines(stepper: Stepper, ids: np.ndarray, ends: np.ndarray, orders: bool = False) -> Lines:
    """Return what a model gives to the tokens of separate lines, each read from the start of a text.

    Lines of similar length are read side by side, long ones stretch by stretch, where the model does no better.

    Args:
        stepper: the model.
        ids: of all lines, one behind the other.
        ends: where each line ends among them.
        orders: whether those of n-grams are wanted.
    """
    at_once = stepper.read_lines(ids, ends)
    if at_once is not None:
        return Lines(at_once.nats, at_once.kept.get("orders") if orders else None)
    nats, found = np.zeros(len(ids)), np.zeros(len(ids) if orders else 0, np.uint8)
    known = False
    for part in _each_line(stepper, ids, ends, ("orders",) if orders else ()):
        nats[part.places] = part.nll
        if "orders" in part.kept:
            known, found[part.places] = True, part.kept["orders"]
    return Lines(nats, found if known else None)


def how_read(corpus: Corpus, streams: int = STREAMS) -> str:
    """Return what `read_text` does with a text, for a signature."""
    if corpus.store.ends is not None:
        return "lines|state:fresh"
    return f"state:carried|streams:{EvaluationStreams(corpus.store, 0, streams).streams}"


def _each_line(stepper: Stepper, ids: np.ndarray, ends: np.ndarray, keep: Sequence[str]) -> Iterator[Read]:
    """Yield what a model gives to the tokens of separate lines, each read from the start of a text."""
    lengths = np.diff(ends, prepend=0)
    starts = ends - lengths
    for rows in buckets(lengths, max(1, min(len(lengths), CELLS)), CELLS):
        for places, got, kept in _stretches(stepper, ids, starts[rows], lengths[rows], keep):
            real = places >= 0
            where = places[real]
            yield Read(where, ids[where], got[real], {name: values[real] for name, values in kept.items()})


def _stretches(
    stepper: Stepper, ids: np.ndarray, starts: np.ndarray, lengths: np.ndarray, keep: Sequence[str]
) -> Iterator[tuple[np.ndarray, np.ndarray, Mapping[str, np.ndarray]]]:
    """Yield where the tokens of a stretch of some lines stand, (R, T), -1 in padding, and what they got."""
    state = stepper.begin(np.arange(len(starts)))
    pending = np.full(len(starts), stepper.start, np.int64)
    stretch = max(1, CELLS // len(starts))
    for first in range(0, int(lengths.max(initial=0)), stretch):
        steps = np.arange(first, min(first + stretch, int(lengths.max())))
        places = np.where(steps < lengths[:, None], starts[:, None] + steps, -1)
        real = (places >= 0).sum(1)
        text = np.column_stack([pending, ids[places]])
        found = stepper.read(text, real + 1, state, keep)
        state, pending = found.state, text[np.arange(len(text)), real]
        yield places, found.nats, found.kept


class LikelihoodVerdict(NamedTuple):
    """What a text says of a model of its tokens.

    Args:
        level: what a token is, for signatures.
        unit: one token, in the singular.
        vocabulary: the tokens; what stands for all that they lack costs less the fewer they are, so that scores of a
            token are signed with how many there are and a hash of them, and scores of a character are not.
    """

    level: str
    unit: str
    vocabulary: Vocabulary

    def evaluate(self, stepper: Stepper, corpus: Corpus) -> Evaluation:
        """Return the scores of a model on a text, running or of lines."""
        return self.of(read_text(stepper, corpus), corpus, how_read(corpus))

    def of(self, nats: Iterable[Read], corpus: Corpus, how: str) -> Evaluation:
        """Return the scores of a text that was read, with the unknown tokens and without them.

        Args:
            nats: what its tokens got.
            corpus: the text.
            how: what the numbers depend on besides text and model, for the signature.
        """
        total, known = np.zeros(2), np.zeros(2)
        for part in nats:
            familiar = part.tokens != self.vocabulary.unknown_id
            total += part.nll.sum(), len(part.nll)
            known += part.nll[familiar].sum(), familiar.sum()
        whole = Likelihood(total[0], int(total[1]), corpus.characters)
        scores = self._scores(whole, f"eos:counted|unknown:in|{how}")
        if known[1]:
            scores += self._scores(Likelihood(known[0], int(known[1])), f"eos:counted|unknown:out|{how}")
        counts = {"tokens": int(total[1]), "unknown": int(total[1] - known[1])}
        counts["sentences" if corpus.store.ends is None else "lines"] = corpus.lines
        counts |= counts_of(corpus.marks, self.level == "word")
        return Evaluation(scores, counts, self.show(scores[0].value), whole=[whole])

    def show(self, nats: float) -> str:
        """Return nats a character, or a perplexity for words and their parts."""
        if self.unit in ("word", "subword"):
            return f"perplexity {np.exp(nats):.1f}" if nats < 700 else "perplexity infinite"
        return f"{nats:.3f} nats/{self.unit}"

    def _scores(self, likelihood: Likelihood, signature: str) -> list[Score]:
        size, which = len(self.vocabulary), self.vocabulary.fingerprint[:_HASH]
        tokens = f"level:{self.level}|vocabulary:{size}-{which}|{signature}"
        by_token = {name: one for name, one in SCORES.items() if name != _BY_CHARACTER}
        found = scored(by_token, {Likelihood: (likelihood, tuple)}, unit=self.unit, how=tokens).scores
        if likelihood.characters:
            by_character = {_BY_CHARACTER: SCORES[_BY_CHARACTER]}
            how = f"level:{self.level}|{signature}"
            found += scored(by_character, {Likelihood: (likelihood, tuple)}, unit=self.unit, how=how).scores
        return found
