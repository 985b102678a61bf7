"""Text that comes bit by bit."""

import numpy as np

from elman.decoding.choice import check_numbers
from elman.decoding.stepper import Stepper
from elman.decoding.writing import likeliest_tokens
from elman.text.tokenization import Tokenization


class Session:
    """A language model in the middle of a text: feed it what comes, ask it what is likely next.

    The state is carried, so each token is read once, however long the text becomes.

    Args:
        stepper: predicts.
        tokens: what it reads.
    """

    def __init__(self, stepper: Stepper, tokens: Tokenization) -> None:
        self._stepper = stepper
        self._tokens = tokens
        start = np.array([stepper.start])
        self._log_probs, self._state = stepper.advance(start, stepper.begin(np.zeros(1, np.int64)))

    def feed(self, text: str) -> float:
        """Read more text. Returns its log-probability in nats, given everything before it.

        Raises:
            TrainingError: what the model predicts are no numbers.
        """
        ids = self._tokens.encode(text)
        if not len(ids):
            return 0.0
        read = self._stepper.read(ids[None], None, self._state)
        total = self._log_probs[0, ids[0]] - read.nats.sum()
        check_numbers(total)
        self._log_probs, self._state = self._stepper.advance(ids[-1:], read.state)
        return float(total)

    def likely(self, k: int = 5) -> list[tuple[str, float]]:
        """Return the k likeliest next tokens with their probabilities."""
        return likeliest_tokens(self._tokens, self._log_probs[0], k)
