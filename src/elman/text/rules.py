"""The official rules by which an answer cut out of a passage is compared with a true one."""

import re
import string
from collections import Counter
from collections.abc import Sequence

_MARKS = str.maketrans("", "", string.punctuation)
_ARTICLE = re.compile(r"\b(a|an|the)\b")


def normalized_answer(text: str) -> str:
    """Return an answer in lower case, without ASCII punctuation, articles and double blanks, in this order.

    >>> normalized_answer("The Eiffel  tower.")
    'eiffel tower'
    >>> normalized_answer("the-end")
    'theend'

    Source: evaluate-v1.1.py of SQuAD (Rajpurkar et al., 2016).
    """
    return " ".join(_ARTICLE.sub(" ", text.lower().translate(_MARKS)).split())


def exactly_matches(answer: str, golds: Sequence[str]) -> bool:
    """Say whether an answer equals one of those that are right."""
    return normalized_answer(answer) in map(normalized_answer, golds)


def overlap_f1(answer: str, golds: Sequence[str]) -> float:
    """Return the largest F1 of the words of an answer with those of one that is right.

    F1 = 2 c / (n + m),    c words in common, each as often as both have it;  0 where c = 0, of two empty ones too
    """
    words = Counter(normalized_answer(answer).split())
    return max((_f1(words, Counter(normalized_answer(gold).split())) for gold in golds), default=0.0)


def _f1(words: Counter[str], gold: Counter[str]) -> float:
    common = (words & gold).total()
    return 2 * common / (words.total() + gold.total()) if common else 0.0
