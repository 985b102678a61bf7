"""Text as people are shown it: counted things, and lines that stay on their line."""

import unicodedata
from collections.abc import Mapping, Sequence

from elman.errors import quoted

_LONGEST = 40
_SMALL = 0.001
_BREAKS = "\u2028\u2029"


def all_counted(counts: Mapping[str, int], between: str) -> str:
    """Return several numbers of things in words.

    >>> all_counted({"words": 2000, "lines": 1}, ", ")
    '2,000 words, 1 line'
    """
    return between.join(counted(count, name) for name, count in counts.items())


def counted(count: int, plural: str) -> str:
    """Return a number of things in words.

    Args:
        count: how many.
        plural: what they are, such as `words` or `series of numbers`.

    >>> counted(1, "stretches"), counted(2000, "marks of lines"), counted(1, "labels unseen in training")
    ('1 stretch', '2,000 marks of lines', '1 label unseen in training')
    """
    if count != 1:
        return f"{count:,} {plural}"
    words = plural.split(" ")
    for place, word in enumerate(words):
        if word.endswith("s"):  # the first such word is the noun; what follows belongs to it
            words[place] = _singular(word)
            break
    return " ".join(("1", *words))


def figures(value: float) -> str:
    """Return a number with four decimals, and one of which they would show no digit or one with three digits.

    >>> figures(1234.5), figures(0.00001234), figures(0.0)
    ('1,234.5000', '1.23e-05', '0.0000')
    """
    return f"{value:.3g}" if 0 < abs(value) < _SMALL else f"{value:,.4f}"


def _singular(noun: str) -> str:
    if noun == "series":
        return noun
    if noun.endswith(("ches", "sses", "shes", "xes")):
        return noun.removesuffix("es")
    return f"{noun.removesuffix('ies')}y" if noun.endswith("ies") else noun.removesuffix("s")


def on_one_line(text: str) -> str:
    r"""Return a text with what would break a line or move the cursor written as an escape, such as `\x0c`.

    >>> on_one_line("not\ngood\tat all")
    'not\\ngood\\tat all'
    """
    if text.isprintable():
        return text
    return "".join(ascii(one)[1:-1] if unicodedata.category(one) == "Cc" or one in _BREAKS else one for one in text)


def shortened(text: str, most: int = 40) -> str:
    """Return a text without its middle where it is long.

    >>> shortened("abcdefghij", most=4)
    'ab...ij'
    """
    half = most // 2
    return text if len(text) <= most else f"{text[:half]}...{text[-half:]}"


def listed(names: Sequence[str], most: int = 5) -> str:
    """Return the first of some names between quotes, and how many others there are.

    >>> listed(["a", "b", "c"], most=2), listed(["a"])
    ("'a', 'b' and 1 other", "'a'")
    """
    shown, others = ", ".join(quoted(name, _LONGEST) for name in names[:most]), len(names) - most
    return shown if others <= 0 else f"{shown} and {others:,} other{'s' if others > 1 else ''}"
