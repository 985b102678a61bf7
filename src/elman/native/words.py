"""Words as ids, in compiled code."""

import os
from collections.abc import Sequence
from typing import Any

import numpy as np

_THREADS = os.cpu_count() or 1


class WordTable:
    """Ids of words, for whole texts at once.

    Args:
        kernels: what `compiled` gave.
        tokens: distinct words in the order of their ids.
        unknown_id: of every other word.
        line_end: the id of a line break.
    """

    def __init__(self, kernels: Any, tokens: Sequence[str], unknown_id: int, line_end: int) -> None:
        self._words = kernels.Words(*_joined(tokens))
        self._unknown_id = unknown_id
        self._line_end = line_end

    def encode(self, text: str) -> np.ndarray:
        """Return the ids of the words of a text, cut at blanks and tabs, and of its line breaks."""
        data = text.encode("utf-8", "surrogatepass")
        return self._words.encode(data, self._unknown_id, self._line_end, _THREADS)


class WordCollector:
    """Words that get ids as they come.

    Args:
        kernels: what `compiled` gave.
        tokens: those that have ids already, in their order.
    """

    def __init__(self, kernels: Any, tokens: Sequence[str]) -> None:
        self._words = kernels.Words(*_joined(tokens))
        self._given = tokens

    def __len__(self) -> int:
        return len(self._words)

    def encode(self, text: str, line_end: str) -> np.ndarray:
        """Return the ids (uint32) of the words of a text, cut at blanks and tabs, and of its line breaks."""
        found: np.ndarray = self._words.learn(text.encode("utf-8", "surrogatepass"), line_end.encode())
        return found

    def tokens(self) -> list[str]:
        """Return all words in the order of their ids."""
        learned: bytes = self._words.learned(len(self._given))
        return [*self._given, *learned.decode("utf-8", "surrogatepass").split("\n")[:-1]]


def _joined(tokens: Sequence[str]) -> tuple[bytes, np.ndarray]:
    """Return words one behind the other, and where each ends."""
    parts = [token.encode("utf-8", "surrogatepass") for token in tokens]
    return b"".join(parts), np.cumsum([len(part) for part in parts], dtype=np.int64)
