"""LSTM against GRU against the simple recurrent network, at equal weights and at equal time.

    python benchmarks/cells.py characters.txt --level character --steps 2000 --minutes 1.5
    python benchmarks/cells.py --train train.txt --valid valid.txt --level word --steps 1500 --minutes 1.5

One layer of each, with as many units as give every model the same number of weights as an LSTM of 256. First all make
the same number of updates, then all train for the same minutes (the rate falls to 0 within each). Prints a table.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from elman.data.outlines import Tokens
from elman.models.rnn_lm import RnnLM

CELLS = ("lstm", "gru", "elman")
UNITS, EMBEDDING = 256, 128


class Found(NamedTuple):
    """What one training gave."""

    nats: float
    speed: float
    steps: int


def units_for(cell: str, head: str, vocabulary: int) -> int:
    """Return the units with which a model of this cell has as many weights as the LSTM."""

    def weights(kind: str, units: int) -> int:
        options = {"cell": kind, "hidden_size": units, "embedding_size": EMBEDDING, "head": head}
        tokens = Tokens([str(number) for number in range(vocabulary)])
        return RnnLM(RnnLM.Config(**options), {"tokens": tokens}, {"next_token": tokens}).num_weights()

    wanted = weights("lstm", UNITS)
    return min(range(UNITS, 3 * UNITS, 4), key=lambda units: abs(weights(cell, units) - wanted))


def train(files: list[str], settings: dict[str, Any]) -> Found:
    """Train in a process of its own and return the best validation loss, the speed, and the updates."""
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        command = [sys.executable, "-m", "elman", "train", "lm", *files, "--out", str(run)]
        command += [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
        subprocess.run(command, check=True, capture_output=True)
        events = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    speeds = [event["tokens_per_second"] for event in events if event["event"] == "train"]
    best = min(event["value"] for event in events if event["event"] == "validation")
    return Found(best, statistics.median(speeds), events[-1]["step"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", nargs="?")
    parser.add_argument("--train")
    parser.add_argument("--valid")
    parser.add_argument("--level", required=True)
    parser.add_argument("--vocabulary", type=int, default=66, help="types of the text, to count weights")
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--minutes", type=float, required=True)
    arguments = parser.parse_args()
    files = [arguments.file] if arguments.file else ["--train", arguments.train, "--valid", arguments.valid]
    head = "adaptive_softmax" if arguments.level == "word" else "softmax"
    print(f"{'cell':6} {'units':>5}   {'same updates':>18} {'tokens/s':>9}   {'same minutes':>18} {'updates':>8}")
    for cell in CELLS:
        settings = {
            "task.level": arguments.level,
            "task.validation_tokens": 100_000,
            "model.cell": cell,
            "model.hidden_size": units_for(cell, head, arguments.vocabulary),
            "model.embedding_size": EMBEDDING,
            "model.head": head,
            "training.learning_rate": 0.002,
            "training.lazy_rows": "true",
        }
        equal = train(files, {**settings, "training.steps": arguments.steps})
        timed = train(files, {**settings, "training.minutes": arguments.minutes})
        print(
            f"{cell:6} {settings['model.hidden_size']:>5}   {equal.nats:>10.4f} nats {equal.speed:>12,.0f}   "
            f"{timed.nats:>10.4f} nats {timed.steps:>10,}",
            flush=True,
        )


if __name__ == "__main__":
    main()
