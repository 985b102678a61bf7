"""How much of a training step of the tagger is its CRF: 32 sentences of 40 words, 17 tags.

    python benchmarks/crf_share.py --threads 2

A step is loss, gradient, clipping and update. The same step with a softmax in place of the CRF is timed in turn; the
difference is what the CRF costs.
"""

import argparse
import statistics
import time

import numpy as np
import torch

from elman.data.outlines import Classes, Tokens
from elman.data.records import Batch, Padded
from elman.layers.initialization import initialize
from elman.models.rnn_tagger import RnnTagger
from elman.moment import Moment, Noise
from elman.runs.configuration import TrainingConfig
from elman.training.optimizers import Optimizer, clip_by_global_norm

ROWS, WORDS, TAGS = 32, 40, 17


def step_of(head: str, hidden: int):
    words = Tokens([str(number) for number in range(20000)], parts={"characters": 80, "shapes": 6})
    tags = Classes([str(number) for number in range(TAGS)])
    config = RnnTagger.Config(head=head, hidden_size=hidden, dropout=0.5)
    network = RnnTagger(config, {"words": words}, {"tags": tags})
    initialize(network, 1)
    draw = np.random.default_rng(1)
    forms = draw.integers(0, 500, (ROWS, WORDS))
    lengths = draw.integers(2, 12, 500)
    characters = draw.integers(1, 80, (500, lengths.max()))
    whole = np.full(ROWS, WORDS)
    given = {"words": draw.integers(0, 20000, (ROWS, WORDS)), "words.forms": forms}
    given |= {"tags": draw.integers(0, TAGS, (ROWS, WORDS))}
    fields = {name: Padded(values, whole) for name, values in given.items()}
    tables = {"characters": Padded(characters, lengths), "shapes": Padded(np.zeros((500, 1), np.int64))}
    batch, training = Batch(ROWS, fields, tables), TrainingConfig()
    optimizer = Optimizer(training, network)

    def step(number: int) -> float:
        start = time.perf_counter()
        found = network.loss(batch, network.initial_state(ROWS), Moment(Noise(1, number)))
        optimizer.zero_grad()
        (sum(loss.nats for loss in found.heads.values()) / (ROWS * WORDS)).backward()
        clip_by_global_norm(network.parameters(), 1.0)
        optimizer.step(0.001)
        return time.perf_counter() - start

    return step


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=40)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    for hidden in (128, 256):
        steps = {head: step_of(head, hidden) for head in ("crf", "softmax")}
        times: dict[str, list[float]] = {head: [] for head in steps}
        for number in range(given.rounds):
            for head, step in steps.items():
                times[head].append(step(number))
        crf, plain = (1000 * statistics.median(times[head][5:]) for head in ("crf", "softmax"))
        print(
            f"LSTM {hidden}: {crf:.1f} ms a step, {plain:.1f} ms with a softmax: the CRF is {(crf - plain) / crf:.1%}"
        )


if __name__ == "__main__":
    main()
