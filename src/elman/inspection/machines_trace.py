"""What a machine with a memory does step by step: its numbers, and its memory over time."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor

from elman.data.records import Example
from elman.errors import ConfigError
from elman.inference.predictor import Predictor
from elman.inspection.layers_view import DRAWN
from elman.inspection.numbers import brief, listed
from elman.inspection.subject import OfExamples
from elman.inspection.views.base import Options, Panel, Seen
from elman.layers.packing import Packing
from elman.layers.unroll import unroll
from elman.pages.grid import grid
from elman.text.folding import aligned

_SHOWN = 6
"""Numbers of a quantity that a table has; JSON has all."""


class OfMachine(OfExamples):
    """A network whose recurrence is a machine.

    Args:
        model: of the run.
    """

    def examples(self, line: str) -> list[Example]:
        """Return the sequences of a file: vectors are no lines."""
        return list(self.model.read(line))

    def steps(self, example: Example) -> dict[str, list[Tensor]]:
        """Return every quantity of every step by its letter, (1, ...) each."""
        machine, batch = self.network.machine, self.batch(example)
        rows = batch.fields["steps"].values
        packing, state = Packing(1, rows.shape[1]), machine.initial_state(1, steps=rows.shape[1])
        with torch.no_grad():
            first = machine.values(rows[:, 0], state)
            letters = [letter for letter, one in first.items() if isinstance(one, Tensor)]
            kept = unroll(machine, packing.pack(rows), packing, state, keep=letters).kept
        return {letter: list(kept[letter]) for letter in letters}


def is_machine(model: Predictor) -> bool:
    """Say whether a model is a machine with a memory."""
    return hasattr(model.model, "machine")


def traced(subject: OfMachine, example: Example, options: Options) -> Seen:
    """Return the quantities of a step, and pictures of the memory over all steps.

    Raises:
        ConfigError: there is no such step, or no such letter.
    """
    steps, machine = subject.steps(example), subject.network.machine
    count = len(next(iter(steps.values())))
    at = count if options.at is None else options.at
    if not 1 <= at <= count:
        raise ConfigError(f"--at: got {at}, expected 1 to {count}: the input has so many places.")
    letters = list(steps) if options.letter is None else [options.letter]
    if letters[0] not in steps:
        raise ConfigError(f"--letter: got {options.letter!r}. Choose one of: {', '.join(sorted(steps))}.")
    facts: dict[str, Any] = {
        "where": example.where,
        "step": at,
        "machine": type(machine).__name__,
        **{letter: listed(steps[letter][at - 1][0]) for letter in letters},
        "over time": {letter: listed(_over_time(steps[letter])) for letter in machine.shown},
    }
    rows = [["letter", "shape", "first numbers"], *(_row(letter, steps[letter][at - 1][0]) for letter in letters)]
    head = f"{example.where}, step {at} of {count}"
    text = "\n".join([head, *aligned(rows, left=3)])
    return Seen(text, facts, verdict=_said(machine.shown, steps), panels=_panels(machine.shown, steps))


def _over_time(steps: list[Tensor]) -> np.ndarray:
    """Return where something stood at each step, that of all heads as the largest, (T, N)."""
    return np.stack([one.reshape(-1, one.shape[-1]).amax(0).numpy() for one in steps])


def _row(letter: str, values: Tensor) -> list[str]:
    some = "  ".join(f"{float(one):.4f}" for one in values.flatten()[:_SHOWN])
    return [letter, " x ".join(map(str, values.shape)) or "1", some]


def _said(shown: Mapping[str, str], steps: dict[str, list[Tensor]]) -> str:
    """Return how sharply it looked, and over how many places."""
    found = []
    for letter, title in shown.items():
        weights = _over_time(steps[letter])
        sharp, places = float(np.mean(weights.max(1))), len(set(weights.argmax(1).tolist()))
        found.append(f"{title}: {places} different places, the largest share {brief(sharp)} on average")
    if not found:
        return "This machine has no heads that stand at places."
    blurred = any(float(np.mean(_over_time(steps[letter]).max(1))) < 0.5 for letter in shown)
    more = " It looks at many places at once: train longer, or with fewer slots." if blurred else ""
    return f"{'; '.join(found)}.{more}"


def _panels(shown: Mapping[str, str], steps: dict[str, list[Tensor]]) -> list[Panel]:
    count = min(DRAWN, len(next(iter(steps.values()))))
    numbers, panels = [str(step + 1) for step in range(count)], []
    every = {title: _over_time(steps[letter])[:count] for letter, title in shown.items()}
    every |= {"Memory: mean size of each place": _memory(steps["M"])[:count]} if "M" in steps else {}
    for title, values in every.items():
        places = [str(place + 1) for place in range(values.shape[1])]
        most = max(float(np.abs(values).max()), 1e-12)
        draw = partial(grid, numbers, values, most, title, places, "place of the memory", "step")
        panels.append(Panel(title, draw))
    return panels


def _memory(steps: list[Tensor]) -> np.ndarray:
    """Return the mean size of the numbers of each place over time, (T, N)."""
    return np.stack([one[0].abs().mean(-1).numpy() for one in steps])
