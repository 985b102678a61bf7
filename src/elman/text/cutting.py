"""How raw text is cut into words, or into characters: seen by how it looks, unless somebody says it."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any

from elman.text.blanks import split_words
from elman.text.simple import simple_words

_PUNCTUATION = frozenset(".,;:!?")
_GLUED = re.compile(r"\w(?:\W+|['’](?i:s|re|ve|ll|d|m|t))$")
_LOOKED_AT = 200
_ENOUGH = 50
_FEW_WORDS = 3
_MANY = 0.5

BY_CHARACTER = "--set task.words=characters"
"""What is advised where words of texts that have labels are unknown."""

CHARACTERS = "characters"
"""What `words` of a task says where each character is a token."""


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


def alone_share(texts: Sequence[Sequence[str]]) -> float:
    """Return which share of the words of all texts occurs in no other text: unknown to whom their text is held out.

    >>> alone_share([["ann", "lee"], ["bo", "lee", "lee"]])
    0.4
    """
    within = Counter(word for text in texts for word in set(text))
    words = [word for text in texts for word in text]
    return sum(within[word] == 1 for word in words) / max(1, len(words))


def why_characters(texts: Sequence[str]) -> str:
    """Return why texts look like names, so that they are read character by character; empty where they do not."""
    if len(texts) < _ENOUGH:
        return ""
    words = [text.lower().split() for text in texts]
    mean = sum(map(len, words)) / len(words)
    if mean > _FEW_WORDS or (share := alone_share(words)) <= _MANY:
        return ""
    return f"{share:.0%} of the words occur in no other text, and a text has {mean:.1f}"


def stand_apart(texts: Iterable[str]) -> bool:
    """Say whether the first of some texts look tokenized, so that blanks cut all."""
    return looks_tokenized("\n".join(islice(texts, _LOOKED_AT)))


def cut_text(text: str, how: str = "simple") -> list[str]:
    """Return the tokens of a text.

    Args:
        text: raw, or with blanks between its words already.
        how: `simple`, where punctuation is cut off; `blanks`, where it stands apart; `characters`, where each
            character is a token, blanks within the text too.
    """
    if how == CHARACTERS:
        return list(text.strip())
    return split_words(text) if how == "blanks" else simple_words(text)


def read_by_character(config: Any, texts: Sequence[str], say: Callable[[str], None]) -> Any:
    """Return options that say that texts are read character by character, if nobody decided and they look like names.

    These have few words, most of which occur in no other text, so that words tell nothing.

    Args:
        config: with `words`, which is `auto` where nobody decided.
        texts: of a training part.
        say: called with what was decided.
    """
    if config.words != "auto":
        return config
    if not (why := why_characters(texts)):
        return config
    say(f"words: {CHARACTERS}, guessed: {why}; --set task.words=simple, blanks or characters decides it")
    return config.model_copy(update={"words": CHARACTERS})


def cut_words(config: Any, texts: Iterable[str], say: Callable[[str], None]) -> Any:
    """Return options whose `words` says how raw text is cut: as it is given, or as the first texts look.

    Args:
        config: with `words`, which is `auto` where nobody decided, and `words` where only characters are ruled out.
        texts: of a training part.
        say: called with what was decided.
    """
    if config.words not in ("auto", "words"):
        return config
    words, why = ("blanks", "stands apart already") if stand_apart(texts) else ("simple", "is cut off")
    say(f"words: {words}, guessed: punctuation {why}; --set task.words=simple or blanks decides it")
    return config.model_copy(update={"words": words})
