"""Words as blanks cut them."""


def between_blanks(text: str) -> list[str]:
    """Return what stands between blanks, tabs and line ends.

    Any other white space, such as a no-break space or a form feed, is part of a word, as it is to KenLM and SRILM.
    """
    for mark in "\t\r\n":
        text = text.replace(mark, " ")
    return [word for word in text.split(" ") if word]
