"""What a corrector knows of an error model: how likely a word is typed as something else."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar, Self

import numpy as np

from elman.errors import ConfigError


class Channel(ABC):
    """How likely a word is typed in some way, P(typed | word), in lower case.

    Args:
        error: ε, how likely a word is mistyped: P(x | x) = 1 - ε.
    """

    error: float
    looks_far: ClassVar[bool] = False
    """Whether it knows words that are further from what was typed than one or two letters: `undone` says which."""

    @classmethod
    @abstractmethod
    def learned(cls, pairs: Sequence[tuple[str, str]], letters: str, keyboard: bool = True) -> Self:
        """Return a model of how words were typed.

        Args:
            pairs: of a word and what was typed for it, words that were typed right among them.
            letters: that words have.
            keyboard: where there are few counts, wrong letters are taken for neighbours on an English keyboard;
                otherwise every letter for as likely.

        Raises:
            DataError: there is nothing to learn from.
        """

    @classmethod
    def assumed(cls, letters: str, keyboard: bool = True) -> Self:
        """Return a model that nobody counted.

        Raises:
            ConfigError: the model has to be learned.
        """
        raise ConfigError(
            f"channel {cls.__module__.rpartition('.')[2]}: is learned from what was typed. Give --pairs FILE: "
            "right<TAB>wrong, or text with <ERR targ=RIGHT> WRONG </ERR>."
        )

    @abstractmethod
    def log_probs(self, words: Sequence[str], typed: Sequence[str]) -> np.ndarray:
        """Return log P(typed | word) of pairs, (N), in nats; -inf where it is not possible."""

    def undone(self, typed: str) -> list[tuple[str, float]]:
        """Return what may have been typed but for something that one or two edits of letters do not undo.

        A corrector looks for words near these too, and gives the channel only the likeliest by the log-probability of
        what was undone and assumed edits. None where there is nothing of the kind.
        """
        return []
