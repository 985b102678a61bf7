"""Scores of texts that were written: how much of what they should be they have."""

from collections.abc import Sequence
from functools import partial
from importlib.metadata import version
from typing import Any

import numpy as np

from elman.evaluation.base import Observed, Verdict, score
from elman.evaluation.mistakes import Asked
from elman.metrics.base import Edits, Matches, Score, Written
from elman.text.edits import edit_distance

Tokens = Sequence[str]


def text_scores(
    hypotheses: Sequence[str], references: Sequence[str], tokens: Sequence[tuple[Tokens, Tokens]], unit: str
) -> list[Score]:
    """Return BLEU, chrF, how many are exactly right, and the rate of errors.

    Args:
        hypotheses: what was written.
        references: what it should have been.
        tokens: of both, of each example.
        unit: what a token is, in the singular.
    """
    written = Written(hypotheses, [[text] for text in references])
    library = f"sacrebleu:{version('sacrebleu')}"
    changes = sum(edit_distance(*pair) for pair in tokens)
    edits = Edits(changes, sum(len(reference) for _, reference in tokens))
    right = sum(map(str.__eq__, hypotheses, references))
    return [
        score("bleu", written, "0 to 100", f"nrefs:1|case:mixed|tok:13a|smooth:exp|{library}"),
        score("chrf", written, "0 to 100", f"nrefs:1|case:mixed|nc:6|nw:0|{library}"),
        score("accuracy", Matches(right, len(hypotheses)), "of texts", "whole:exact", "exact_match"),
        score("error_rate", edits, f"changes a {unit}", f"token:{unit}"),
    ]


def text_verdict(
    asked: Asked, said: Sequence[Any], tokens: Sequence[tuple[Tokens, Tokens]], unit: str, first: str
) -> Verdict:
    """Return what texts that were written are worth.

    Args:
        asked: the examples, their true texts being `target`.
        said: what was written to each.
        tokens: of both, of each example.
        unit: what a token is, in the singular.
        first: the score that comes first.
    """
    references = [example.fields["target"] for example in asked.examples]
    scores = text_scores(said, references, tokens, unit)
    scores.sort(key=lambda one: one.name != first)
    observed: Observed = {
        "bleu": ("bleu", partial(_written, said, references)),
        "chrf": ("chrf", partial(_written, said, references)),
        "exact_match": ("accuracy", lambda: (Matches(int(a == b), 1) for a, b in zip(said, references, strict=True))),
        "error_rate": ("error_rate", lambda: (Edits(edit_distance(*pair), len(pair[1])) for pair in tokens)),
    }
    far = {row: edit_distance(*pair) / max(1, len(pair[1])) for row, pair in enumerate(tokens) if pair[0] != pair[1]}
    details = asked.worst(far, lambda row: (references[row], said[row]))
    best, lengths = scores[0], np.array([[len(one) for one in pair] for pair in tokens]).sum(0)
    shown = f"BLEU {best.value:.2f}" if first == "bleu" else f"{first.replace('_', ' ')} {best.value:.2%}"
    counts = {**asked.counts, f"{unit}s written": int(lengths[0]), f"{unit}s of the file": int(lengths[1])}
    return Verdict(scores, details, observed, counts, shown, references)


def _written(said: Sequence[str], references: Sequence[str]) -> Any:
    return (Written([one], [[text]]) for one, text in zip(said, references, strict=True))
