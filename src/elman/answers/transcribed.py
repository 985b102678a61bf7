"""Texts that were heard or read off frames."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from elman.answers.base import Answer


class Placed(NamedTuple):
    """Where one label stands.

    Args:
        label: as a person is shown it.
        begin: its first frame.
        end: the frame behind its last one.
        confidence: its mean probability there, 0 to 1.
    """

    label: str
    begin: int
    end: int
    confidence: float


class Transcript(NamedTuple):
    """One text for a recording.

    Args:
        text: it.
        log_prob: log p (nats) of all its paths that were looked at; of the likeliest path alone where no other was.
        placed: where each label stands on its likeliest path; empty where nobody asked.
        labels: that were found, (U,): one that is unknown is a label, and written `<unk>` in the text.
    """

    text: str
    log_prob: float
    placed: Sequence[Placed] = ()
    labels: Sequence[int] = ()


class Heard(NamedTuple):
    """What was found for one recording.

    Args:
        found: the best texts, best first; one at least.
        log_probs: of each symbol at each step of the network, (T, V).
    """

    found: Sequence[Transcript]
    log_probs: np.ndarray


def transcribed(found: Sequence[Transcript], frames: int, facts: bool, source: str) -> Answer:
    """Return the texts, best first, with tabs between them; in JSON where the labels of the best one stand.

    Args:
        found: the texts.
        frames: of the recording.
        facts: whether those for JSON are wanted.
        source: the name of the recording, for JSON.
    """
    told: dict[str, Any] = {}
    if facts:
        best = found[0]
        told = {"source": source, "frames": frames, "text": best.text, "log_prob": round(best.log_prob, 4)}
        if len(found) > 1:
            told["others"] = [{"text": one.text, "log_prob": round(one.log_prob, 4)} for one in found[1:]]
        told["labels"] = [{**one._asdict(), "confidence": round(one.confidence, 4)} for one in best.placed]
    texts = [one.text for one in found]
    return Answer(texts[0] if len(texts) == 1 else texts, "\t".join(texts), told)
