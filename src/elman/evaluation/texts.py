"""Scores of texts that were written: how much of what they should be they have."""

from collections.abc import Mapping, Sequence
from functools import partial
from importlib.metadata import version
from typing import Any

import numpy as np

from elman.evaluation.base import Observed, Verdict, score
from elman.evaluation.mistakes import Asked
from elman.metrics.base import Edits, Matches, Score, Written
from elman.text.edits import edit_distance

SCORES: Mapping[str, type] = {"bleu": Written, "chrf": Written, "exact_match": Matches, "error_rate": Edits}
"""The scores of texts that were written, and what they observe."""

Cut = Sequence[tuple[Sequence[str], Sequence[str]]]
"""The tokens of what was written and of what it should have been, of each example."""


def text_scores(
    hypotheses: Sequence[str], references: Sequence[str], edits: Sequence[Edits], unit: str, how: str
) -> list[Score]:
    """Return BLEU, chrF, how many are exactly right, and the rate of errors.

    Args:
        hypotheses: what was written.
        references: what it should have been.
        edits: what makes the one the other, of each example.
        unit: what a token is, in the singular.
        how: it was written, for signatures.
    """
    written = Written(hypotheses, [[text] for text in references])
    library = f"sacrebleu:{version('sacrebleu')}"
    whole = Edits(sum(one.changes for one in edits), sum(one.tokens for one in edits))
    right = sum(map(str.__eq__, hypotheses, references))
    return [
        score("bleu", written, "0 to 100", f"{how}|nrefs:1|case:mixed|tok:13a|smooth:exp|{library}"),
        score("chrf", written, "0 to 100", f"{how}|nrefs:1|case:mixed|nc:6|nw:0|{library}"),
        score("accuracy", Matches(right, len(hypotheses)), "of texts", f"{how}|whole:exact", "exact_match"),
        score("error_rate", whole, f"changes a {unit}", f"{how}|token:{unit}"),
    ]


def text_verdict(asked: Asked, said: Sequence[str], tokens: Cut, unit: str, first: str, how: str) -> Verdict:
    """Return what texts that were written are worth.

    Args:
        asked: the examples, their true texts being `target`.
        said: what was written to each.
        tokens: of both, of each example.
        unit: what a token is, in the singular.
        first: the score that comes first.
        how: it was written, for signatures.
    """
    references = [example.fields["target"] for example in asked.examples]
    edits = [Edits(edit_distance(*pair), len(pair[1])) for pair in tokens]
    scores = text_scores(said, references, edits, unit, how)
    scores.sort(key=lambda one: one.name != first)
    observed: Observed = {
        "bleu": ("bleu", partial(_written, said, references)),
        "chrf": ("chrf", partial(_written, said, references)),
        "exact_match": ("accuracy", lambda: (Matches(int(a == b), 1) for a, b in zip(said, references, strict=True))),
        "error_rate": ("error_rate", lambda: edits),
    }
    far = {row: one.changes / max(1, one.tokens) for row, one in enumerate(edits) if one.changes}
    details = asked.worst(far, lambda row: (references[row], said[row]))
    best, lengths = scores[0], np.array([[len(one) for one in pair] for pair in tokens]).sum(0)
    shown = f"BLEU {best.value:.2f}" if first == "bleu" else f"{first.replace('_', ' ')} {best.value:.2%}"
    counts = {**asked.counts, f"{unit}s written": int(lengths[0]), f"{unit}s of the file": int(lengths[1])}
    return Verdict(scores, details, observed, counts, shown, references)


def _written(said: Sequence[str], references: Sequence[str]) -> Any:
    return (Written([one], [[text]]) for one, text in zip(said, references, strict=True))
