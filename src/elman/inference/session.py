"""Text that comes bit by bit."""

import numpy as np

from elman.tasks.base.protocols import LanguageModel
from elman.tasks.lm import LanguageModeling


class Session:
    """A language model in the middle of a text: feed it what comes, ask it what is likely next.

    The state is carried, so each token is read once, however long the text becomes.

    Args:
        task: knows the tokens.
        model: predicts.
    """

    def __init__(self, task: LanguageModeling, model: LanguageModel) -> None:
        self._task = task
        self._model = model
        self._log_probs, self._state = model.advance(np.array([task.start_id]), model.initial_state(1))

    def feed(self, text: str) -> float:
        """Read more text. Returns its log-probability in nats, given everything before it."""
        total = 0.0
        for token in self._task.vocabulary.encode(self._task.tokenizer.split(text)):
            total += float(self._log_probs[0, token])
            self._log_probs, self._state = self._model.advance(np.array([token]), self._state)
        return total

    def likely(self, k: int = 5) -> list[tuple[str, float]]:
        """Return the k likeliest next tokens with their probabilities."""
        return self._task.likeliest(self._log_probs[0], k)
