"""A run folder: everything about one run, and nothing executable."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from elman.config import Settings
from elman.errors import CheckpointError, ConfigError, NotWrittenError
from elman.files.durable import locked, remove, removed_if_empty, write_file
from elman.registry import only
from elman.runs import replacing, weights
from elman.runs.configuration import RunConfig
from elman.runs.formats import check_format, translate
from elman.runs.kept_sections import check_unchanged, kept_sections
from elman.runs.paths import RunPaths
from elman.tasks import TASKS
from elman.tasks.base import Task

_SHOWN = 8


@dataclass(frozen=True)
class RunFolder(RunPaths):
    """A run on disk: made, opened, read, written.

    Args:
        path: of the folder.
        plugins: paths of code that its configuration may name, because the user did.
        replaces: whether it is being made where there is another run: see `created`.
    """

    @contextmanager
    def created(self, overwrite: bool) -> Iterator["RunFolder"]:
        """Make an empty run folder and keep it to this process; give it with the way to write to it.

        A run that is to be replaced stays as it is until `take_over`, or until all is done and there is a model. An
        error before leaves it; where there was nothing, it leaves nothing, if nothing was written yet.

        Raises:
            ConfigError: there is something already, and it may not be replaced.
            CheckpointError: the folder cannot be made, or another process has it.
        """
        self.check_free(overwrite)
        missing = [folder for folder in (self.path, *self.path.parents) if not folder.exists()]
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self.not_made(error) from error
        with locked(self.path), removed_if_empty(missing):
            self.check_free(overwrite)  # another process may have made a run here between that look and the lock
            try:
                made = self._emptied()
            except OSError as error:
                raise self.not_made(error) from error
            try:
                yield made
                if made.model_path.exists():  # not so, if it was stopped before its first step
                    made.take_over()
            except NotWrittenError as error:
                if not made.is_apart:
                    raise
                raise CheckpointError(
                    f"{self.path}: the new run cannot be written: {error.reason}. The run that was there is as it was. "
                    "Free some space or fix the folder, then train with --overwrite again."
                ) from error
            finally:
                replacing.discard(self.path)

    def _emptied(self) -> "RunFolder":
        """Return the folder to write to.

        Raises:
            OSError: it cannot be made.
        """
        replacing.finish(self.path)
        self.tidy()
        if not self.holds_run:
            return self
        replacing.begin(self.path)
        return replace(self, replaces=True)

    def tidy(self) -> None:
        """Remove what killed writers left. Only who has the folder to himself may."""
        with suppress(OSError):
            within = [left for one in self.written_into if not one.is_symlink() for left in one.rglob(".*")]
            for left in filter(replacing.is_left_over, [*self.path.glob(".*"), *within]):
                remove(left)

    def take_over(self) -> None:
        """Put this run in the place of the one that was there, if it has not been done yet.

        Raises:
            CheckpointError: the old one cannot be removed.
        """
        if not self.is_apart:
            return
        try:
            replacing.take_over(self.path)
        except OSError as error:
            raise CheckpointError(
                f"{self.path}: cannot be replaced: {error.strerror or error}. Mend the folder; the next command that "
                "reads the run goes on with it."
            ) from error

    def not_made(self, error: OSError) -> CheckpointError:
        """Return what is said where the folder cannot be made."""
        return CheckpointError(f"{self.path}: cannot be made: {error.strerror}. Give another --out.")

    def check_free(self, overwrite: bool) -> None:
        """Refuse a path where there is something that may not be replaced; change nothing.

        Raises:
            ConfigError: a file, a folder that is no run, or a run without `overwrite`.
        """
        if not self.path.exists() or (self.path.is_dir() and all(map(replacing.is_left_over, self.path.iterdir()))):
            return
        if not self.holds_run:
            raise ConfigError(f"{self.path}: not empty and not a run. Give another --out; nothing was changed.")
        if not overwrite:
            raise ConfigError(
                f"{self.path}: holds a run. Go on with it (elman train --resume {self.path}), give another --out, "
                "or replace it with --overwrite."
            )

    def check_outside(self, files: Sequence[Path]) -> None:
        """Refuse to replace a run whose folder holds the very data that is to be read.

        Raises:
            ConfigError: a file lies inside.
        """
        for file in files:
            if self.path.absolute() in file.absolute().parents:
                raise ConfigError(f"{self.path}: holds {file}, which is to be trained on. Give another --out.")

    @property
    def holds_run(self) -> bool:
        """Say whether the configuration here is one of a run, whatever its version."""
        try:
            return replacing.is_underway(self.path) or Settings.read(self.config_path).get("run.format") is not None
        except ConfigError:
            return False

    @classmethod
    def open(cls, path: Path, plugins: Sequence[str] = ()) -> "RunFolder":
        """Return a run folder that is there.

        Raises:
            CheckpointError: there is none.
        """
        folder = cls(path, plugins)
        folder._replaced()
        if not folder.config_path.is_file():
            what = "not a run folder: it has no config.toml" if path.is_dir() else "no such run folder"
            what = "a file, expected the folder of a run" if path.is_file() else what
            inside = [cls(one).path.name for one in sorted(path.glob("*/")) if cls(one).holds_run]
            held = f" It holds runs: {', '.join(inside[:_SHOWN])}{', ...' * (len(inside) > _SHOWN)}." if inside else ""
            raise CheckpointError(f"{path}: {what}. A run is what elman train --out makes.{held}")
        return folder

    def _replaced(self) -> None:
        """Finish a replacement that a kill interrupted.

        Raises:
            CheckpointError: it cannot be finished.
        """
        if not replacing.is_underway(self.path):
            return
        try:
            with locked(self.path):
                replacing.finish(self.path)
        except OSError as error:
            raise CheckpointError(
                f"{self.path}: a kill left this run half in its place, and it cannot be moved: {error.strerror}. Make "
                "the folder writable."
            ) from error

    def save_config(self, config: RunConfig, facts: Mapping[str, Any]) -> None:
        """Write the configuration and facts about the run."""
        write_file(self.config_path, config.to_toml(dict(facts)).encode())

    def load_config(self) -> tuple[RunConfig, Settings]:
        """Return the configuration, and the tree it was made from, with the facts in `[run]`.

        Raises:
            CheckpointError: the run was made by a newer version.
            ConfigError: the file was altered to something that cannot be, or names code that the user did not.
        """
        settings = Settings.read(self.config_path)
        check_format(settings, str(self.config_path))
        translate(settings)
        with only(self.plugins):
            return RunConfig.resolve(settings), settings

    def save_task(self, task: Task) -> None:
        """Write the vocabularies of a run that has no weights yet.

        Raises:
            CheckpointError: they cannot be written.
        """
        try:
            self.vocabulary_path.mkdir(exist_ok=True)
            task.save(self.vocabulary_path)
        except OSError as error:
            raise NotWrittenError(self.vocabulary_path, error.strerror) from error

    def check_task(self, task: Task) -> None:
        """Refuse a task with other vocabularies than those that the weights of the run go with.

        Raises:
            CheckpointError: they differ, or those of the run cannot be read.
        """
        with only(self.plugins):
            own = type(task).load(task.config, self.vocabulary_path)
        if own.fingerprint != task.fingerprint:
            raise CheckpointError(
                f"{self.vocabulary_path}: not the vocabulary of the data that the run was started with. Restore it."
            )

    def load_task(self, config: RunConfig) -> Task:
        """Return the task with its vocabularies."""
        with only(self.plugins):
            return TASKS.get(config.task.name).load(config.task, self.vocabulary_path)

    def save_model(self, arrays: Mapping[str, np.ndarray], task: Task) -> None:
        """Replace the saved weights."""
        facts = {"vocabulary": task.fingerprint, "configuration": kept_sections(Settings.read(self.config_path))}
        write_file(self.model_path, *weights.parts(arrays, facts))

    def load_model(self, task: Task) -> dict[str, np.ndarray]:
        """Return the saved weights.

        Raises:
            CheckpointError: they are missing or altered, no numbers, or belong to another vocabulary.
        """
        arrays, facts = weights.read(self.model_path)
        if facts.get("vocabulary") != task.fingerprint:
            raise CheckpointError(
                f"{self.vocabulary_path}: not the vocabulary that {self.model_path.name} was trained with. Restore it."
            )
        weights.check_numbers(self.model_path, arrays)
        return arrays

    def check_configuration(self, settings: Settings) -> None:
        """Refuse a configuration that is not the one that the saved weights go with.

        Raises:
            CheckpointError: task or model say something else than when the weights were saved.
        """
        kept = weights.read_facts(self.model_path).get("configuration")
        check_unchanged(self.config_path, settings, self.model_path, kept)
