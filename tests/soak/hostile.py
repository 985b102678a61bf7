"""Run folders that somebody made to do harm: nothing runs, nothing is written elsewhere, memory goes by the file."""

import json
import os
import pickle
import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.golden.kinds import STORED

from . import child
from .findings import Finding, Tally, alike
from .stopped import folder
from .workplace import Workplace

MOST_MEMORY = 300
MOST_SECONDS = 20.0
EVIL = "from pathlib import Path\nPath(__file__).with_name('ran').write_text('')\nclass X: ...\n"
KEYS = (
    "task.name",
    "task.level",
    "task.metrics",
    "task.select",
    "reader.name",
    "model.name",
    "model.cell",
    "model.head",
    "model.smoothing",
    "model.decoder",
    "model.attention",
)
NAMES = (
    "evil:X",
    "evil",
    "evil.py",
    "run/evil.py",
    ".evil:X",
    "evil.X",
    "..evil",
    "os:system",
    "antigravity",
    "../../evil",
    "elman.cells.evil:X",
)
RUNS = ("lm-words", "lm_ngram", "tag-joint", "classify_several", "embed", "pair_score", "seq2seq")
"""Those with a way to go, and stored ones."""


INSIDE = (
    "kept.txt",
    ".x.partial",
    "checkpoints/kept.txt",
    "model.safetensors",
    "report.html",
    "tokens.txt",
    "words.txt",
)
"""What lies in a folder outside of the run, and is to stay there."""


class Boom:
    """What a pickle would do."""

    def __reduce__(self) -> Any:
        return (os.system, ("touch ran",))


def _set(key: str, value: Any, of_a_run: bool = True) -> Callable[[Path], None]:
    """Return what makes a configuration say something, and perhaps no longer that it is of a run."""

    def change(run: Path) -> None:
        from elman.config import Settings, to_toml

        settings = Settings.read(run / "config.toml")
        settings.set(key, value)
        if not of_a_run:
            del settings.tree["run"]
        (run / "config.toml").write_text(to_toml(settings.tree), "utf-8")

    return change


def _content(file: str, content: bytes) -> Callable[[Path], None]:
    """Return what puts other bytes into the first file of a pattern."""

    def change(run: Path) -> None:
        for path in sorted(run.glob(file))[:1]:
            path.write_bytes(content)

    return change


def _instead(file: str, make: Callable[[Path], Any]) -> Callable[[Path], None]:
    """Return what puts something that is no file into the place of one."""

    def change(run: Path) -> None:
        for path in sorted(run.glob(file))[:1]:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
            make(path)

    return change


def _head(facts: dict[str, Any], length: int = 0) -> bytes:
    text = json.dumps(facts).encode()
    return struct.pack("<Q", length or len(text)) + text


def _of_size(*shape: int) -> dict[str, Any]:
    return {"x": {"dtype": "F32", "shape": list(shape), "data_offsets": [0, 4]}}


def changes() -> dict[str, Callable[[Path], None]]:
    """Return what is done to a run, by name."""
    found = {f"{key}={name}": _set(key, name) for key in KEYS for name in NAMES}
    found |= {f"{key}={name} without [run]": _set(key, name, of_a_run=False) for key in KEYS for name in NAMES}
    huge = b"a\t1\n" * 5
    for file in ("model.safetensors", "checkpoints/*/training.safetensors"):
        found |= {
            f"{file}: a pickle": _content(file, pickle.dumps(Boom())),
            f"{file}: a head of 2^62 bytes": _content(file, _head({}, 2**62)),
            f"{file}: a head of 10^12 bytes": _content(file, _head({}, 10**12)),
            f"{file}: 10^12 numbers": _content(file, _head(_of_size(10**12)) + b"\0" * 4),
            f"{file}: 0 x 10^18 numbers": _content(file, _head(_of_size(0, 10**18)) + b"\0" * 4),
            f"{file}: negative": _content(file, _head(_of_size(-1, -1)) + b"\0" * 4),
            f"{file}: many axes": _content(file, _head(_of_size(*[1] * 100)) + b"\0" * 4),
            f"{file}: brackets": _content(file, struct.pack("<Q", 200_000) + b"[" * 200_000),
        }
    for file in ("config.toml", "vocabulary/*", "model.safetensors", "metrics.jsonl", "checkpoints/*/progress.json"):
        found |= {
            f"{file}: a pipe": _instead(file, os.mkfifo),
            f"{file}: /dev/zero": _instead(file, lambda path: path.symlink_to("/dev/zero")),
            f"{file}: /dev/stdin": _instead(file, lambda path: path.symlink_to("/dev/stdin")),
            f"{file}: a folder": _instead(file, Path.mkdir),
            f"{file}: itself": _instead(file, lambda path: path.symlink_to(path.name)),
            f"{file}: a link out": _instead(file, lambda path: path.symlink_to(_outside(path) / "kept.txt")),
            f"{file}: elsewhere": _instead(file, lambda path: path.symlink_to("/etc/passwd")),
            f"{file}: sparse": _instead(file, _sparse),
        }
    for place in ("checkpoints", "vocabulary", ".new", ".new-whole", ".new-alone"):
        found |= {f"{place}: a link out": _linked(place), f"{place}: full of odd names": _odd_names(place)}
    sizes = {"hidden_size": 10**6, "embedding_size": 10**7, "num_layers": 10**6, "order": 10**9, "shape_size": 10**9}
    found |= {f"model.{key}={size}": _set(f"model.{key}", size) for key, size in sizes.items()}
    found["vocabulary of one count"] = _content("vocabulary/*", huge + b"b\t" + b"9" * 5000 + b"\n")
    found["data.train: all of the disk"] = _set("data.train", ["/**/*", "../**"])
    found["reader.encoding=zip"] = _set("reader.encoding", "zip")
    found["run.format=10**9"] = _set("run.format", 10**9)
    return found


def _sparse(path: Path) -> None:
    """Make a file that says that it has a terabyte, and has none."""
    with path.open("wb") as file:
        file.truncate(10**12)


def _linked(name: str) -> Callable[[Path], None]:
    """Return what makes a folder of a run a link to one outside, in which there is something."""

    def change(run: Path) -> None:
        place = run / name
        if place.is_dir():
            shutil.rmtree(place)
        place.symlink_to(run.parent / "outside")
        if name == "checkpoints":
            (run / "model.safetensors").unlink()  # so that training begins anew

    return change


def _outside(path: Path) -> Path:
    """Return the folder outside of the run that a file is in."""
    return next(parent for parent in path.parents if parent.name == "run").parent / "outside"


def _odd_names(place: str) -> Callable[[Path], None]:
    def change(run: Path) -> None:
        (run / place).mkdir(exist_ok=True)
        for name in ("²", "99999999999999999999", "-1", "..x", "7\n", "٣", ".x.partial"):
            (run / place / name).mkdir(exist_ok=True)

    return change


def commands(run: Path) -> dict[str, list[str]]:
    """Return what a user does with a run that he was given."""
    return {
        "describe": ["describe", str(run)],
        "predict": ["predict", str(run), "lines.txt", "--input", "text"],
        "score": ["score", str(run), "lines.txt"],
        "resume": ["train", "--resume", str(run)],
        "overwrite": ["train", str(run / "config.toml"), "--out", str(run.parent / "made")],
        "export": ["export", str(run), str(run.parent / "made.txt")],
    }


def cases() -> list[str]:
    """Return every case: a run, a change of it, and a command; who trains by a recipe has its data read, all of it."""
    return [
        f"{run}|{change}|{command}"
        for run in RUNS
        for change in changes()
        for command in commands(Path())
        if (change.partition(":")[0], command) != ("data.train", "overwrite")
    ]


def attempt(case: str, place: Workplace) -> tuple[str, str]:
    """Do one. Returns what came of it, and what is wrong."""
    name, change, command = case.split("|")
    at = place.fresh()
    outside, run = at / "outside", at / "run"
    outside.mkdir(parents=True)
    for file in INSIDE:
        (outside / file).parent.mkdir(exist_ok=True)
        (outside / file).write_text("kept")
    shutil.copytree((STORED if "_" in name else folder(place.files)) / name, run)
    for one in (at, run):
        (one / "evil.py").write_text(EVIL)
    shutil.copy(place.files / "lines.txt", at)
    for file in place.files.glob("*"):
        (at / file.name).exists() or (at / file.name).symlink_to(file)
    changes()[change](run)

    def work() -> int:
        import sys

        from elman.cli.main import main

        os.chdir(at)
        sys.path[:0] = [str(at), str(run), ""]
        return main(commands(run)[command])

    ended = child.run(work, MOST_SECONDS, MOST_MEMORY)
    wrong = _wrong(ended, at, outside)
    shutil.rmtree(at, ignore_errors=True)
    return ("refused" if ended.code else "accepted"), wrong


def _wrong(ended: child.Ended, at: Path, outside: Path) -> str:
    """Say what is wrong with how a command ended."""
    if list(at.rglob("ran")):
        return "something was executed"
    found = {str(path.relative_to(outside)): path.read_bytes() for path in outside.rglob("*") if path.is_file()}
    if found != dict.fromkeys(INSIDE, b"kept"):
        return f"something outside was changed: {sorted(found)}"
    if ended.slow:
        return f"did not end in {MOST_SECONDS:g} s"
    if ended.code is None:
        return f"ended by signal {ended.signal}"
    if "Traceback" in ended.said or ended.code not in (0, 2):
        return f"exit {ended.code}: {ended.last}"
    if "memory of this machine" in ended.said and not _is_sparse(at):
        return "more memory than the files are large"
    return ""


def _is_sparse(at: Path) -> bool:
    """Say whether a file is as large as it says only on paper: refusing it for want of memory is right."""
    return any(path.stat().st_size > 10**11 for path in at.rglob("*") if path.is_file())


def campaign(place: Workplace) -> Tally:
    """Do all cases, or as many as there is time for."""
    tally = Tally()
    for case in place.share(cases()):
        if not place.has_time():
            break
        came, wrong = attempt(case, place)
        row = case.split("|")[2]
        tally.count(row, "folders")
        tally.count(row, came)
        if wrong:
            tally.find(
                row, Finding(f"hostile/{case}", wrong, f"{row} {case.split('|')[1].partition('=')[0]} {alike(wrong)}")
            )
    return tally


def repeat(case: str, place: Workplace) -> str:
    """Do one case again."""
    return attempt(case, place)[1]
