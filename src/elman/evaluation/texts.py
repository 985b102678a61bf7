"""Scores of texts that were written: how much of what they should be they have."""

from collections.abc import Mapping, Sequence
from functools import partial
from importlib.metadata import version
from typing import Any

from elman.evaluation.base import Beside, ScoreSet, Seen, Told, Verdict, scored
from elman.evaluation.mistakes import Asked
from elman.metrics.base import Edits, Matches, Variants, Written, WrittenTokens
from elman.text.edits import edit_distance

_OF_TOKENS = "{how}|token:{unit}{several}"
SCORES: Mapping[str, Told] = {
    "bleu": Told(Written, "0 to 100", "{how}|{references}|case:mixed|tok:13a|smooth:exp|{library}"),
    "chrf": Told(Written, "0 to 100", "{how}|{references}|case:mixed|nc:6|nw:0|{library}"),
    "exact_match": Told(Matches, "of texts", "{how}|whole:exact", "accuracy"),
    "error_rate": Told(Edits, "changes a {unit}", _OF_TOKENS),
    "length_ratio": Told(WrittenTokens, "{unit}s written for each that should be", _OF_TOKENS),
    "repeat_rate": Told(WrittenTokens, "of texts", _OF_TOKENS),
}
"""The scores of texts that were written."""


def text_scores(written: Written, tokens: WrittenTokens, edits: Sequence[Edits], unit: str, how: str) -> ScoreSet:
    """Return BLEU, chrF, how many are exactly right, the rate of errors, and how long and how circular texts are.

    Args:
        written: texts, and those that would be right.
        tokens: of both.
        edits: of `nearest`.
        unit: what a token is, in the singular.
        how: it was written, for signatures.
    """
    library = f"sacrebleu:{version('sacrebleu')}"
    whole = Edits(sum(one.changes for one in edits), sum(one.tokens for one in edits))
    right = Matches(sum(one.correct for one in _right(written)), len(written.hypotheses))
    counts = {len(one) for one in written.references} or {1}
    references = f"nrefs:{counts.pop() if len(counts) == 1 else 'var'}"
    several = "|references:nearest" if any(len(one) > 1 for one in written.references) else ""
    seen: Seen = {
        Written: (written, partial(_each, written)),
        WrittenTokens: (tokens, partial(_each, tokens)),
        Matches: (right, partial(_right, written)),
        Edits: (whole, lambda: edits),
    }
    return scored(SCORES, seen, how=how, unit=unit, references=references, several=several, library=library)


def text_verdict(asked: Asked, written: Written, tokens: WrittenTokens, unit: str, first: str, how: str) -> Verdict:
    """Return what texts that were written are worth.

    Args:
        asked: the examples.
        written: what was written to each, and what would be right.
        tokens: of both.
        unit: what a token is, in the singular.
        first: the score that comes first.
        how: it was written, for signatures.
    """
    edits = nearest(tokens)
    scores, _, observed, _ = text_scores(written, tokens, edits, unit, how)
    scores.sort(key=lambda one: one.name != first)
    far = {row: one.changes / max(1, one.tokens) for row, one in enumerate(edits) if one.changes}
    details = asked.worst(far, lambda row: (" | ".join(written.references[row]), written.hypotheses[row]))
    best, length = scores[0], sum(map(len, tokens.hypotheses))
    shown = f"BLEU {best.value:.2f}" if first == "bleu" else f"{first.replace('_', ' ')} {best.value:.2%}"
    counts = {**asked.counts, f"{unit}s written": length, f"{unit}s of the file": sum(one.tokens for one in edits)}
    counts |= {"empty texts written": empty} if (empty := sum(not text for text in written.hypotheses)) else {}
    beside: Beside = {Variants: partial(_each, Variants(*written))}
    return Verdict(scores, details, observed, counts, shown, written.references, beside=beside)


def nearest(tokens: WrittenTokens) -> list[Edits]:
    """Return what makes each text the nearest of those that would be right; of equally near ones, the longest."""
    found = []
    for text, references in zip(*tokens, strict=True):
        every = (Edits(edit_distance(text, one), len(one)) for one in references)
        found.append(min(every, key=lambda one: (one.changes, -one.tokens)))
    return found


def _right(written: Written) -> list[Matches]:
    return [Matches(int(text in references), 1) for text, references in zip(*written, strict=True)]


def _each(observed: Any) -> Any:
    """Return an observation of many texts as one of each."""
    return (type(observed)([text], [references]) for text, references in zip(*observed, strict=True))
