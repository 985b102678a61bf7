"""Sentences of a text."""

import re


def sentences_of(text: str) -> list[str]:
    r"""Return the sentences of a text: each ends with its line, or with a mark that a blank follows.

    >>> sentences_of("Mary went home. It is 3.5 km! John\nstayed")
    ['Mary went home.', 'It is 3.5 km!', 'John', 'stayed']
    """
    return [part.strip() for line in text.splitlines() for part in re.split(r"(?<=[.!?])\s+", line) if part.strip()]
