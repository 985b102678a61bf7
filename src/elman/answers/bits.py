"""Bits at the steps of a sequence."""

from pathlib import Path

import numpy as np

from elman.answers.base import Answer, rounded
from elman.text.printed import counted


def bits_answer(
    where: str, steps: int, places: np.ndarray, chances: np.ndarray, gold: np.ndarray | None, facts: bool
) -> Answer:
    """Return the bits that are answered at some steps of a sequence.

    Args:
        where: the sequence stands.
        steps: how many it has.
        places: of the steps with an answer, (n,).
        chances: how likely each of their bits is 1, (n, K).
        gold: what they are in truth, (n, K); None where nobody knows.
        facts: whether those for JSON are wanted.
    """
    bits = (chances > 0.5).astype(int)
    words = " ".join("".join(map(str, row)) for row in bits.tolist())
    told = {"sequence": where, "steps": [int(place) + 1 for place in places], "bits": bits.tolist()}
    told["probabilities"] = rounded(chances)
    wrong = "" if gold is None else f", {int((bits != gold).sum())} of {bits.size:,} wrong"
    return Answer(bits, f"{Path(where).name}: {counted(steps, 'steps')}{wrong}: {words}", told if facts else {})
