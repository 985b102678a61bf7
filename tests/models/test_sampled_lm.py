"""A language model that learns from drawn words: nobody takes its loss in training for a perplexity."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

import elman
from elman.events import Stepped
from elman.heads import HEADS
from elman.heads.base import SampledHead
from elman.pages.curves import drawings
from elman.runs.folder import RunFolder
from elman.runs.log import read_events

NAMES = [name for name in HEADS.names() if issubclass(HEADS.get(name), SampledHead)]
STEPS = {"steps": 60, "hidden": 16, "level": "word", "threads": 1, "learning_rate": 0.02}


def settings(name):
    return {
        "model.head": name,
        "model.head_options": {"samples": 4},
        "training.lazy_rows": True,
        "training.log_every": 10,
        "task.bptt": 8,
    }


class Ran(NamedTuple):
    folder: Path
    events: list


@pytest.fixture(scope="module", params=NAMES)
def run(request, tmp_path_factory, text_file):
    """A run with each such head, and what was told while it learned."""
    folder, events = tmp_path_factory.mktemp(request.param) / "run", []
    elman.train("lm", str(text_file), out=folder, settings=settings(request.param), listener=events.append, **STEPS)
    return Ran(folder, events)


def test_it_learns_and_its_probabilities_sum_to_one(run, text_file):
    model = elman.load(run.folder)
    scores = {score.name: score.value for score in model.evaluate(str(text_file)).scores[:2]}
    assert scores["perplexity"] < 8  # of 13 words; the grammar leaves 4 names of 5 or 4 verbs at each place
    stepper = model.ready
    log_probs, _ = stepper.advance(np.array([stepper.start]), stepper.begin(np.arange(1)))
    assert np.exp(log_probs).sum() == pytest.approx(1.0, abs=1e-6)


def test_its_curves_stand_in_pictures_of_their_own(run):
    found = drawings(list(read_events(RunFolder(run.folder).metrics_path)))
    assert [one.title for one in found] == ["Loss", "Validation"]
    assert found[0].label == "a word: against drawn classes, no likelihood"
    assert found[1].label == "nats a word"
    assert [curve.name for curve in found[0].curves] == ["training"]


def test_its_progress_says_loss_and_not_perplexity(run):
    steps = [event.shown for event in run.events if isinstance(event, Stepped)]
    assert len(steps) == 60
    assert all("a word (against drawn classes, no likelihood)" in shown for shown in steps)
    assert all("perplexity" not in shown for shown in steps)
