"""What stands in a run folder, damaged, with wrong checksums and with right ones; and lines that a run is asked."""

import json
import random
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

import elman
from elman.runs import checkpoint as checkpoints
from elman.runs import weights
from elman.runs.folder import RunFolder
from elman.runs.log import read_run
from tests.golden.kinds import KINDS, STORED

from .formats import Format, in_file, stored
from .mutations import BYTES, TEXT, mutated, tree

LIGHT = ["lm_ngram", "lm_ngram_characters", "lm_unigram", "embed_cbow", "pair_features", "classify_linear"]
HEAVY = [
    "lm_lstm_plateau",
    "lm_gru_bpe",
    "lm_byte_adaptive",
    "tag_joint",
    "tag_words",
    "classify_several",
    "pair_score",
]
LINES = ["anna sees ben", "zoë\tlikes köln", ""]


def ask(run: Path) -> None:
    """Load a run and ask it what its task answers."""
    model = elman.load(run)
    verbs = model.task.verbs
    if "score" in verbs:
        model.score(LINES[:1])
    if "generate" in verbs:
        model.generate("anna", length=3)
    model.predict(LINES[:1] if KINDS[_name(run)].task != "pair" else ["anna sees ben\tben sees anna"], k=2)


def _name(run: Path) -> str:
    return (run / "name").read_text()


def copied(name: str, folder: Path) -> Path:
    """Return a whole copy of a stored run, which is made once, and whose damaged file is restored each time."""
    run = folder / name
    if not run.exists():
        shutil.copytree(STORED / name, run)
        (run / "expected.json").unlink()
        (run / "name").write_text(name)
    return run


def _damaged(folder: Path, name: str, file: str, content: bytes, do: Callable[[Path], Any]) -> None:
    """Do something with a run of which one file is damaged, and mend it."""
    run = copied(name, folder)
    whole = (STORED / name / file).read_bytes()
    (run / file).unlink(missing_ok=True)  # arrays may still be mapped from the one before
    (run / file).write_bytes(content)
    try:
        do(run)
    finally:
        (run / file).unlink()
        (run / file).write_bytes(whole)


def _of_runs(names: list[str], pattern: str, change: Callable[[bytes, random.Random], bytes]) -> Format:
    """Return a format of files of stored runs; the run and the file are drawn again from what the input begins with."""
    every = [
        (name, str(path.relative_to(STORED / name))) for name in names for path in sorted((STORED / name).glob(pattern))
    ]

    def make(draw: random.Random) -> bytes:
        number = draw.randrange(len(every))
        name, file = every[number]
        return number.to_bytes(2, "big") + change((STORED / name / file).read_bytes(), draw)

    def use(folder: Path, content: bytes, draw: random.Random) -> None:
        name, file = every[int.from_bytes(content[:2], "big")]
        _damaged(folder, name, file, content[2:], ask)

    return Format(make, use, slow=True)


def header(content: bytes, draw: random.Random) -> bytes:
    """Damage the head of a safetensors file, and write its length anew."""
    length = int.from_bytes(content[:8], "little")
    head, body = content[8 : 8 + length], content[8 + length :]
    if draw.randrange(2):
        damaged = json.dumps(tree(json.loads(head), draw)).encode("utf-8", "surrogatepass")
    else:
        damaged = mutated([head], draw, TEXT)
    size = len(damaged) if draw.randrange(8) else draw.choice((0, 7, 2**31, 2**63, len(content)))
    return size.to_bytes(8, "little") + damaged + body


def resigned(content: bytes, draw: random.Random) -> bytes:
    """Change the arrays of a safetensors file, and write a checksum that fits."""
    arrays, facts = _parsed(content)
    for _ in range(draw.choice((1, 1, 2))):
        name = draw.choice(sorted(arrays))
        arrays[name] = _changed(arrays[name], draw)
        match draw.randrange(12):
            case 0:
                arrays.pop(name)
            case 1:
                arrays[draw.choice(("x", "", f"{name}.x", "../x", "\0"))] = arrays[name]
        if not arrays:
            arrays["x"] = np.zeros(1, np.float32)
    facts = {key: value for key, value in facts.items() if key not in ("checksum", "sha256")}
    return weights.to_bytes(arrays, facts)


@cache
def _parsed_once(content: bytes) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    return weights._parse(np.frombuffer(content, np.uint8))


def _parsed(content: bytes) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    arrays, facts = _parsed_once(content)
    return dict(arrays), dict(facts)


def _changed(array: np.ndarray, draw: random.Random) -> np.ndarray:
    """Return an array with other numbers, of another shape or of another type."""
    changed = array.copy()
    flat = changed.reshape(-1)
    match draw.randrange(9):
        case 0 if array.ndim:
            changed = changed[draw.randint(0, len(changed)) :]
        case 1:
            changed = changed.astype(draw.choice((np.float64, np.float16, np.int8, np.int64, np.uint32, np.bool_)))
        case 2:
            changed = changed.reshape(draw.choice(((-1,), (1, *changed.shape), changed.shape[::-1])))
        case 3 if array.ndim and len(array):
            changed = np.concatenate([changed, changed[:1]])
        case 4 if array.ndim:
            changed = np.ascontiguousarray(changed[::-1])
        case 5:
            changed = np.full_like(changed, draw.choice((0, 1, 7)))
        case _ if len(flat):
            odd = (0.0, -1.0, 1e30, -1e30, np.nan, np.inf, 5.0) if flat.dtype.kind == "f" else (0, 1, 255, 2**30)
            with np.errstate(all="ignore"):
                flat[draw.randrange(len(flat))] = np.array(draw.choice(odd)).astype(flat.dtype)
    return np.ascontiguousarray(changed)


def _checkpoints(stopped: Path) -> Format:
    """Return what damages the checkpoint of a stopped run, with checksums that fit, and goes on with it."""
    names = sorted(path.name for path in stopped.iterdir())

    def make(draw: random.Random) -> bytes:
        number = draw.randrange(len(names))
        [place] = (stopped / names[number] / "checkpoints").iterdir()
        facts = json.loads((place / "progress.json").read_bytes())
        arrays = (place / "training.safetensors").read_bytes()
        facts.pop("checksum")
        if draw.randrange(2):
            arrays = resigned(arrays, draw)
            facts["arrays"] = _parsed(arrays)[1]["checksum"]
        else:
            facts = {**facts, "progress": tree(facts["progress"], draw)}
        facts["checksum"] = checkpoints._checksum(facts)
        text = json.dumps(facts).encode()
        return number.to_bytes(2, "big") + len(text).to_bytes(4, "big") + text + arrays

    def use(folder: Path, content: bytes, draw: random.Random) -> None:
        name, length = names[int.from_bytes(content[:2], "big")], int.from_bytes(content[2:6], "big")
        run = folder / "resumed"
        shutil.rmtree(run, ignore_errors=True)
        shutil.copytree(stopped / name, run)
        [place] = (run / "checkpoints").iterdir()
        (place / "progress.json").write_bytes(content[6 : 6 + length])
        (place / "training.safetensors").write_bytes(content[6 + length :])
        elman.resume(run)

    return Format(make, use, slow=True)


def _log(path: Path) -> None:
    """Read a log, and make a page of it."""
    from elman.pages.report import write_report

    read_run(path)
    write_report(RunFolder(path.parent))


def _log_lines(draw: random.Random) -> bytes:
    """Return a log of which some lines are damaged as text or as trees."""
    seeds = [b"\n".join(one.split(b"\n")[:6]) + b"\n" for one in stored("*/metrics.jsonl")]
    if draw.randrange(3) == 0:
        return mutated(seeds, draw, TEXT)
    lines = [line for line in draw.choice(seeds).split(b"\n") if line]
    one = draw.randrange(len(lines))
    lines[one] = json.dumps(tree(json.loads(lines[one]), draw)).encode("utf-8", "surrogatepass")
    return b"\n".join(lines) + b"\n"


def _in_run(name: str, read: Callable[[Path], Any]) -> Callable[[Path, bytes, random.Random], None]:
    """Return what puts a file into a run and reads it there."""

    def use(folder: Path, content: bytes, draw: random.Random) -> None:
        read_it = in_file(name, read)
        read_it(copied("lm_unigram", folder), content, draw)

    return use


@cache
def _loaded(name: str) -> Any:
    return elman.load(STORED / name)


def _asked(folder: Path, content: bytes, draw: random.Random) -> None:
    """Ask a run odd lines."""
    model = _loaded(draw.choice(HEAVY + LIGHT))
    lines = content.decode("utf-8", "surrogateescape").split("\n")[:3]
    if "score" in model.task.verbs:
        model.score(lines)
    if "generate" in model.task.verbs:
        model.generate(lines[0][:200], length=3, stop=lines[-1][:5] or None)
    model.predict([line[:2000] for line in lines], k=draw.choice((1, 3)))


def runs(stopped: Path) -> dict[str, Format]:
    """Return every part of a run folder, and what a run is asked.

    Args:
        stopped: the folder of runs that can be gone on with.
    """
    text = lambda content, draw: mutated([content], draw, TEXT)  # noqa: E731
    raw = lambda content, draw: mutated([content], draw, BYTES)  # noqa: E731
    every = LIGHT + HEAVY
    return {
        "run configuration": _of_runs(every, "config.toml", text),
        "run vocabulary": _of_runs(every, "vocabulary/*", text),
        "run weights": _of_runs(every, "model.safetensors", raw),
        "run weights, head": _of_runs(every, "model.safetensors", header),
        "run weights, signed": _of_runs(every, "model.safetensors", resigned),
        "run log": Format(_log_lines, _in_run("metrics.jsonl", _log), slow=True),
        "checkpoint": _checkpoints(stopped),
        "lines asked": Format(
            lambda draw: mutated([line.encode() for line in LINES[:2]], draw, TEXT), _asked, slow=True
        ),
    }
