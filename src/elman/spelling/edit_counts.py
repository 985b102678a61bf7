"""How often strings of letters were typed as others."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from elman.spelling.alignment import aligned_letters, stretches
from elman.spelling.edit_table import place_of

_RIGHT = 6.0
"""Words that are typed right for one that is not, where only misspellings are listed: a letter of 3 % is wrong."""
_ALIKE = 0.5


@dataclass
class EditCounts:
    """What was counted in pairs of a word and what was typed for it.

    Args:
        edits: how often α was typed β, α ≠ β; a stretch of letters counts with all that it has in it.
        edits_at: the same by the place of α in the word.
        parts: how often α was there.
        parts_at: the same by its place.
        lost_at: how often a letter was not typed as it is, by its place.
        words: how many words there were.
        wrong: how many of them were mistyped.
        made: how many edits of single letters.
    """

    edits: Counter[tuple[str, str]] = field(default_factory=Counter)
    edits_at: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    parts: Counter[str] = field(default_factory=Counter)
    parts_at: Counter[tuple[str, int]] = field(default_factory=Counter)
    lost_at: Counter[tuple[str, int]] = field(default_factory=Counter)
    words: float = 0.0
    wrong: float = 0.0
    made: float = 0.0

    @property
    def error(self) -> float:
        """How likely a word is mistyped."""
        return min(0.5, self.wrong / self.words)

    @property
    def rate(self) -> float:
        """Edits a letter."""
        letters = sum(times for part, times in self.parts.items() if len(part) == 1)
        return min(0.5, self.made / max(1.0, letters))

    @classmethod
    def of(cls, pairs: Sequence[tuple[str, str]], longest: int, around: int) -> "EditCounts":
        """Count pairs of a word and what was typed for it, in lower case.

        Letters are aligned by the fewest edits. Each stretch with an edit in it counts, `around` parts besides it at
        most: "ac" typed as "ak", "c" as "k". A word that shares less than half of its letters with what was typed
        counts for nothing. Where more words are wrong than right, as in lists of misspellings, each wrong one comes
        with six right ones.

        Args:
            pairs: of a word and what was typed.
            longest: letters of α and of β.
            around: N of Brill & Moore.
        """
        counts = cls()
        every = Counter((right.lower(), typed.lower()) for right, typed in pairs if right)
        wrong = sum(times for (right, typed), times in every.items() if right != typed)
        extra = _RIGHT if wrong > 0.5 * every.total() else 0.0
        for (right, typed), times in every.items():
            if right == typed:
                counts._there(right, times, longest)
            elif counts._typed(right, typed, times, (longest, around)):
                counts._there(right, times * (1.0 + extra), longest)
        return counts

    def _there(self, word: str, times: float, longest: int) -> None:
        """Count the parts of a word."""
        self.words += times
        long = len(word)
        at = [
            (word[start:stop], place_of(start, stop, long))
            for start in range(long + 1)
            for stop in range(start, min(long, start + longest) + 1)
        ]
        for part, place in at:
            self.parts[part] += times  # type: ignore[assignment]
            self.parts_at[part, place] += times  # type: ignore[assignment]

    def _typed(self, right: str, typed: str, times: float, sizes: tuple[int, int]) -> bool:
        """Count how a word was mistyped; say whether it is like what was typed at all."""
        letters = aligned_letters(right, typed)
        edits = [part for part in letters if part.word != part.typed]
        if len(edits) > _ALIKE * max(len(right), len(typed)) and len(edits) > 1:
            return False
        self.wrong += times
        self.made += times * len(edits)
        for part in edits:
            for offset, letter in enumerate(part.word, part.start):
                self.lost_at[letter, place_of(offset, offset + 1, len(right))] += times  # type: ignore[assignment]
        for part in stretches(letters, sizes[1], sizes[0]):
            place = place_of(part.start, part.start + len(part.word), len(right))
            self.edits[part.word, part.typed] += times  # type: ignore[assignment]
            self.edits_at[part.word, part.typed, place] += times  # type: ignore[assignment]
        return True
