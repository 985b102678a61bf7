"""The table of word vectors of the lecture: who is near whom."""

import numpy as np

from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Found, Place, Step
from elman.lab.panels import Matrix

WORDS = ("the", "a", "have", "be", "cat", "dog", "car")
VECTORS = np.array(
    [
        [0.6762, -0.9607, 0.3626, -0.2410, 0.6636],
        [0.6859, -0.9266, 0.3777, -0.2140, 0.6711],
        [0.1656, -0.1530, 0.0310, -0.3321, -0.1342],
        [0.1760, -0.1340, 0.0702, -0.2981, -0.1111],
        [0.5896, 0.9137, 0.0452, 0.7603, -0.6541],
        [0.5965, 0.9143, 0.0899, 0.7702, -0.6392],
        [-0.0069, 0.7995, 0.6433, 0.2898, 0.6359],
    ]
)


class WordTableExperiment(Experiment):
    """Distances and cosines of the seven vectors on the slide.

    distance = ‖C(v) - C(w)‖;    cosine = C(v) · C(w) / (‖C(v)‖ ‖C(w)‖)
    """

    title = "Seven word vectors: the-a, have-be, cat-dog, and car alone"
    formula = "distance ‖v - w‖,  cosine v · w / (‖v‖ ‖w‖)"
    deck = (Place("004", "47-55"),)
    rows = ("W8", "H3")

    def found(self) -> Found:
        """Return both for all pairs, and the nearest of each word by both."""
        distances = np.linalg.norm(VECTORS[:, None] - VECTORS[None], axis=-1)
        units = VECTORS / np.linalg.norm(VECTORS, axis=1, keepdims=True)
        cosines = units @ units.T
        apart = distances + np.diag(np.full(len(WORDS), np.inf))
        alike = cosines - np.diag(np.full(len(WORDS), np.inf))
        steps = []
        for row, word in enumerate(WORDS):
            by_distance, by_cosine = int(apart[row].argmin()), int(alike[row].argmax())
            steps += [
                Step(f"{word}: nearest", "by distance", [WORDS[by_distance], float(apart[row, by_distance])]),
                Step(f"{word}: most alike", "by cosine", [WORDS[by_cosine], float(alike[row, by_cosine])]),
            ]
        steps += [
            Step("distances", "the, a, have, be, cat, dog, car", distances),
            Step("cosines", "the, a, have, be, cat, dog, car", cosines),
        ]
        result = (
            "Three pairs lie together. car is far from all: its nearest is be by distance and dog by cosine, so that "
            "the two "
            "measures do not even agree."
        )
        panels = [
            Matrix("Distance", WORDS, WORDS, distances.tolist(), 2),
            Matrix("Cosine", WORDS, WORDS, cosines.tolist(), 2),
        ]
        return Found(steps, result, panels, {"C(w)": VECTORS})
