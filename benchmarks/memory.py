"""What a training says beforehand of the memory that it takes, beside what it takes: one process for each shape.

    python benchmarks/memory.py            # all; or some by their names

The peak is the most that the process had in memory at once, as the system counts it, all of it: Python, torch, the
data, the report. Data are drawn, by Zipf's law; each training makes two updates, and validates.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

STEPS = ("--steps", "2")


def words(count: int, vocabulary: int, seed: int = 1) -> list[str]:
    """Return so many words of so many different ones."""
    draw = np.random.default_rng(seed)
    shares = 1 / np.arange(1, vocabulary + 1)
    ids = np.concatenate([np.arange(vocabulary), draw.choice(vocabulary, count, p=shares / shares.sum())])[-count:]
    return [f"w{number:x}" for number in ids.tolist()]


def cut(stream: list[str], length: int) -> Iterator[list[str]]:
    """Yield texts of so many words."""
    for first in range(0, len(stream), length):
        yield stream[first : first + length]


def running(count: int, vocabulary: int) -> str:
    """Return running text in lines of twenty words."""
    return "\n".join(" ".join(line) for line in cut(words(count, vocabulary), 20))


def tagged(count: int, length: int) -> str:
    """Return sentences of so many words, a tag for each."""
    return "\n\n".join("\n".join(f"{w} T{len(w)}" for w in line) for line in cut(words(count, 20_000), length))


def labeled(count: int, length: int, labels: int) -> str:
    """Return texts of so many words with a label each."""
    lines = cut(words(count * length, 30_000), length)
    return "label\ttext\n" + "\n".join(f"L{row % labels}\t{' '.join(line)}" for row, line in enumerate(lines))


def paired(count: int, length: int) -> str:
    """Return pairs of texts of so many words with a label each."""
    lines = [" ".join(line) for line in cut(words(2 * count * length, 20_000), length)]
    rows = zip(lines[::2], lines[1::2], strict=True)
    return "first\tsecond\tlabel\n" + "\n".join(f"{a}\t{b}\tL{row % 3}" for row, (a, b) in enumerate(rows))


def written(count: int, length: int) -> str:
    """Return sources and targets of so many words."""
    lines = [" ".join(line) for line in cut(words(count * length, 8_000), length)]
    return "source\ttarget\n" + "\n".join(f"{line}\t{line.upper()}" for line in lines)


SHAPES: dict[str, tuple[str, Callable[[], str], tuple[str, ...]]] = {
    "lm, characters": ("lm", lambda: running(100_000, 5_000), ("--level", "character", *STEPS)),
    "lm, characters, LSTM 2x512, 64x128": (
        "lm",
        lambda: running(300_000, 5_000),
        (
            "--level",
            "character",
            "--hidden",
            "512",
            "--layers",
            "2",
            "--batch-size",
            "64",
            "--set",
            "task.bptt=128",
            *STEPS,
        ),
    ),
    "lm, words, GRU 256": ("lm", lambda: running(200_000, 10_000), ("--level", "word", "--cell", "gru", *STEPS)),
    "lm, 100,000 words, LSTM 256, adam": (
        "lm",
        lambda: running(400_000, 100_000),
        ("--level", "word", "--hidden", "256", "--set", "training.optimizer=adam", *STEPS),
    ),
    "lm, words, a cell in Python": (
        "lm",
        lambda: running(100_000, 5_000),
        ("--level", "word", "--cell", "mgu", "--batch-size", "64", *STEPS),
    ),
    "lm, words, layers of 1,024, parts": (
        "lm",
        lambda: running(200_000, 5_000),
        ("--level", "word", "--hidden", "1024", "--batch-size", "64", "--set", "training.parts=4", *STEPS),
    ),
    "tag, 20 words": ("tag", lambda: tagged(60_000, 20), STEPS),
    "tag, 1,000 words, batches of 64": ("tag", lambda: tagged(200_000, 1_000), ("--batch-size", "64", *STEPS)),
    "classify, 20 words": ("classify", lambda: labeled(5_000, 20, 5), STEPS),
    "classify, 2,000 words, batches of 64": (
        "classify",
        lambda: labeled(300, 2_000, 5),
        ("--batch-size", "64", *STEPS),
    ),
    "classify, 20,000 labels": ("classify", lambda: labeled(40_000, 5, 20_000), STEPS),
    "pair, attention, 100 words": ("pair", lambda: paired(1_500, 100), ("--batch-size", "128", *STEPS)),
    "seq2seq, 30 words": (
        "seq2seq",
        lambda: written(3_000, 30),
        ("--set", "task.level=word", "--batch-size", "64", *STEPS),
    ),
    "classify, linear": ("classify", lambda: labeled(10_000, 20, 20), ("--model", "linear")),
    "lm, 5-grams": ("lm", lambda: running(1_000_000, 50_000), ("--model", "ngram", "--level", "word")),
    "embed, 200,000 words, subwords": (
        "embed",
        lambda: running(2_000_000, 200_000),
        ("--set", "task.min_count=1", "--set", "model.subwords=[3,6]", *STEPS),
    ),
    "embed, 200,000 words, tree": (
        "embed",
        lambda: running(2_000_000, 200_000),
        ("--set", "task.min_count=1", "--set", "model.loss=hierarchical_softmax", *STEPS),
    ),
    "embed": ("embed", lambda: running(500_000, 50_000), STEPS),
}

CHILD = """
import re, sys
from elman.cli.main import main
code = main(sys.argv[1:])
print("PEAK", re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read())[1], code)
"""


def measured(task: str, text: str, options: tuple[str, ...], folder: Path) -> tuple[float, float]:
    """Return what a training said of its memory, and what it took, in MB; 0 where it said nothing."""
    file, out = folder / "train.txt", folder / "run"
    file.write_text(text)
    threads = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS"), "2")
    command = [sys.executable, "-c", CHILD, "train", task, str(file), *options, "--out", str(out)]
    found = subprocess.run(command, capture_output=True, text=True, env=os.environ | threads, check=False)
    peak = re.search(r"^PEAK (\d+) 0$", found.stdout, re.MULTILINE)
    if peak is None:
        raise SystemExit(f"{' '.join(command[3:])}\n{found.stdout[-500:]}\n{found.stderr[-2000:]}")
    number = re.search(r"^memory +about ([\d,.]+) (MB|GB)", found.stdout + found.stderr, re.MULTILINE)
    estimate = float(number[1].replace(",", "")) * (1 if number[2] == "MB" else 1000) if number else 0.0
    return estimate, int(peak[1]) * 1024 / 1e6


def main() -> None:
    """Print the table."""
    wanted = sys.argv[1:] or list(SHAPES)
    print("| training | said beforehand | taken | said / taken |\n|---|---|---|---|")
    for name in wanted:
        task, text, options = SHAPES[name]
        with tempfile.TemporaryDirectory() as folder:
            said, taken = measured(task, text(), options, Path(folder))
        shown = f"{said:,.0f} MB | {taken:,.0f} MB | {said / taken:.2f}" if said else f"nothing | {taken:,.0f} MB |"
        print(f"| {name} | {shown} |", flush=True)


if __name__ == "__main__":
    main()
