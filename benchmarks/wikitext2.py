"""Word language models: elman against plain PyTorch at its best, in turn, on the same text.

    python benchmarks/wikitext2.py wiki.train.tokens wiki.valid.tokens --rounds 5

The network is the same: embedding 200, LSTM 2x200, batch 20, BPTT 35, SGD with clipping at 0.25, no dropout. Plain
PyTorch has nn.LSTM, nn.AdaptiveLogSoftmaxWithLoss with cutoffs 2,000 and 10,000, and a sparse embedding; it cannot clip
sparse gradients, so it clips the others only, which is less work. elman is measured with those cutoffs and with the
ones it takes by itself. Speeds are medians over updates. With --epochs the two are trained for so many epochs instead
and their validation perplexities compared.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import torch
from torch import nn

BATCH, BPTT, SIZE, RATE, CLIP = 20, 35, 200, 20.0, 0.25


class Plain(nn.Module):
    """What a careful PyTorch user writes."""

    def __init__(self, vocabulary: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, SIZE, sparse=True)
        nn.init.uniform_(self.embedding.weight, -0.1, 0.1)
        self.lstm = nn.LSTM(SIZE, SIZE, 2)
        self.head = nn.AdaptiveLogSoftmaxWithLoss(SIZE, vocabulary, [2000, 10000])


def read(path: Path, ids: dict[str, int] | None) -> tuple[torch.Tensor, dict[str, int]]:
    words = path.read_text(encoding="utf-8").replace("\n", " <eos> ").split()
    if ids is None:
        ids = {word: number for number, (word, _) in enumerate(Counter(words).most_common())}
    return torch.tensor([ids.get(word, ids["<unk>"]) for word in words]), ids


def plain_steps(model: Plain, data: torch.Tensor, steps: int | None, rates: list[float]) -> float:
    """Make updates, `steps` or as many epochs as there are rates; return words a second."""
    dense = [*model.lstm.parameters(), *model.head.parameters()]
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE)
    length = len(data) // BATCH
    streams = data[: length * BATCH].view(BATCH, length).t()
    speeds, start = [], time.perf_counter()
    for rate in rates:
        optimizer.param_groups[0]["lr"] = rate
        state = None
        for place in range(0, length - 1, BPTT):
            inputs, targets = streams[place : place + BPTT], streams[place + 1 : place + 1 + BPTT]
            inputs = inputs[: len(targets)]
            optimizer.zero_grad()
            hidden, state = model.lstm(model.embedding(inputs), state)
            state = tuple(part.detach() for part in state)
            model.head(hidden.flatten(0, 1), targets.flatten()).loss.backward()
            nn.utils.clip_grad_norm_(dense, CLIP)
            optimizer.step()
            now = time.perf_counter()
            speeds.append(targets.numel() / (now - start))
            start = now
            if steps is not None and len(speeds) == steps:
                return statistics.median(speeds)
    return statistics.median(speeds)


@torch.no_grad()
def plain_perplexity(model: Plain, data: torch.Tensor) -> float:
    total, state = 0.0, None
    inputs, targets = data[:-1, None], data[1:]
    for place in range(0, len(targets), 1000):
        hidden, state = model.lstm(model.embedding(inputs[place : place + 1000]), state)
        output, _ = model.head(hidden.flatten(0, 1), targets[place : place + 1000])
        total -= float(output.sum())
    return float(torch.tensor(total / len(targets)).exp())


def ours(train: Path, valid: Path, settings: dict[str, str]) -> tuple[float, float, float]:
    """Train in a process of its own; return words a second, validation perplexity, and its memory in MB."""
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        pairs = {
            "task.level": "word", "task.bptt": str(BPTT), "model.num_layers": "2", "model.hidden_size": str(SIZE),
            "model.embedding_size": str(SIZE), "model.dropout": "0.0", "model.head": "adaptive_softmax",
            "training.optimizer": "sgd", "training.learning_rate": str(RATE), "training.clip_norm": str(CLIP),
            "training.batch_size": str(BATCH), "training.log_every": "5", **settings,
        }  # fmt: skip
        command = [sys.executable, "-m", "elman", "train", "lm", "--train", str(train), "--valid", str(valid)]
        command += ["--out", str(run), *(word for key, value in pairs.items() for word in ("--set", f"{key}={value}"))]
        subprocess.run(command, check=True, capture_output=True)
        events = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    speed = statistics.median(event["tokens_per_second"] for event in events if event["event"] == "train")
    perplexity = [event["scores"]["perplexity"] for event in events if event["event"] == "validation"][-1]
    return speed, perplexity, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("train", type=Path)
    parser.add_argument("valid", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--epochs", type=int, default=0)
    arguments = parser.parse_args()
    torch.set_num_threads(2)
    torch.manual_seed(1)
    same = {"model.head_options": "{cutoffs = [2000, 10000], division = 4}"}
    data, ids = read(arguments.train, None)
    if arguments.epochs:
        rates = [RATE * 0.5 ** max(0, epoch + 1 - arguments.epochs // 2) for epoch in range(arguments.epochs)]
        model = Plain(len(ids))
        speed = plain_steps(model, data, None, rates)
        perplexity = plain_perplexity(model, read(arguments.valid, ids)[0])
        print(f"plain PyTorch     {speed:>8,.0f} words/s   validation perplexity {perplexity:.1f}")
        decay = {"training.schedule": "step", "training.decay_after": str(arguments.epochs // 2)}
        for name, settings in (("elman, same cuts", same), ("elman", {})):
            options = {**settings, **decay, "training.epochs": str(arguments.epochs)}
            speed, perplexity, memory = ours(arguments.train, arguments.valid, options)
            print(f"{name:17} {speed:>8,.0f} words/s   validation perplexity {perplexity:.1f}   {memory:,.0f} MB")
        return
    found: dict[str, list[float]] = {}
    length = {
        "training.steps": str(arguments.steps),
        "training.schedule": "constant",
        "task.validation_tokens": "1000",
    }
    for _ in range(arguments.rounds):
        found.setdefault("plain PyTorch", []).append(plain_steps(Plain(len(ids)), data, arguments.steps, [RATE]))
        for name, settings in (("elman, same cuts", same), ("elman", {})):
            speed, _, memory = ours(arguments.train, arguments.valid, {**settings, **length})
            found.setdefault(name, []).append(speed)
    base = statistics.median(found["plain PyTorch"])
    for name, speeds in found.items():
        middle = statistics.median(speeds)
        rounds = " ".join(f"{speed:,.0f}" for speed in speeds)
        print(f"{name:17} {middle:>8,.0f} words/s   {middle / base:.2f} x   rounds {rounds}")
    print(f"largest elman process: {memory:,.0f} MB resident")


if __name__ == "__main__":
    main()
