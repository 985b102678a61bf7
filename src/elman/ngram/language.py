"""An n-gram model of the texts that a training has, for searches."""

from collections.abc import Iterable, Sequence
from io import StringIO
from pathlib import Path
from typing import Self

import numpy as np

from elman.errors import CheckpointError, DataError
from elman.files.durable import write_file
from elman.ngram.arpa import END, UNKNOWN, Arpa
from elman.ngram.arpa import read as read_arpa
from elman.ngram.arpa import write as write_arpa
from elman.ngram.counts import count
from elman.ngram.estimate import estimate
from elman.ngram.smoothing import SMOOTHINGS
from elman.ngram.workspace import Workspace

SPACE, _SHOWN_SPACE = " ", "<space>"


class Ngrams:
    """An n-gram model that is asked token by token, by name.

    Args:
        arpa: tokens and probabilities.
    """

    def __init__(self, arpa: Arpa) -> None:
        self._arpa = arpa
        self._ids = {token: number for number, token in enumerate(arpa.tokens)}
        self._ids[SPACE] = self._ids.get(_SHOWN_SPACE, 0)

    @classmethod
    def learn(cls, texts: Iterable[Sequence[str]], order: int) -> Self:
        """Return the model of texts, smoothed by modified Kneser-Ney.

        Args:
            texts: the tokens of each.
            order: n.
        """
        numbers, ids = {UNKNOWN: 0, END: 1}, []
        for text in texts:
            ids += [numbers.setdefault(_SHOWN_SPACE if one == SPACE else one, len(numbers)) for one in text]
            ids.append(1)
        work = Workspace()
        levels = count(np.array(ids, np.uint32), len(numbers), order, 1, work)
        smoothing = SMOOTHINGS.get("modified_kneser_ney")
        return cls(Arpa(list(numbers), 1, estimate(levels, smoothing(smoothing.Config()), work)))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read an ARPA file.

        Raises:
            DataError: it is none; the message has the line.
        """
        return cls(read_arpa(path))

    @classmethod
    def restored(cls, path: Path) -> Self:
        """Read the ARPA file of a run.

        Raises:
            CheckpointError: it is missing or broken.
        """
        try:
            return cls.load(path)
        except DataError as error:
            raise CheckpointError(f"{error} Restore the file.") from error

    def save(self, path: Path) -> None:
        """Write an ARPA file."""
        file = StringIO()
        write_arpa(self._arpa.model, self._arpa.tokens, self._arpa.line_end, file)
        write_file(path, file.getvalue().encode("utf-8", "surrogatepass"))

    @property
    def tokens(self) -> list[str]:
        """Its tokens, those left out that stand for others."""
        return [token for token in self._arpa.tokens if token not in (UNKNOWN, END, _SHOWN_SPACE)]

    @property
    def order(self) -> int:
        """The n of its longest n-grams."""
        return len(self._arpa.model.orders)

    def begin(self) -> int:
        """Return the state at the start of a text."""
        return int(self.read(0, np.array([self._arpa.line_end]))[1][0])

    def number(self, token: str) -> int:
        """Return the id of a token; one that it lacks is unknown."""
        return self._ids.get(token, 0)

    def read(self, state: int, numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return log p (nats) of each of some next tokens, and the state behind each."""
        count = len(numbers)
        found = self._arpa.model.read(numbers, np.arange(1, count + 1), np.full(count, state))
        return found.log_probs, found.states

    def end(self, state: int) -> float:
        """Return log p (nats) of the end of the text."""
        return float(self.read(state, np.array([self._arpa.line_end]))[0][0])
