"""Sources that are not those of training, seen by the tokens that it had: targets, or letters of the other case."""

from collections import Counter
from collections.abc import Sequence
from itertools import chain

from elman.coders.tokens import TokensCoder

_LOOKED_AT = 1000
_FEWEST = 20
_UNKNOWN = 4
_CHEAPER = 0.6


def are_turned(texts: Sequence[Sequence[str]], coders: Sequence[TokensCoder]) -> bool:
    """Say whether texts of one side are much cheaper in the tokens of the other.

        c(texts, V) = Σ 1 for a token of V, 4 a character for another
        Π c(texts, V of the other) / c(texts, own V) < 0.6,    no factor above 1

    Args:
        texts: sources, or sources and targets.
        coders: of sources and of targets.
    """
    share = 1.0
    for some, own, other in zip(texts, coders, reversed(coders), strict=False):
        looked = some[:_LOOKED_AT]
        if sum(len(text.split()) for text in looked) < _FEWEST:
            return False
        ratio = _cost(looked, other) / _cost(looked, own)
        if ratio > 1:
            return False
        share *= ratio
    return share < _CHEAPER


def other_case(texts: Sequence[str], coder: TokensCoder) -> str:
    """Return the case, upper or lower, that makes known most of what is unknown; nothing where there is no need."""
    looked = texts[:_LOOKED_AT]
    as_is, upper, lower = (_unknown([change(text) for text in looked], coder) for change in (str, str.upper, str.lower))
    if 2 * as_is <= sum(len(text.split()) for text in looked) or min(upper, lower) * 4 > as_is:
        return ""
    return "upper" if upper < lower else "lower"


def _unknown(texts: Sequence[str], coder: TokensCoder) -> int:
    _, unknown = coder.counts(coder.encode(texts)).values()
    return unknown


def _cost(texts: Sequence[str], coder: TokensCoder) -> int:
    tokenizer, known = coder.tokens.tokenizer, coder.tokens.vocabulary
    tokens = Counter(chain.from_iterable(map(tokenizer.split, texts)))
    return sum(count * (1 if token in known else _UNKNOWN * len(token)) for token, count in tokens.items())
