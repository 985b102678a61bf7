"""Seconds an update of a language model takes with each head for large vocabularies, as ratios to the full softmax.

    python benchmarks/large_vocabularies.py --vocabulary 33278
    python benchmarks/large_vocabularies.py --vocabulary 200000 --rounds 3

An LSTM of 200 units reads 20 streams of 35 words, drawn as 1 / rank; the whole update is timed: forwards, backwards,
clipping and adam, which touches only rows that were looked at (`lazy_rows`). Heads take turns; medians.
"""

import argparse
import statistics
import time

import numpy as np
import torch

from elman.data.outlines import Tokens
from elman.data.records import Batch, Padded
from elman.layers.initialization import initialize
from elman.models.rnn_lm import RnnLM
from elman.models.rnn_maxent import RnnMaxent
from elman.moment import Moment, Noise
from elman.runs.configuration import TrainingConfig
from elman.training.optimizers import Optimizer, clip_by_global_norm

HEADS = {
    "softmax": {},
    "adaptive_softmax": {},
    "class_softmax": {},
    "sampled_softmax": {"samples": 1000},
    "blackout": {"samples": 1000},
    "nce": {"samples": 1000},
    "maxent_softmax": {},  # the model rnn_maxent
}
STREAMS, STEPS, UNITS = 20, 35, 200


class Learner:
    """A model with one head, and updates of it.

    Args:
        head: its name.
        vocabulary: V.
    """

    def __init__(self, head: str, vocabulary: int) -> None:
        counts = np.maximum(2_000_000 // np.arange(1, vocabulary + 1), 1)
        tokens = Tokens([str(number) for number in range(vocabulary)], counts, {"start": 0})
        kind = RnnMaxent if head == "maxent_softmax" else RnnLM
        config = kind.Config(hidden_size=UNITS, embedding_size=UNITS, head=head, head_options=HEADS[head])
        self.model = kind(config, {"tokens": tokens}, {"next_token": tokens})
        initialize(self.model, 0)
        self.optimizer = Optimizer(TrainingConfig(optimizer="adam", lazy_rows=True), self.model)
        self._shares, self._draw, self._step = counts / counts.sum(), np.random.default_rng(0), 0

    def update(self) -> float:
        """Return the seconds of one update."""
        ids = self._draw.choice(len(self._shares), (STREAMS, STEPS + 1), p=self._shares)
        batch = Batch(STREAMS, {"tokens": Padded(ids[:, :-1]), "next_token": Padded(ids[:, 1:])})
        begun = time.perf_counter()
        self.optimizer.zero_grad()
        out = self.model.loss(batch, self.model.initial_state(STREAMS), Moment(Noise(0, self._step)))
        nats, targets = out.heads["next_token"]
        (nats / targets).backward()
        clip_by_global_norm(self.model.parameters(), 1.0)
        self.optimizer.step(0.002)
        self._step += 1
        return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vocabulary", type=int, default=33_278)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    learners = {head: Learner(head, given.vocabulary) for head in HEADS}
    for learner in learners.values():
        learner.update()
    seconds = {head: [] for head in HEADS}
    for _ in range(given.rounds):
        for head, learner in learners.items():
            seconds[head].append(learner.update())
    medians = {head: statistics.median(values) for head, values in seconds.items()}
    print(f"V {given.vocabulary:,}, {given.threads} threads, median of {given.rounds}")
    for head, value in medians.items():
        print(f"{head:<18}{1000 * value:>10.1f} ms an update{medians['softmax'] / value:>9.1f} x")


if __name__ == "__main__":
    main()
