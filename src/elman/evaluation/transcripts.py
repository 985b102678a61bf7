"""Scores of texts that were heard or read off: how many of their characters and words are wrong."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from math import isnan

import numpy as np

from elman.evaluation.base import ScoreSet, Seen, Told, Verdict, score, scored
from elman.evaluation.mistakes import Asked
from elman.metrics.base import Edits, Matches, Score
from elman.text.edits import edit_distance

_POOLED = "{how}|token:{unit}|texts:pooled"
SCORES: Mapping[str, Told] = {
    "cer": Told(Edits, "changes a {unit}", _POOLED, "error_rate"),
    "wer": Told(Edits, "changes a {unit}", _POOLED, "error_rate"),
    "error_rate": Told(Edits, "changes a {unit}", _POOLED),
    "mean_cer": Told(Edits, "changes a character, mean of texts", "{how}|token:character|texts:mean", "error_rate"),
    "exact_match": Told(Matches, "of texts", "{how}|whole:exact", "accuracy"),
}
"""The scores of transcripts."""


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
    found = ScoreSet([], [], {})
    for name, (token, _) in cuts.items():
        seen: Seen = {Edits: (_sum(edits[name]), partial(list, edits[name]))}
        found = found.and_then(scored({name: SCORES[name]}, seen, how=how, unit=token))
    exact = [Matches(int(one == other), 1) for one, other in zip(heard, right, strict=True)]
    whole = Matches(sum(one.correct for one in exact), len(exact))
    of_characters, exactly = edits["cer"], {"exact_match": SCORES["exact_match"]}
    found.scores.append(_mean(of_characters, how))
    found = found.and_then(scored(exactly, {Matches: (whole, lambda: exact)}, how=how))
    scores = sorted(found.scores, key=lambda one: one.name != first)
    far = {row: one.changes / max(1, one.tokens) for row, one in enumerate(of_characters) if one.changes}
    details = asked.worst(far, lambda row: (right[row], heard[row]))
    best = scores[0]
    shown = "no text to be wrong about" if isnan(best.value) else f"{_named(best.name)} {best.value:.2%}"
    counts = {**asked.counts, "characters of the file": sum(one.tokens for one in of_characters)}
    counts["words of the file"] = sum(one.tokens for one in edits["wer"])
    counts |= {"empty texts written": empty} if (empty := sum(not text for text in heard)) else {}
    return Verdict(scores, details, found.observed, counts, shown, right)


def _edits(heard: str, right: str, cut: Callable[[str], Sequence[str]]) -> Edits:
    reference = cut(right)
    return Edits(edit_distance(cut(heard), reference), len(reference))


def _mean(edits: Sequence[Edits], how: str) -> Score:
    """Return the mean of the rates of texts, which is of no pieces that add."""
    rates = np.array([one.changes / one.tokens for one in edits if one.tokens])
    mean = Edits(float(rates.sum()), len(rates))  # type: ignore[arg-type]
    told = SCORES["mean_cer"]
    return score(told.metric, mean, told.unit, told.signature.format(how=how), "mean_cer")


def _sum(edits: Sequence[Edits]) -> Edits:
    return Edits(sum(one.changes for one in edits), sum(one.tokens for one in edits))


def _named(name: str) -> str:
    return name.upper() if name in ("cer", "wer") else name.replace("_", " ")
