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
        self._fed = 0
        self._begin()

    def __repr__(self) -> str:
        """Say how much was read, and what is likeliest next."""
        token, probability = self.likely(1)[0]
        return f"<session: {self._fed:,} tokens read, next {token!r} {probability:.3f}>"

    def feed(self, text: str) -> float:
        """Read more text. Returns its log-probability in nats, given everything before it.

        Where each line is a text of its own, the next one begins behind its end.

        Raises:
            TrainingError: what the model predicts are no numbers.
        """
        ids, total = self._tokens.encode(text), 0.0
        ends = np.flatnonzero(np.isin(ids, [] if self._stepper.end is None else [self._stepper.end]))
        for part in np.split(ids, ends + 1):
            total += self._read(part)
        return total

    def likely(self, k: int = 5) -> list[tuple[str, float]]:
        """Return the k likeliest next tokens with their probabilities."""
        return likeliest_tokens(self._tokens, self._log_probs[0], k)

    def _begin(self) -> None:
        start = np.array([self._stepper.start])
        self._log_probs, self._state = self._stepper.advance(start, self._stepper.begin(np.zeros(1, np.int64)))

    def _read(self, ids: np.ndarray) -> float:
        """Read tokens, of which only the last may end a row."""
        if not len(ids):
            return 0.0
        read = self._stepper.read(ids[None], None, self._state)
        total = self._log_probs[0, ids[0]] - read.nats.sum()
        check_numbers(total)
        if ids[-1] == self._stepper.end:
            self._begin()
        else:
            self._log_probs, self._state = self._stepper.advance(ids[-1:], read.state)
        self._fed += len(ids)
        return float(total)
