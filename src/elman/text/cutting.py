"""How raw text is cut into words: seen by how it looks, unless somebody says it."""

import re
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from elman.text.simple import simple_words

_PUNCTUATION = frozenset(".,;:!?")
_GLUED = re.compile(r"\w(?:\W+|['’](?i:s|re|ve|ll|d|m|t))$")
_LOOKED_AT = 200


def looks_tokenized(text: str) -> bool:
    """Say whether punctuation stands apart from words, as in Penn Treebank or WikiText, and not glued to them."""
    words = text.split()
    if "<unk>" in words:
        return True
    apart = sum(word in _PUNCTUATION for word in words)
    glued = sum(len(word) > 1 and word[-1] in _PUNCTUATION for word in words)
    return apart > 0 and apart > 4 * glued


def stands_apart(text: str, known: Callable[[str], bool]) -> bool:
    """Say whether blanks cut a text as a vocabulary has it: no mark or clitic is glued to a word.

    One is glued where a word is unknown as it stands, and its parts that have letters or digits are known.

    Args:
        text: raw, or tokenized already.
        known: says whether the vocabulary has a word.
    """
    for word in text.split():
        if _GLUED.search(word) and not known(word):
            parts = simple_words(word)
            spoken = [part for part in parts if any(map(str.isalnum, part))]
            if len(parts) > 1 and spoken and all(map(known, spoken)):
                return False
    return True


def cut_words(config: Any, texts: Iterable[str], say: Callable[[str], None]) -> Any:
    """Return options whose `words` says how raw text is cut: as it is given, or as the first texts look.

    Args:
        config: with `words`, which is `auto` where nobody decided.
        texts: of a training part.
        say: called with what was decided.
    """
    if config.words != "auto":
        return config
    apart = looks_tokenized("\n".join(islice(texts, _LOOKED_AT)))
    words, why = ("blanks", "stands apart already") if apart else ("simple", "is cut off")
    say(f"words: {words}, guessed: punctuation {why}; --set task.words=simple or blanks decides it")
    return config.model_copy(update={"words": words})
