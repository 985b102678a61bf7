"""What words that differ by their endings only have in common."""

_ENDINGS = ("ations", "ation", "ings", "ing", "ies", "ed", "es", "ly", "s", "e", "y")
_LEAST = 3


def stem(word: str) -> str:
    """Return a word in lower case without its ending, of which three letters or more are left; no dictionary is asked.

    >>> [stem(word) for word in ("Discovered", "discovers", "discovery", "was", "1990s")]
    ['discover', 'discover', 'discover', 'was', '1990']
    """
    word = word.lower()
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST:
            return word[: -len(ending)]
    return word
