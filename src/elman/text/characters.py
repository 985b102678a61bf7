"""Characters that no line can hold: halves of surrogate pairs, and line breaks within a text."""

_BREAKS = {code: repr(chr(code))[1:-1] for code in map(ord, "\t\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")}


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


def one_line(text: str) -> str:
    r"""Return a text with its line breaks and tabs as escapes, so that it can stand in a column of a line.

    >>> one_line("not\ngood\tat all")
    'not\\ngood\\tat all'
    """
    return text.translate(_BREAKS)
