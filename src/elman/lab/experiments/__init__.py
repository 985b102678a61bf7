"""Experiments of the lab, one a file."""

from typing import TYPE_CHECKING

from elman.registry import Registry

if TYPE_CHECKING:
    from elman.lab.experiments.base import Experiment

EXPERIMENTS: "Registry[Experiment]" = Registry("elman.lab.experiments", "Experiment", "experiment")

ELSEWHERE = {
    "powers": "eigen",
    "eigenvalues": "eigen",
    "through_time": "steps127",
    "gradients": "steps127",
    "w1": "labels",
    "w2": "forget_gate",
    "w2b": "elementwise",
    "w3": "four_gram",
    "w4": "reuters",
    "w5": "reuters",
    "w7": "ppl_table",
    "w8": "one_hot",
    "perplexity": "ppl_table",
    "bptt": "repeated_weight",
    "clip": "clipping",
    "sigmoid": "activations",
    "tanh": "activations",
    "relu": "activations",
    "wmt": "terms",
    "temporal_order": "order",
    "addition": "adding",
    "anbn": "formal",
    "while": "loop",
    "dagger": "imitation",
}
"""What else experiments are called, for whoever looks for them by that name."""
