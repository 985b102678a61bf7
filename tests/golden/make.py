"""Make the golden data anew: the runs in `tests/stored_runs`, what they say, and `losses.json`.

    python -m tests.golden.make runs NAME...     runs of these kinds, and what they say; `all` for every kind
    python -m tests.golden.make losses NAME...   the numbers of these trainings; `all` for every one

One may do so for a kind that is new here, and where a change of behaviour was decided and written down in CHANGELOG.md
beforehand: then for the kinds that it is about, and for no others. One may never do so to make a test pass. A stored
run stands for those that people have: code that cannot read it any more needs a new run format, and a way to read the
old one.
"""

import json
import os
import shutil
import signal
import sys
import tempfile
from contextlib import chdir
from pathlib import Path
from typing import Any

import elman

from . import data, losses
from .asking import asked, gone_on
from .comparing import rounded
from .kinds import KINDS, STORED, Kind

LOSSES = Path(__file__).with_name("losses.json")


def make_run(kind: Kind, files: Path, out: Path) -> None:
    """Train one, stop it where it says so, and leave out what is not needed and what names this machine."""

    def stop(event: Any) -> None:
        if kind.stop and type(event).__name__ == "Stepped" and event.step == kind.stop:
            os.kill(os.getpid(), signal.SIGTERM)

    with chdir(files):
        elman.train(kind.task, out=out, settings=kind.settings, listener=stop, **kind.training)
    config = out / "config.toml"
    config.write_text(config.read_text(encoding="utf-8").replace(f"{files}/", ""), encoding="utf-8")
    (out / "report.html").unlink()
    kept = sorted((out / "checkpoints").glob("*"), key=lambda path: int(path.name))
    for path in kept[:-1] if kind.stop else kept:
        shutil.rmtree(path)
    if not kind.stop:
        shutil.rmtree(out / "checkpoints", ignore_errors=True)


def make_runs(names: list[str], files: Path, folder: Path) -> None:
    """Make runs, ask them, and put both where the tests find them; a run of before only is asked anew."""
    for name in names:
        if name in KINDS:
            make_run(KINDS[name], files, folder / name)
            shutil.rmtree(STORED / name, ignore_errors=True)
            shutil.copytree(folder / name, STORED / name)
        found = asked(name, STORED / name, files)
        if name in KINDS and KINDS[name].stop:
            found["gone on"] = gone_on(STORED / name, files, folder / "copy" / name)
        text = json.dumps(rounded(found, 8), indent=1, ensure_ascii=False)
        (STORED / name / "expected.json").write_text(f"{text}\n", encoding="utf-8")
        print(name)


def make_losses(names: list[str], files: Path, folder: Path) -> None:
    """Train cases, and replace what `losses.json` says of them."""
    known = json.loads(LOSSES.read_text(encoding="utf-8")) if LOSSES.exists() else {}
    for number, name in enumerate(names):
        known[name] = rounded(losses.train(losses.CASES[name], files, folder / str(number)), 6)
        print(name)
    lines = (f"{json.dumps(name)}: {json.dumps(known[name])}" for name in losses.CASES if name in known)
    LOSSES.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def main() -> None:
    """Make what the command line names."""
    makers = {"runs": (make_runs, ["format-1", *KINDS]), "losses": (make_losses, [*losses.CASES])}
    what, *names = sys.argv[1:] or [""]
    if what not in makers or not names:
        sys.exit(__doc__)
    maker, every = makers[what]
    with tempfile.TemporaryDirectory() as folder:
        files, runs = Path(folder).resolve() / "files", Path(folder).resolve() / "made"
        files.mkdir()
        data.write(files)
        maker(every if names == ["all"] else names, files, runs)


if __name__ == "__main__":
    main()
