"""Bits at the steps of a sequence."""

from pathlib import Path

import numpy as np

from elman.answers.base import Answer, rounded
from elman.text.printed import counted


def bits_answer(where: str, steps: int, places: np.ndarray, chances: np.ndarray, facts: bool) -> Answer:
    """Return the bits that are answered at some steps of a sequence.

    Args:
        where: the sequence stands.
        steps: how many it has.
        places: of the steps with an answer, (n,).
        chances: how likely each of their bits is 1, (n, K).
        facts: whether those for JSON are wanted.
    """
    bits = (chances > 0.5).astype(int)
    words = " ".join("".join(map(str, row)) for row in bits.tolist())
    told = {"sequence": where, "steps": [int(place) + 1 for place in places], "bits": bits.tolist()}
    told["probabilities"] = rounded(chances)
    return Answer(bits, f"{Path(where).name}: {counted(steps, 'steps')}, {words}", told if facts else {})
