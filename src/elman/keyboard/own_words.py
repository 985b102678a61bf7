"""Words that someone brings along: learned while they type, removed when they are not wanted."""

from collections import Counter
from collections.abc import Iterator

from elman.keyboard.words import is_word

BEFORE = 500
"""N_0, words that count as typed before the session, none of them learned."""


class OwnWords:
    """The words of a session that the model does not know, and those that are not to be suggested.

    They last as long as the session; the model itself never changes.
    """

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._cases: dict[str, str] = {}
        self.removed: set[str] = set()
        self._typed = 0

    def __len__(self) -> int:
        return len(self._counts)

    def __contains__(self, word: str) -> bool:
        return word.casefold() in self._counts

    def __iter__(self) -> Iterator[str]:
        """Yield the words as they were last typed, by their spelling."""
        return iter(self._cases[folded] for folded in sorted(self._counts))

    def typed(self, word: str, known: bool) -> None:
        """Take note of a word that was typed; learn it, if the model does not know it and it is a word.

        Whoever types a word that was removed wants it again.
        """
        self._typed += 1
        folded = word.casefold()
        self.removed.discard(folded)
        if not known and is_word(word):
            self._counts[folded] += 1
            self._cases[folded] = word

    def remove(self, word: str) -> None:
        """Never suggest a word again, be it of the model or learned, until it is typed in full."""
        folded = word.casefold()
        self._counts.pop(folded, None)
        self._cases.pop(folded, None)
        self.removed.add(folded)

    def beginning(self, letters: str) -> list[tuple[str, str, float]]:
        """Return the learned words that begin with some letters: spelling without case, with case, share of the typed.

        The share is the count of a word over all words of the session and `BEFORE` more: else a word that was typed
        once, first of all, would stand above what the model expects.
        """
        folded = letters.casefold()
        return [
            (word, self._cases[word], count / (self._typed + BEFORE))
            for word, count in sorted(self._counts.items())
            if word.startswith(folded)
        ]
