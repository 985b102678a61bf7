"""A tagger from left to right that sees its own last tags: sentences drawn from a hidden Markov model."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from elman.imitation.world import Outcome, World
from elman.randomness import seed_of

TAGS, WORDS_OF_A_KIND = 3, 4
_WORDS = (TAGS + 1) * WORDS_OF_A_KIND


@dataclass(frozen=True, eq=False)
class Sentence:
    """Words and their true tags. Two sentences are two, even if they read the same."""

    words: tuple[int, ...]
    tags: tuple[int, ...]


class Reading(NamedTuple):
    """How far a tagger is.

    Args:
        sentence: what is read.
        position: of the word that is tagged next.
        last: the tags that it gave to the words before, nearest first; TAGS before the first word.
    """

    sentence: Sentence
    position: int
    last: tuple[int, ...]


class Tagging(World[Reading]):
    """Words x_1..x_T whose hidden tags y_t seldom change; a wrong tag costs 1.

        P(y_t = y_{t-1}) = stay,    else any other
        P(x_t is a cue)  = cues,    else it says nothing of its tag
        P(a cue is one of y_t) = clear,    else of any tag

    Where the tags before are right, the last of them is a better sign than a cue. Who learns from right histories leans
    on it, so that a mistake, or a change that was missed, lasts. Who learns from histories of its own must hear the
    cues, and go on with the last tag between them.

    Args:
        sentences: how many.
        length: T.
        seed: of the sentences.
        history: how many of its last tags a tagger sees.
        stay: how likely a tag is the one before.
        cues: the share of words that tell of their tag.
        clear: how likely a cue tells the truth, if not by chance.
    """

    actions = TAGS

    def __init__(
        self,
        sentences: int,
        length: int = 20,
        seed: int = 0,
        history: int = 2,
        stay: float = 0.9,
        cues: float = 0.5,
        clear: float = 0.8,
    ) -> None:
        draw = np.random.default_rng(seed_of(seed, "tagging"))
        shape = (sentences, length)
        changes = np.where(draw.random(shape) < stay, 0, draw.integers(1, TAGS, shape))
        changes[:, 0] = draw.integers(TAGS, size=sentences)
        tags = np.cumsum(changes, axis=1) % TAGS
        told = np.where(draw.random(shape) < clear, tags, draw.integers(TAGS, size=shape))
        kinds = np.where(draw.random(shape) < cues, told, TAGS)
        words = kinds * WORDS_OF_A_KIND + draw.integers(WORDS_OF_A_KIND, size=shape)
        pairs = zip(words.tolist(), tags.tolist(), strict=True)
        self._sentences, self._history = [Sentence(tuple(x), tuple(y)) for x, y in pairs], history
        self.features = 1 + _WORDS + history * (TAGS + 1)

    def starts(self) -> Sequence[Reading]:
        """Return the beginning of each sentence."""
        return [Reading(sentence, 0, (TAGS,) * self._history) for sentence in self._sentences]

    def is_over(self, state: Reading) -> bool:
        """Say whether all words have tags."""
        return state.position == len(state.sentence.words)

    def seen(self, state: Reading) -> Sequence[int]:
        """Return a constant, the word, and each of the last tags."""
        before = (1 + _WORDS + back * (TAGS + 1) + tag for back, tag in enumerate(state.last))
        return (0, 1 + state.sentence.words[state.position], *before)

    def right(self, state: Reading) -> int:
        """Return the true tag, whatever the tags before are."""
        return state.sentence.tags[state.position]

    def outcomes(self, state: Reading, action: int) -> Sequence[Outcome[Reading]]:
        """Return the next word, with the tag given now among the last ones."""
        last = (action, *state.last)[: self._history]
        after = Reading(state.sentence, state.position + 1, last)
        return [Outcome(1.0, after, float(action != self.right(state)))]
