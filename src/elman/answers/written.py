"""Texts that were written to a source."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from elman.answers.base import Answer, rounded

END = "</s>"
"""How the end of a text is shown."""


class WrittenText(NamedTuple):
    """What a model wrote.

    Args:
        text: it.
        log_prob: log p (nats), of the end too.
        tokens: of the text.
        looked: how much each token of the source was looked at for each of them and for the end, (U, T); None where
            nobody knows.
        ended: whether it came to its end.
    """

    text: str
    log_prob: float
    tokens: Sequence[str]
    looked: np.ndarray | None = None
    ended: bool = True

    @property
    def looked_for(self) -> list[str]:
        """The tokens, the end included, that `looked` has a row for: not those that it had to begin with."""
        tokens = [*self.tokens, END] if self.ended else list(self.tokens)
        return tokens[len(tokens) - len(self.where) :]

    @property
    def where(self) -> np.ndarray:
        """`looked`, with no row where nobody knows."""
        return np.empty((0, 0)) if self.looked is None else self.looked


NOTHING = WrittenText("", -math.inf, ())
"""What is said where no text was possible."""


def written(
    source: str, source_tokens: Sequence[str], found: Sequence[WrittenText], facts: bool, read: str = ""
) -> Answer:
    """Return the texts, best first, with tabs between them; in JSON with their log-probabilities.

    Args:
        source: what they were written to.
        source_tokens: its tokens, the end included.
        found: the texts.
        facts: whether those for JSON are wanted.
        read: how much of the source was read, where that is not all.
    """
    best = found[0]
    told: dict[str, Any] = {}
    if facts:
        told = {"source": source, "text": best.text, "log_prob": _rounded(best), **({"read": read} if read else {})}
        if len(found) > 1:
            told["others"] = [{"text": one.text, "log_prob": _rounded(one)} for one in found[1:]]
        if best.looked is not None:
            told["attention"] = {
                "source": list(source_tokens),
                "target": list(best.tokens),
                "weights": rounded(best.looked),
            }
    texts = [one.text for one in found]
    value: Any = best.text if len(found) == 1 else texts
    return Answer(value, "\t".join(texts), told)


def _rounded(found: WrittenText) -> float | None:
    return round(found.log_prob, 4) if math.isfinite(found.log_prob) else None
