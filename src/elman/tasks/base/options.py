"""Options that every task has, and what they say of how it reads."""

from typing import Any, Self

from elman.tasks.base.scoring import ScoringOptions


class TaskOptions(ScoringOptions):
    """The `[task]` section of any task."""

    name: str

    def finer(self, model: Any) -> str:
        """Return the flag that has words read by smaller parts; nothing where they are, or cannot be.

        Args:
            model: the options of the model, which may have it.
        """
        return str(model.finer)

    def spelled(self) -> Self:
        """Return the options for a model that reads the characters within words, so that it gets words."""
        return self

    @property
    def by_line(self) -> bool:
        """Whether each line of a running text is a text of its own."""
        return False

    @property
    def several(self) -> bool:
        """Whether an example may have several labels."""
        return False

    @property
    def single(self) -> str:
        """Why an answer has no alternatives, in words; empty where it has some."""
        return ""

    @property
    def tokens_are(self) -> str:
        """What a token of a running text is: character, word, bpe, byte."""
        return "word"
