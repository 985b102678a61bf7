"""Commands that write, each with what is there before, what is typed until it is done, and what must not be lost."""

import json
import shutil
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, ClassVar

from elman.config import Settings
from elman.errors import ElmanError
from elman.runs import checkpoint as checkpoints
from elman.runs import weights
from elman.runs.folder import RunFolder

from . import child
from .operations import Operations, Strike
from .trainings import TRAININGS, Training

_OF_TIME = ("seconds", "tokens_per_second", "metrics_bytes", "checksum")


class Job(ABC):
    """A command that writes into a place.

    Args:
        files: the folder of data.
        base: a folder of its own, where what is there before is kept.
    """

    def __init__(self, files: Path, base: Path) -> None:
        self.files = files
        self.base = base

    def prepare(self) -> None:
        """Make what is there before, once."""
        self.base.mkdir(parents=True)

    @abstractmethod
    def begin(self, place: Path) -> None:
        """Put what is there before into a place."""

    @abstractmethod
    def command(self, place: Path) -> list[str]:
        """Return what a user types next."""

    @abstractmethod
    def content(self, place: Path) -> dict[str, Any]:
        """Return what must be the same at the end, however it came to it."""

    @abstractmethod
    def lost(self, place: Path) -> str:
        """Say what a kill or a failed write has lost; nothing if all is well."""

    def life(self, place: Path, strike: Strike, after: float = 0) -> child.Ended:
        """Type the next command, with a strike or a kill after some seconds; the result is the count of operations."""
        command = self.command(place)

        def work() -> Any:
            from elman.cli.main import main

            operations = Operations(strike)
            code = main(command)
            return [operations.count, code]

        ended = child.run(work, kill_after=after)
        return ended if ended.result is None else ended._replace(code=ended.result[1], result=ended.result[0])


class NewRun(Job):
    """A training in a new folder."""

    name: ClassVar[str] = "new"
    goes_on = True

    def __init__(self, files: Path, base: Path, training: Training) -> None:
        super().__init__(files, base)
        self.training = training

    def begin(self, place: Path) -> None:
        """Nothing is there."""

    def command(self, place: Path) -> list[str]:
        """Return the training, or the way to go on with it."""
        if (place / "config.toml").exists():
            return ["train", "--resume", str(place)]
        return [*self.training.command(self.files), "--out", str(place)]

    def lost(self, place: Path) -> str:
        """Say whether a saved file is broken."""
        try:
            if (place / "config.toml").exists():
                RunFolder.open(place).load_config()
            if (place / "model.safetensors").exists():
                weights.read(place / "model.safetensors")
            checkpoints.load(place / "checkpoints")
        except ElmanError as error:
            return str(error)
        return ""

    def content(self, place: Path) -> dict[str, Any]:
        """Return every file, without what the clock says."""
        found: dict[str, Any] = {"names": sorted(str(path.relative_to(place)) for path in place.rglob("*"))}
        for path in sorted(place.rglob("*")):
            name = str(path.relative_to(place))
            if path.is_dir() or path.name == "report.html":
                continue
            if path.name == "metrics.jsonl":
                found[name] = [_timeless(json.loads(line)) for line in path.read_text("utf-8").splitlines()]
            elif path.name == "progress.json":
                found[name] = _timeless(json.loads(path.read_text("utf-8")))
            else:
                found[name] = path.read_bytes()
        return found


class Overwritten(NewRun):
    """A training in the place of another."""

    name = "overwrite"

    def prepare(self) -> None:
        """Train the older one."""
        super().prepare()
        done([*self.training.command(self.files, other=True), "--out", str(self.base / "older")])

    def begin(self, place: Path) -> None:
        """Put the older one there."""
        shutil.copytree(self.base / "older", place)

    def command(self, place: Path) -> list[str]:
        """Return the training as long as the older run counts, and then the way to go on."""
        if self._is_older(place):
            return [*self.training.command(self.files), "--out", str(place), "--overwrite"]
        return ["train", "--resume", str(place)]

    def lost(self, place: Path) -> str:
        """Say whether a file is broken, or the older run is neither whole nor replaced."""
        if self._is_older(place):
            for name in ("model.safetensors", "metrics.jsonl", "report.html"):
                if (place / name).read_bytes() != (self.base / "older" / name).read_bytes():
                    return f"{name} of the older run is another one"
        return super().lost(place)

    def _is_older(self, place: Path) -> bool:
        try:
            RunFolder.open(place)
            return (place / "config.toml").read_bytes() == (self.base / "older" / "config.toml").read_bytes()
        except (ElmanError, OSError):
            return False


class Resumed(NewRun):
    """Going on with a training that was killed."""

    name = "resume"

    def prepare(self) -> None:
        """Kill a training after its first checkpoint."""
        super().prepare()
        for part in (0.6, 0.7, 0.8, 0.9):
            place = self.base / "older"
            shutil.rmtree(place, ignore_errors=True)
            last = NewRun.life(_at(self, NewRun), self.base / f"whole-{part}", Strike()).result
            NewRun.life(_at(self, NewRun), place, Strike(int(part * last)))
            if checkpoints.steps(place / "checkpoints") or not self.training.longer:
                return

    def begin(self, place: Path) -> None:
        """Put the killed one there."""
        shutil.copytree(self.base / "older", place)


class Extended(NewRun):
    """Training longer what was finished."""

    name = "extension"

    def prepare(self) -> None:
        """Train it to its first end."""
        super().prepare()
        done([*self.training.command(self.files), "--out", str(self.base / "older")])

    def begin(self, place: Path) -> None:
        """Put the finished one there."""
        shutil.copytree(self.base / "older", place)

    def command(self, place: Path) -> list[str]:
        """Return the extension until the run knows of it, and then the way to go on."""
        known = str(Settings.read(place / "config.toml").get("training.steps")) == self.training.longer[1]
        return ["train", "--resume", str(place), *(() if known else self.training.longer)]


def _at(job: NewRun, kind: type[NewRun]) -> NewRun:
    return kind(job.files, job.base, job.training)


def done(command: list[str]) -> None:
    """Do a command in a process of its own.

    Raises:
        RuntimeError: it failed.
    """

    def work() -> int:
        from elman.cli.main import main

        return main(command)

    ended = child.run(work)
    if ended.code:
        raise RuntimeError(f"{' '.join(command)}: {ended.said}")


def _timeless(value: Any) -> Any:
    """Return JSON without what the clock says."""
    if isinstance(value, dict):
        return {key: _timeless(part) for key, part in value.items() if key not in _OF_TIME}
    return [_timeless(part) for part in value] if isinstance(value, list) else value


def trainings() -> dict[str, tuple[type[NewRun], Training]]:
    """Return every way in which every kind is trained, by name."""
    return {
        f"{name}/{kind.name}": (kind, training)
        for name, training in TRAININGS.items()
        for kind in (NewRun, Overwritten, Resumed, Extended)
        if kind is not Extended or training.longer
    }
