"""What of a text one can name, as a number after each of its tokens: brackets, quotes, the place in a line."""

from collections.abc import Sequence

import numpy as np

_OPEN, _CLOSED = "([{", ")]}"
_QUOTES_OPEN, _QUOTES_CLOSED = ("“", "«", "``"), ("”", "»", "''")
_MARKS = ".,;:!?-'\"()[]{}"
_VOWELS = "aeiouAEIOU"


def nameable(tokens: Sequence[str]) -> dict[str, np.ndarray]:
    """Return by name what holds after each token was read, (T,) each, without what never changes in this text.

    Args:
        tokens: as they stand in the text, line ends included.
    """
    rows: list[dict[str, float]] = []
    depth, quoted, line, word, indent, started = 0, False, 0, 0, 0, False
    by_letters = all(len(token.strip()) < 2 for token in tokens)
    for token in tokens:
        inside = token.strip()
        depth = max(0, depth + sum(token.count(one) for one in _OPEN) - sum(token.count(one) for one in _CLOSED))
        quoted = _after(token, quoted)
        ended = "\n" in token
        line = 0 if ended else line + 1
        word = word + 1 if by_letters and inside else len(inside)
        indent, started = (0, False) if ended else (indent + (not started and not inside), started or bool(inside))
        rows.append(
            {
                "depth of brackets": depth,
                "inside brackets": depth > 0,
                "inside quotes": quoted,
                "place in the line": line,
                "end of the line": ended,
                "indentation": indent,
                "letters of the word so far": word,
                "blank": not inside,
                "capital": inside[:1].isupper(),
                "digit": any(map(str.isdigit, inside)),
                "punctuation": bool(inside) and all(one in _MARKS for one in inside),
                "vowel": by_letters and inside != "" and inside in _VOWELS,
                "ends in s": len(inside) > 2 and inside.endswith("s"),
                "ends in ing": len(inside) > 4 and inside.endswith("ing"),
            }
        )
    found = {name: np.array([row[name] for row in rows], np.float64) for name in (rows[0] if rows else ())}
    return {name: one for name, one in found.items() if one.min() < one.max()}


def _after(token: str, quoted: bool) -> bool:
    """Return whether a text is within quotes after a token."""
    if any(one in token for one in _QUOTES_OPEN):
        return True
    if any(one in token for one in _QUOTES_CLOSED):
        return False
    return quoted != bool(token.count('"') % 2)
