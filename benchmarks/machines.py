"""What machines with a memory learn, from several starts, and what a step of a neural Turing machine costs.

    python benchmarks/machines.py copy --starts 10
    python benchmarks/machines.py recall --starts 3
    python benchmarks/machines.py recall --starts 1 --alone
    python benchmarks/machines.py

Every start trains a recipe of configs/transduce with one thread, and is asked for what is longer than all of training.
`--alone` trains an LSTM of as many weights without a memory, by the same recipe. Without a recipe a step is timed, the
whole way there and back, in compiled code and step by step, in turn; medians.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch

import elman
from elman.cells.lstm import LSTMCell
from elman.config import Settings
from elman.layers.packing import Packing
from elman.layers.unroll import loop, unroll
from elman.machines.ntm import NTM
from elman.metrics.base import Score

RECIPES = Path(__file__).parents[1] / "configs" / "transduce"
SIZES = ((32, 12, 64, 16, 21), (128, 20, 100, 16, 41))
ROUNDS, EACH = 15, 10


class Asked(NamedTuple):
    """What a recipe is trained on, and asked for.

    Args:
        train: options of the source.
        valid: what differs in that of validation.
        tests: what differs in each test, by what it is called.
        slots: places of the memory when it is tested; 0 as in training.
        alone: units of an LSTM of as many weights.
    """

    train: Mapping[str, Any]
    valid: Mapping[str, Any]
    tests: Mapping[str, Mapping[str, Any]]
    slots: int
    alone: int


def _long(count: int, *lengths: int) -> dict[str, Mapping[str, Any]]:
    return {str(one): {"length": [one, one], "count": count} for one in lengths}


def _repeated(count: int, *pairs: tuple[int, int]) -> dict[str, Mapping[str, Any]]:
    return {
        f"{one} x {times}": {"length": [one, one], "repeats": [times, times], "count": count} for one, times in pairs
    }


ASKED = {
    "copy": Asked(
        {"task": "copy", "count": 16_000, "length": [1, 20]},
        {"length": [20, 20], "count": 64},
        _long(64, 20, 40, 60, 100),
        128,
        76,
    ),
    "recall": Asked(
        {"task": "recall", "count": 20_000, "length": [2, 6]},
        {"length": [6, 6], "count": 100},
        _long(100, 6, 10, 15, 20),
        0,
        79,
    ),
    "repeat_copy": Asked(
        {"task": "repeat_copy", "count": 16_000, "length": [1, 10], "repeats": [1, 10], "scale": [1, 10]},
        {"length": [10, 10], "repeats": [10, 10], "count": 64},
        _repeated(64, (10, 10), (12, 10), (15, 10), (20, 10), (10, 12), (10, 15)),
        0,
        76,
    ),
    "brackets": Asked(
        {"task": "dyck", "count": 8000, "length": [2, 50], "depth": [1, 10], "opens": 0.65},
        {"length": [50, 50], "count": 100, "opens": 0.5},
        {
            name: {"length": [length, length], "depth": depth, "count": 200, "opens": 0.5}
            for name, length, depth in (
                ("50", 50, [1, 10]),
                ("100, 11 to 20 deep", 100, [11, 20]),
                ("200, 11 to 20 deep", 200, [11, 20]),
            )
        },
        0,
        20,
    ),
}


def source(folder: Path, name: str, options: Mapping[str, Any]) -> Path:
    """Write a source."""
    path = folder / f"{name}.toml"
    path.write_text("".join(f"{key} = {json.dumps(value)}\n" for key, value in options.items()))
    return path


def settings_of(recipe: str, seed: int, alone: bool) -> dict[str, Any]:
    """Return the settings of a recipe, or those of an LSTM without a memory."""
    tree = Settings.read(RECIPES / f"{recipe}.toml").tree
    every = {f"{part}.{key}": value for part, table in tree.items() for key, value in table.items()}
    del every["task.name"]
    if alone:
        every |= {"model.machine": "none", "model.cell": "lstm", "model.hidden_size": ASKED[recipe].alone}
        for option in ("machine_options", "cell_options"):
            every.pop(f"model.{option}", None)
    return {**every, "training.seed": seed}


def start(recipe: str, folder: Path, seed: int, alone: bool = False) -> str:
    """Train from one start; return its seconds by the clock and of the processor, and how well it did each test."""
    asked = ASKED[recipe]
    began, worked, run = time.perf_counter(), time.process_time(), folder / f"{recipe}{seed}"
    elman.train(
        "transduce",
        source(folder, "train", asked.train),
        valid=str(source(folder, "valid", {**asked.train, **asked.valid, "seed": 2})),
        out=run,
        threads=1,
        settings=settings_of(recipe, seed, alone),
    )
    seconds, worked = time.perf_counter() - began, time.process_time() - worked
    model = elman.load(run, task={"slots": asked.slots} if asked.slots and not alone else None)
    found = []
    for place, (name, options) in enumerate(asked.tests.items()):
        tested = model.evaluate(source(folder, f"asked{place}", {**asked.train, **options, "seed": 3}))
        found.append(f"{name}: {told(tested.scores)}")
    return f"{recipe}, start {seed}: {seconds:.0f} s, {worked:.0f} of the processor; {'; '.join(found)}"


def told(scores: Sequence[Score]) -> str:
    """Return how well a test was done, whichever score chose the weights."""
    values = {one.name: one.value for one in scores}
    return f"{values['wrong_bits']:.2f} bits wrong, {values['accuracy']:.2%} of steps right"


def stepped(slots: int, width: int, hidden: int, batch: int, steps: int) -> None:
    """Print how long a step takes, there and back, in compiled code and step by step."""
    machine = NTM(lambda size: LSTMCell(size, hidden), 9, NTM.Config(slots=slots, slot_size=width))
    x, packing = torch.randn(batch, steps, 9), Packing(batch, steps)
    found: dict[str, list[float]] = {"compiled": [], "loop": []}
    for _ in range(ROUNDS):
        for name, path, times in (("compiled", unroll, EACH), ("loop", loop, 1)):
            for _ in range(times):
                began = time.perf_counter()
                path(machine, packing.pack(x), packing, machine.initial_state(batch)).outputs.sum().backward()
                found[name].append((time.perf_counter() - began) / steps * 1e6)
    compiled, each = (statistics.median(found[name]) for name in ("compiled", "loop"))
    print(
        f"N {slots} W {width} H {hidden} batch {batch}: {compiled:.0f} µs a step, {each:.0f} µs step by step, ", end=""
    )
    print(f"{each / compiled:.1f} times")


def main() -> None:
    """Print one line for each start, or the steps."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("recipe", nargs="?", choices=sorted(ASKED))
    parser.add_argument("--starts", type=int, default=3)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--alone", action="store_true")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    if asked.recipe is None:
        for sizes in SIZES:
            stepped(*sizes)
        return
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(asked.first, asked.first + asked.starts):
            print(start(asked.recipe, Path(folder), seed, asked.alone), flush=True)


if __name__ == "__main__":
    main()
