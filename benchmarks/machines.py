"""What a neural Turing machine learns of copies, from several starts, and what a step of it costs in compiled code.

    python benchmarks/machines.py --starts 10 --steps 1000
    python benchmarks/machines.py --starts 0

Every start trains the recipe configs/transduce/copy.toml on copies of 1 to 20 vectors, with one thread, and is asked
for copies of 20, 40, 60 and 100 with 128 places. Steps are timed in turn, the whole way there and back; medians.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import torch

import elman
from elman.cells.lstm import LSTMCell
from elman.config import Settings
from elman.layers.packing import Packing
from elman.layers.unroll import loop, unroll
from elman.machines.ntm import NTM

RECIPE = Path(__file__).parents[1] / "configs" / "transduce" / "copy.toml"
LENGTHS = (20, 40, 60, 100)
SIZES = ((32, 12, 64, 16, 21), (128, 20, 100, 16, 41))
ROUNDS, EACH = 15, 10


def source(folder: Path, name: str, count: int, length: tuple[int, int], seed: int) -> Path:
    """Write a source of copies."""
    path = folder / f"{name}.toml"
    path.write_text(f'task = "copy"\ncount = {count}\nlength = [{length[0]}, {length[1]}]\nseed = {seed}\n')
    return path


def start(folder: Path, seed: int, steps: int) -> tuple[float, list[float]]:
    """Train from one start; return its seconds, and the wrong bits of copies of each length."""
    tree = Settings.read(RECIPE).tree
    settings = {f"{part}.{key}": value for part, table in tree.items() for key, value in table.items() if key != "name"}
    settings |= {"training.seed": seed, "training.steps": steps}
    began = time.perf_counter()
    elman.train(
        "transduce",
        source(folder, "train", 16_000, (1, 20), 1),
        valid=str(source(folder, "valid", 64, (20, 20), 2)),
        out=folder / f"run{seed}",
        threads=1,
        settings=settings,
    )
    seconds = time.perf_counter() - began
    model = elman.load(folder / f"run{seed}", task={"slots": 128})
    asked = [source(folder, f"asked{length}", 64, (length, length), 3) for length in LENGTHS]
    return seconds, [model.evaluate(path).scores[0].value for path in asked]


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
    """Print one line for each start, then the steps."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--starts", type=int, default=10)
    parser.add_argument("--steps", type=int, default=1000)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(1, asked.starts + 1):
            seconds, wrong = start(Path(folder), seed, asked.steps)
            told = ", ".join(f"{length}: {one:.2f}" for length, one in zip(LENGTHS, wrong, strict=True))
            print(f"seed {seed}: {seconds:.0f} s; wrong bits a sequence of {told}", flush=True)
    for sizes in SIZES:
        stepped(*sizes)


if __name__ == "__main__":
    main()
