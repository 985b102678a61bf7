"""Heads: from hidden states to losses and predictions, one a file."""

from typing import TYPE_CHECKING

from elman.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from elman.heads.base import Head

HEADS: "Registry[Head]" = Registry("elman.heads", "Head", "head")

ANSWERS = {"label": "softmax", "labels": "sigmoid", "score": "graded"}
"""The head for each thing that a text or a pair can be asked for."""


def answering(sizes: "Mapping[str, int]", width: int) -> "dict[str, Head]":
    """Return the head for the one answer that a task wants, by its name.

    Args:
        sizes: of a model; one of `ANSWERS` is among them.
        width: of the vector that is answered from.
    """
    name = next(name for name in ANSWERS if name in sizes)
    return {name: HEADS.get(ANSWERS[name])(width, sizes[name])}
