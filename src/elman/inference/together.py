"""Runs that write together: an ensemble."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from elman.data.records import Batch
from elman.decoding.ensemble import Ensemble
from elman.decoding.stepper import Stepper
from elman.errors import ConfigError
from elman.evaluation.base import Evaluation
from elman.inference.loading import load_each
from elman.inference.predictor import Predictor


def loaded(
    paths: Sequence[Path],
    device: str = "cpu",
    plugins: Sequence[str] = (),
    reader: Mapping[str, Any] | None = None,
    task: Mapping[str, Any] | None = None,
) -> Predictor:
    """Return the model of a run, or of several that write together; arguments are those of `load`."""
    runs = load_each(paths, device, plugins, reader, task)
    return runs[0] if len(runs) == 1 else Together(runs)


class Writers:
    """Models that write together, each token by the mean of what they predict.

    Args:
        models: of runs of one task, over the same vocabularies.
    """

    forces = False
    """Not one of them says what all would write behind true tokens."""

    def __init__(self, models: Sequence[Any]) -> None:
        self.models = tuple(models)

    @property
    def title(self) -> str:
        """How many there are, and what they are."""
        return f"ensemble of {len(self.models)}: {'; '.join(dict.fromkeys(model.title for model in self.models))}"

    def num_weights(self) -> int:
        """Return the weights of all."""
        return sum(model.num_weights() for model in self.models)

    def lengths(self, field: str, lengths: np.ndarray) -> np.ndarray:
        """Return how many places of inputs are looked at: those of the first model."""
        found: np.ndarray = self.models[0].lengths(field, lengths)
        return found

    def stepper(self, batch: Batch) -> Stepper:
        """Return what writes to the inputs of a batch."""
        return Ensemble([model.stepper(batch) for model in self.models])


class Together(Predictor):
    """Runs asked as one.

    Args:
        runs: two or more, whose task can write together.

    Raises:
        ConfigError: their task cannot, or their vocabularies are not the same.
    """

    def __init__(self, runs: Sequence[Predictor]) -> None:
        first, *others = runs
        for run in runs:
            run.offering("ensemble")
        for run in others:
            if run.task.fingerprint != first.task.fingerprint:
                raise ConfigError(
                    f"{run.path}: has other vocabularies than {first.path}, and cannot write with it. Train both on "
                    "the same files with the same options of [task]."
                )
        model: Any = Writers([run.model for run in runs])
        self._count = len(runs)
        super().__init__(first.path, first.task, model, first.reader, first.validation, first.training)

    def evaluate(self, files: Any, threshold: float | None = None) -> Evaluation:
        """Return the scores on files; their signatures say how many models write."""
        found, many = super().evaluate(files, threshold), f"models:{self._count}|"
        return replace(found, scores=[replace(one, signature=many + one.signature) for one in found.scores])
