"""What a run is asked, by commands in this process, and what it says."""

import io
import json
import re
import shutil
from collections.abc import Callable
from contextlib import chdir, redirect_stdout
from pathlib import Path
from typing import Any

import elman
from elman.cli.main import main
from elman.runs import checkpoint, weights
from elman.runs.progress import Progress

from .data import named
from .kinds import KINDS, Kind
from .losses import measured

_VERSION = re.compile(r"\|?elman:[^|\s]*")


def command(*arguments: object) -> str:
    """Run a command and return what it printed.

    Raises:
        RuntimeError: it was refused.
    """
    printed = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="")
    with redirect_stdout(printed):
        code = main([str(argument) for argument in arguments])
    printed.flush()
    if code:
        raise RuntimeError(f"elman {' '.join(map(str, arguments))}: exit code {code}")
    return printed.buffer.getvalue().decode("utf-8")


def objects(*arguments: object) -> list[Any]:
    """Run a command with --json and return the object of each line."""
    return [json.loads(line) for line in command(*arguments, "--json").split("\n") if line]


def evaluated(run: Path, *files: object) -> dict[str, Any]:
    """Return scores, counts and tables of a run on files, without what names the run or the version."""
    [found] = objects("evaluate", run, *files)
    for score in found["scores"]:
        score["signature"] = _VERSION.sub("", score["signature"])
    return {key: found[key] for key in ("scores", "counts", "details") if key in found}


def language_model(run: Path, file: str) -> dict[str, Any]:
    """Ask a language model for scores, probabilities, likely tokens and text."""
    lines = elman.load(run).score(Path("sentences.txt").read_text(encoding="utf-8").splitlines())
    return {
        "evaluate": evaluated(run, "text.test.txt"),
        "score": [[line.log_prob_nats, line.tokens, line.unknown] for line in lines],
        "score lines": command("score", run, "sentences.txt").split("\n"),
        "score tokens": command("score", run, "sentences.txt", "--tokens").split("\n"),
        "predict": command("predict", run, "lines.txt", "--k", 3).split("\n"),
        "predict objects": objects("predict", run, "lines.txt", "--k", 2),
        "greedy": command("generate", run, "anna", "--length", 40, "--temperature", 0),
        "drawn": command("generate", run, "anna", "--length", 60, "--seed", 3),
        "drawn from few": command("generate", run, "--length", 40, "--seed", 5, "--top-k", 4, "--temperature", 0.7),
        "beam": command("generate", run, "ben", "--length", 20, "--beam", 3),
    }


def labels(inputs: str, data: str = "") -> Callable[[Path, str], dict[str, Any]]:
    """Return what asks a tagger, a classifier or a model of pairs for scores and answers.

    Args:
        inputs: a file of raw text.
        data: a file like those of the training, as `predict --input data` takes it; the test file if left out.
    """

    def ask(run: Path, file: str) -> dict[str, Any]:
        test, one = named(file, "test"), elman.load(run).task.config.single
        return {
            "evaluate": evaluated(run, test),
            "predict": command("predict", run, inputs).split("\n"),
            "predict objects": objects("predict", run, inputs),
            "predict tokens": objects("predict", run, inputs, "--input", "tokens", *(() if one else ("--k", 2))),
            "predict data": command("predict", run, data or test, "--input", "data").split("\n"),
        }

    return ask


def word_vectors(run: Path, file: str) -> dict[str, Any]:
    """Ask word vectors for scores, neighbours and an analogy."""
    analogy = ("--analogy", "anna", "sees", "dora", "--k", 3)
    return {
        "evaluate": evaluated(run, "text.test.txt"),
        "evaluate questions": evaluated(run, "similar.csv", "analogies.txt"),
        "predict": command("predict", run, "words.txt", "--k", 3).split("\n"),
        "predict objects": objects("predict", run, "words.txt", "--k", 3),
        "analogy": command("predict", run, *analogy),
    }


ASKERS: dict[str, Callable[[Path, str], dict[str, Any]]] = {
    "lm": language_model,
    "tag": labels("raw.txt"),
    "classify": labels("raw.txt"),
    "pair": labels("pairs.txt"),
    "embed": word_vectors,
}


def kind_of(name: str) -> Kind:
    """Return how a stored run was made; one that is older than this list is a language model."""
    return KINDS.get(name, Kind("lm", "long.txt", {}))


def asked(name: str, run: Path, files: Path) -> dict[str, Any]:
    """Return everything that a run says, asked in the folder of the files."""
    kind = kind_of(name)
    ask = labels("raw.txt", "joint.test.words") if "," in kind.file else ASKERS[kind.task]
    with chdir(files):
        return ask(run.absolute(), kind.file)


def gone_on(run: Path, files: Path, copy: Path) -> dict[str, Any]:
    """Return what the log says of a stopped run that goes on to its end, in a copy."""
    shutil.copytree(run, copy)
    renew(copy)
    with chdir(files):
        elman.resume(copy.absolute())
    return measured(copy)


def renew(run: Path) -> None:
    """Write the checkpoint of a run of format 1 as those of now: the same counters, the same arrays."""
    [path] = (run / "checkpoints").iterdir()
    facts = json.loads((path / "progress.json").read_text(encoding="utf-8"))
    before = facts["progress"]
    learner = {name: before.pop(name) for name in ("schedule", "averaging")}
    arrays, _ = weights.read(path / "training.safetensors")
    arrays = {name: array.copy() for name, array in arrays.items()}
    shutil.rmtree(path)
    # Word vectors have neither a schedule nor an average, so that their learner has no counters.
    progress = Progress.of({**before, "learner": learner if learner["averaging"] else {}})
    checkpoint.save(path.parent, checkpoint.Checkpoint(progress, arrays, facts["environment"]))
