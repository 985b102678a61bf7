"""bAbI: several starts of one recipe, of which the one with the least error in training is reported, never in test.

    python benchmarks/babi.py FOLDER --starts 10 --out runs/babi

FOLDER has qa1_*_train.txt to qa20_*_test.txt, as they come. With --alone each task is learned by itself, with the
options of the recipe. What is there already is not trained again.
"""

import argparse
import tomllib
from collections.abc import Sequence
from pathlib import Path

import elman
from elman.evaluation.base import Evaluation

RECIPE = Path(__file__).parent.parent / "configs" / "memory" / "babi.toml"


def settings(alone: bool, steps: int | None) -> dict[str, object]:
    """Return what the recipe says; of one task a validation is one a pass, and fewer steps replace its length."""
    sections = tomllib.loads(RECIPE.read_text(encoding="utf-8"))
    found = {f"{name}.{key}": value for name, section in sections.items() for key, value in section.items()}
    if alone or steps:
        del found["training.validate_every"]
    if steps:
        del found["training.epochs"]
        found["training.steps"] = steps
    return found


def start(train: Sequence[Path], seed: int, out: Path, options: dict[str, object]) -> Path:
    """Return the run of one start."""
    if not (out / "model.safetensors").exists():
        elman.train("memory", [str(path) for path in train], seed=seed, out=out, settings=options)
    return out


def error(found: Evaluation) -> float:
    return next(score.value for score in found.scores if score.name == "mean_error")


def best(train: Sequence[Path], test: Sequence[Path], out: Path, starts: int, options: dict[str, object]) -> Evaluation:
    """Print what each start reaches in training, and return what the best of them is worth in test."""
    runs = [start(train, seed, out / f"seed{seed}", options) for seed in range(1, starts + 1)]
    errors = []
    for run in runs:
        errors.append(error(elman.load(run).evaluate([str(path) for path in train])))
        print(f"{run}: training error {errors[-1]:.4f}", flush=True)
    return elman.load(runs[errors.index(min(errors))]).evaluate([str(path) for path in test])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--starts", type=int, default=10)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--alone", action="store_true")
    parser.add_argument("--out", type=Path, default=Path("runs/babi"))
    given = parser.parse_args()
    parts = [sorted(given.folder.glob(f"qa*_{part}.txt")) for part in ("train", "test")]
    groups = [([one], [other]) for one, other in zip(*parts, strict=True)] if given.alone else [parts]
    found = []
    for train, test in groups:
        out = given.out / train[0].stem.removesuffix("_train") if given.alone else given.out
        evaluation = best(train, test, out, given.starts, settings(given.alone, given.steps))
        print(evaluation, flush=True)
        found.append(error(evaluation))
    print(f"the best of {given.starts} starts by training error: test mean error {sum(found) / len(found):.4f}")


if __name__ == "__main__":
    main()
