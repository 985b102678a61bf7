"""n-gram models as steppers."""

import numpy as np

from elman.models.ngram import _NgramStepper
from elman.ngram.counts import count
from elman.ngram.estimate import estimate
from elman.ngram.smoothing import SMOOTHINGS
from elman.ngram.workspace import Workspace
from tests.decoding.toys import told_apart


def test_some_words_behind_rows_cost_what_they_cost_among_all():
    text, kind = np.random.default_rng(1).integers(0, 7, 400), SMOOTHINGS.get("witten_bell")
    model = estimate(count(text, 7, 3, 0, Workspace()), kind(kind.Config()), Workspace())
    told_apart(_NgramStepper(model, 0), 12, np.arange(7))
