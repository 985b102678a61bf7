"""Characters that no file can hold: halves of surrogate pairs."""


def well_formed(text: str) -> str:
    r"""Return a text with both halves of a pair joined, and U+FFFD for a half that stands alone.

    >>> well_formed("good \ud83d")
    'good �'
    """
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
