"""Tiny Shakespeare, characters: elman against a plain nn.LSTM script, the same minutes each, one after the other.

    python benchmarks/shakespeare.py input.txt --minutes 4.5

First 90 % of the text train, last 10 % validate. Prints nats a character and characters a second.
"""

import argparse
import json
import math
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional


def plain(path: Path, minutes: float) -> tuple[float, float]:
    """Train nn.LSTM 1x256 with Adam 2e-3, batch 50, BPTT 100, cosine; return validation loss and speed."""
    text = path.read_text(encoding="utf-8")
    ids = {character: i for i, character in enumerate(sorted(set(text)))}
    data = torch.tensor([ids[character] for character in text])
    border = int(len(data) * 0.9)
    torch.manual_seed(1)
    embedding, lstm, output = nn.Embedding(len(ids), 256), nn.LSTM(256, 256), nn.Linear(256, len(ids))
    parameters = [*embedding.parameters(), *lstm.parameters(), *output.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=2e-3)

    def streams(part: torch.Tensor, batch: int) -> tuple[torch.Tensor, torch.Tensor]:
        length = (len(part) - 1) // batch
        return (part[: length * batch].view(batch, -1).t(), part[1 : length * batch + 1].view(batch, -1).t())

    inputs, targets = streams(data[:border], 50)
    start, place, tokens, state = time.perf_counter(), 0, 0, None
    while (share := (time.perf_counter() - start) / (60 * minutes)) < 1:
        if place + 100 > len(inputs):
            place, state = 0, None
        hidden, state = lstm(embedding(inputs[place : place + 100]), state)
        state = tuple(part.detach() for part in state)
        logits = output(hidden)
        loss = functional.cross_entropy(logits.flatten(0, 1), targets[place : place + 100].flatten())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        for group in optimizer.param_groups:
            group["lr"] = 2e-3 * 0.5 * (1 + math.cos(math.pi * share))
        optimizer.step()
        place, tokens = place + 100, tokens + 5000
    speed = tokens / (time.perf_counter() - start)
    inputs, targets = streams(data[border:], 1)
    with torch.no_grad():
        hidden, _ = lstm(embedding(inputs))
        loss = functional.cross_entropy(output(hidden).flatten(0, 1), targets.flatten())
    return loss.item(), speed


def ours(path: Path, minutes: float) -> tuple[float, float, float]:
    """Run `elman train lm FILE --minutes M`; return validation loss, speed, and the minutes it took as a command."""
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        command = [
            sys.executable,
            "-m",
            "elman",
            "train",
            "lm",
            str(path),
            "--minutes",
            str(minutes),
            "--out",
            str(run),
        ]
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        took = (time.perf_counter() - start) / 60
        events = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    best = min(event["value"] for event in events if event["event"] == "validation")
    speeds = sorted(event["tokens_per_second"] for event in events if event["event"] == "train")
    return best, speeds[len(speeds) // 2], took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--minutes", type=float, default=4.5)
    arguments = parser.parse_args()
    torch.set_num_threads(2)
    loss, speed, took = ours(arguments.file, arguments.minutes)
    print(f"elman train lm   {loss:.4f} nats/character   {speed:>9,.0f} characters/s   {took:.1f} min as a command")
    loss, speed = plain(arguments.file, arguments.minutes)
    print(f"plain nn.LSTM    {loss:.4f} nats/character   {speed:>9,.0f} characters/s")


if __name__ == "__main__":
    main()
