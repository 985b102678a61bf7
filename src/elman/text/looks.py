"""What a text looks like: a list of items, lines that mark their own ends."""

from statistics import mean

_FEWEST = 50
_LONGEST = 200
_CHARACTERS = 40
_WORDS = 4
_DIFFERENT = 0.9
_SENTENCES = 0.1
_ENDS = (".", "!", "?", ",", ";", ":")


def looks_like_items(text: str) -> bool:
    """Say whether the lines of a text are items of a list, such as names, titles or formulas, and do not read on.

    So it is where they look like a list, and hardly one comes twice.
    """
    lines = text.split("\n")[:-1]
    return looks_like_list(text) and len(set(lines)) >= _DIFFERENT * len(lines)


def looks_like_list(text: str) -> bool:
    """Say whether the lines of a text may be items of a list, of which some come several times.

    So it is where lines are short, of few words, none is empty, and hardly one ends as a sentence or a part of one
    does.
    """
    lines = text.split("\n")[:-1]
    if len(lines) < _FEWEST or not all(line.strip() for line in lines):
        return False
    short = mean(map(len, lines)) <= _CHARACTERS and max(map(len, lines)) <= _LONGEST
    few = mean(len(line.split()) for line in lines) <= _WORDS
    ended = sum(line.rstrip().endswith(_ENDS) for line in lines)
    return short and few and ended <= _SENTENCES * len(lines)
