"""Scores of texts that were heard or read off: how many of their characters and words are wrong."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from math import isnan
from typing import Any

import numpy as np

from elman.evaluation.base import Verdict, score
from elman.evaluation.mistakes import Asked
from elman.metrics.base import Edits, Matches
from elman.text.edits import edit_distance

SCORES: Mapping[str, type] = {
    **dict.fromkeys(("cer", "wer", "error_rate", "mean_cer"), Edits),
    "exact_match": Matches,
}
"""The scores of transcripts, and what they observe."""


def transcript_verdict(
    asked: Asked, heard: Sequence[str], split: Callable[[str], Sequence[str]], unit: str, first: str, how: str
) -> Verdict:
    """Return what transcripts are worth: errors pooled over all of them, and of each by itself.

        cer, wer = Σ changes / Σ characters, words that should be there;    mean_cer = the mean over texts of their own

    Args:
        asked: the examples, with the text that each should be.
        heard: what was written to each.
        split: cuts a text into tokens.
        unit: what a token is, in the singular.
        first: the score that comes first.
        how: it was written, for signatures.
    """
    right: list[str] = [example.fields["text"] for example in asked.examples]
    cuts: dict[str, tuple[str, Callable[[str], Sequence[str]]]] = {
        "cer": ("character", list),
        "wer": ("word", str.split),
    }
    if unit not in ("character", "word"):
        cuts["error_rate"] = unit, split
    edits = {name: [_edits(*pair, cut) for pair in zip(heard, right, strict=True)] for name, (_, cut) in cuts.items()}
    scores = [
        score("error_rate", _sum(edits[name]), f"changes a {unit}", f"{how}|token:{unit}|texts:pooled", name)
        for name, (unit, _) in cuts.items()
    ]
    of_characters = edits["cer"]
    mean = np.array([one.changes / one.tokens for one in of_characters if one.tokens])
    exact = [Matches(int(one == other), 1) for one, other in zip(heard, right, strict=True)]
    whole = Matches(sum(one.correct for one in exact), len(exact))
    signature = f"{how}|token:character|texts:mean"
    mean_of = Edits(float(mean.sum()), len(mean)) if len(mean) else Edits(0, 0)  # type: ignore[arg-type]
    scores.append(score("error_rate", mean_of, "changes a character, mean of texts", signature, "mean_cer"))
    scores.append(score("accuracy", whole, "of texts", f"{how}|whole:exact", "exact_match"))
    scores.sort(key=lambda one: one.name != first)
    observed: dict[str, Any] = {name: ("error_rate", partial(list, some)) for name, some in edits.items()}
    observed["exact_match"] = "accuracy", lambda: exact
    far = {row: one.changes / max(1, one.tokens) for row, one in enumerate(of_characters) if one.changes}
    details = asked.worst(far, lambda row: (right[row], heard[row]))
    best = scores[0]
    shown = "no text to be wrong about" if isnan(best.value) else f"{_named(best.name)} {best.value:.2%}"
    counts = {**asked.counts, "characters of the file": sum(one.tokens for one in of_characters)}
    counts["words of the file"] = sum(one.tokens for one in edits["wer"])
    counts |= {"empty texts written": empty} if (empty := sum(not text for text in heard)) else {}
    return Verdict(scores, details, observed, counts, shown, right)


def _edits(heard: str, right: str, cut: Callable[[str], Sequence[str]]) -> Edits:
    reference = cut(right)
    return Edits(edit_distance(cut(heard), reference), len(reference))


def _sum(edits: Sequence[Edits]) -> Edits:
    return Edits(sum(one.changes for one in edits), sum(one.tokens for one in edits))


def _named(name: str) -> str:
    return name.upper() if name in ("cer", "wer") else name.replace("_", " ")
