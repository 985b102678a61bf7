"""The classwork of the linear network: which label has each word."""

import numpy as np

from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Found, Place, Step
from elman.lab.panels import Bars

_LABELS = ("ADJ", "DET", "NOUN")


class LabelsExperiment(Experiment):
    """Two words through a network without nonlinearity, and through the same one with tanh.

    h_t = U h_{t-1} + W x_t;   p_t = softmax(V h_t)
    """

    title = "Classwork: the labels of two words, by hand"
    formula = "h_t = U h_{t-1} + W x_t,  p_t = softmax(V h_t)"
    deck = (Place("001", "91-105"),)
    rows = ("W1", "A4")

    def found(self) -> Found:
        """Return every product, the labels, and the same with tanh."""
        U, W = np.array([[2.0, 0], [1, 2]]), np.array([[2.0, 0, -1], [1, -1, 1]])
        V, start = np.array([[1.0, 0], [-1, 1], [0, 3]]), np.array([1.0, -1])
        words = [np.array([1.0, 0, 0]), np.array([0.0, 0, 1])]
        steps, bars = [], {}
        for kind in ("linear", "tanh"):
            h = start
            for t, x in enumerate(words, start=1):
                recurrent, given = U @ h, W @ x
                h = recurrent + given if kind == "linear" else np.tanh(recurrent + given)
                scores = V @ h
                p = np.exp(scores - scores.max())
                p /= p.sum()
                made = f"U h_{t - 1} + W x_{t}"
                steps += [
                    Step(f"{kind}: U h_{t - 1}", "", recurrent),
                    Step(f"{kind}: W x_{t}", "", given),
                    Step(f"{kind}: h_{t}", made if kind == "linear" else f"tanh({made})", h),
                    Step(f"{kind}: V h_{t}", "", scores),
                    Step(f"{kind}: p_{t}", f"softmax(V h_{t}): ADJ, DET, NOUN", p),
                    Step(f"{kind}: label {t}", "the likeliest", _LABELS[int(p.argmax())]),
                ]
                bars[f"word {t}, {kind}"] = p.tolist()
        result = "The first word is an ADJ and the second a NOUN; with tanh, as elsewhere in the deck, they are too."
        inputs = {"U": U, "W": W, "V": V, "h_0": start, "x_1": words[0], "x_2": words[1]}
        return Found(steps, result, [Bars("How probable each label is", "p", _LABELS, bars)], inputs)
