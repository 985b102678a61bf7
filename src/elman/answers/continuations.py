"""The tokens that are likely to follow a text."""

import json

from elman.answers.base import Answer, Ranked


def going_on(text: str, found: Ranked, facts: bool) -> Answer:
    """Return what a person is shown of the tokens that are likely to follow a text.

    Args:
        text: what was read.
        found: tokens as they are shown, with their probabilities.
        facts: whether those for JSON are wanted.
    """
    shown = "  ".join(f"{json.dumps(token, ensure_ascii=False)} {p:.3g}" for token, p in found)
    tokens = [{"token": token, "probability": p} for token, p in found]
    return Answer(found, f"{text} -> {shown}", {"text": text, "next": tokens} if facts else {})
